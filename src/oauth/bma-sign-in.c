/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-sign-in.h"

#include <string.h>

#include "bma-email.h"

#define CODE_CHARS     6
#define MAX_CODE_INPUT 32

static gboolean
is_stage (const BmaLogin *login, const char *stage)
{
  return g_strcmp0 (login->stage, stage) == 0;
}

/**
 * bma_sign_in_form_read:
 * @self: (out caller-allocates): the form
 * @form: fields; must outlive @self
 *
 * Returns: whether it can be a form of ours
 */
gboolean
bma_sign_in_form_read (BmaSignInForm *self, const BmaForm *form)
{
  const char *turn = bma_form_get (form, "turn");
  gint64 number = 0;

  if (bma_form_find_repeated (form, NULL) != NULL || turn == NULL ||
      !g_ascii_string_to_signed (turn, 10, 0, G_MAXINT64, &number, NULL))
    return FALSE;
  self->tx = bma_form_get (form, "tx");
  self->turn = number;
  self->method = bma_form_get (form, "method");
  self->email = bma_form_get (form, "email");
  self->code = bma_form_get (form, "code");
  self->action = bma_form_get (form, "do");
  if (self->action == NULL && self->method != NULL)
    self->action = "method";
  return self->tx != NULL && self->action != NULL;
}

/* People type the spaces and hyphens that mails show between the digits. */
static BmaSecret *
read_code (const char *text)
{
  g_autoptr (BmaSecretText) digits = NULL;
  size_t n_digits = 0;

  if (text == NULL || strlen (text) > MAX_CODE_INPUT)
    return NULL;
  digits = g_malloc0 (strlen (text) + 1);
  for (const char *at = text; *at != '\0'; at++)
    {
      if (g_ascii_isdigit (*at))
        digits[n_digits++] = *at;
      else if (!g_ascii_isspace (*at) && *at != '-')
        return NULL;
    }
  return n_digits == CODE_CHARS ? bma_secret_new (digits) : NULL;
}

static void
set_stage (BmaLogin *next, const char *stage)
{
  g_free (next->stage);
  next->stage = g_strdup (stage);
}

static void
set_method (BmaLogin *next, const char *method)
{
  g_free (next->method);
  next->method = g_strdup (method);
  g_clear_pointer (&next->reference, g_free);
}

static BmaSignInNotice
decide_method (BmaSignInDecision *decision, const BmaSignInFacts *facts)
{
  if (facts->method == NULL)
    return BMA_SIGN_IN_NOTICE_NONE;
  set_method (decision->next, facts->method);
  if (facts->method_wants_email)
    {
      set_stage (decision->next, BMA_LOGIN_STAGE_EMAIL);
      return BMA_SIGN_IN_NOTICE_NONE;
    }
  set_stage (decision->next, BMA_LOGIN_STAGE_AWAY);
  decision->action = BMA_SIGN_IN_BEGIN;
  return BMA_SIGN_IN_NOTICE_NONE;
}

static BmaSignInNotice
decide_send (BmaSignInDecision *decision, const char *text, const BmaSignInFacts *facts)
{
  BmaLogin *next = decision->next;

  if (!facts->login_wants_email)
    return BMA_SIGN_IN_NOTICE_NONE;
  decision->email = bma_email_normalize (text);
  if (decision->email == NULL)
    {
      set_stage (next, BMA_LOGIN_STAGE_EMAIL);
      return BMA_SIGN_IN_NOTICE_BAD_ADDRESS;
    }
  if (next->n_sent >= BMA_SIGN_IN_MAX_MAILS || !facts->may_mail)
    return BMA_SIGN_IN_NOTICE_NO_MAILS;
  next->n_sent++;
  next->expires_at_s = facts->expires_at_s;
  decision->action = BMA_SIGN_IN_BEGIN;
  return BMA_SIGN_IN_NOTICE_NONE;
}

static BmaSignInNotice
decide_check (BmaSignInDecision *decision, const BmaSignInForm *form)
{
  BmaLogin *next = decision->next;

  decision->email = bma_email_normalize (form->email);
  if (!is_stage (next, BMA_LOGIN_STAGE_CODE))
    return BMA_SIGN_IN_NOTICE_STALE;
  if (next->reference == NULL || next->n_tries >= BMA_SIGN_IN_MAX_TRIES)
    return BMA_SIGN_IN_NOTICE_NO_TRIES;
  decision->code = read_code (form->code);
  if (decision->code == NULL)
    return BMA_SIGN_IN_NOTICE_BAD_CODE;
  /* Counted before the provider is asked: nobody gets a try for nothing. */
  next->n_tries++;
  decision->action = BMA_SIGN_IN_VERIFY;
  return BMA_SIGN_IN_NOTICE_NONE;
}

/**
 * bma_sign_in_decide:
 * @login: a login that goes on
 * @form: a form of one of its pages
 * @facts: what was looked up
 *
 * Every form is good once: each use turns the page, so a second press, a page from the
 * browser's history or a reload only show where the login is. Mails and tries are counted
 * in the login.
 *
 * Returns: what to do
 */
BmaSignInDecision
bma_sign_in_decide (const BmaLogin *login,
                    const BmaSignInForm *form,
                    const BmaSignInFacts *facts)
{
  BmaSignInDecision decision = { .action = BMA_SIGN_IN_SHOW };

  if (form->turn != login->turn)
    {
      decision.notice = BMA_SIGN_IN_NOTICE_STALE;
      decision.email = bma_email_normalize (form->email);
      return decision;
    }
  decision.next = bma_record_copy (login);
  decision.next->turn++;
  if (strcmp (form->action, "method") == 0)
    decision.notice = decide_method (&decision, facts);
  else if (strcmp (form->action, "send") == 0)
    decision.notice = decide_send (&decision, form->email, facts);
  else if (strcmp (form->action, "check") == 0)
    decision.notice = decide_check (&decision, form);
  else if (strcmp (form->action, "cancel") == 0)
    decision.action = BMA_SIGN_IN_CANCEL;
  else if (strcmp (form->action, "other") == 0 && facts->login_wants_email)
    set_stage (decision.next, BMA_LOGIN_STAGE_EMAIL);
  else if (strcmp (form->action, "choose") == 0)
    {
      set_method (decision.next, NULL);
      set_stage (decision.next, BMA_LOGIN_STAGE_CHOOSE);
    }
  return decision;
}

/**
 * bma_sign_in_decision_clear:
 * @self: a decision
 *
 * Frees what it holds.
 */
void
bma_sign_in_decision_clear (BmaSignInDecision *self)
{
  g_clear_pointer (&self->next, bma_record_unref);
  g_clear_pointer (&self->email, g_free);
  g_clear_pointer (&self->code, bma_secret_unref);
}

/**
 * bma_sign_in_awaits_callback:
 * @login: a login
 *
 * Returns: whether the provider may send the browser back for it
 */
gboolean
bma_sign_in_awaits_callback (const BmaLogin *login)
{
  return login->stage == NULL || is_stage (login, BMA_LOGIN_STAGE_AWAY) ||
         is_stage (login, BMA_LOGIN_STAGE_LINK);
}

/**
 * bma_sign_in_note_sent:
 * @login: a login
 * @reference: (nullable): what the provider knows the code by; %NULL for a link
 *
 * Returns: (transfer full): the login while the person reads mail; a new code has all its
 *   tries
 */
BmaLogin *
bma_sign_in_note_sent (const BmaLogin *login, const char *reference)
{
  BmaLogin *next = bma_record_copy (login);

  set_stage (next, reference != NULL ? BMA_LOGIN_STAGE_CODE : BMA_LOGIN_STAGE_LINK);
  g_free (next->reference);
  next->reference = g_strdup (reference);
  next->n_tries = 0;
  return next;
}

/**
 * bma_sign_in_note_code_over:
 * @login: a login
 *
 * Returns: (transfer full): the login when its code is good for nothing any more
 */
BmaLogin *
bma_sign_in_note_code_over (const BmaLogin *login)
{
  BmaLogin *next = bma_record_copy (login);

  g_clear_pointer (&next->reference, g_free);
  return next;
}
