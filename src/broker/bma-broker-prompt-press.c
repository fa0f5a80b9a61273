/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-broker-login.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "bma-approval-private.h"
#include "bma-broker-login-private.h"

/* What becomes of a question. */
typedef enum
{
  ANSWER_LATER,
  ANSWER_DENY,
  ANSWER_NEVER,
  ANSWER_ALLOW,
} Answer;

/* The person's answer to one question; nothing is owned. */
typedef struct
{
  BmaApproval *approval;
  Answer answer;
  const char *decision; /* nullable: for how long, for ANSWER_ALLOW */
} Reply;

/* Whatever is not a clear word is no answer. */
static Answer
parse_answer (const char *word, const char **decision)
{
  static const char *const decisions[] = { BMA_DECISION_ONCE, BMA_DECISION_SESSION,
                                           BMA_DECISION_ALWAYS, NULL };

  *decision = NULL;
  if (g_strcmp0 (word, "deny") == 0)
    return ANSWER_DENY;
  if (g_strcmp0 (word, BMA_DECISION_NEVER) == 0)
    return ANSWER_NEVER;
  if (word != NULL && g_strv_contains (decisions, word))
    {
      *decision = word;
      return ANSWER_ALLOW;
    }
  return g_strcmp0 (word, "allow") == 0 ? ANSWER_ALLOW : ANSWER_LATER;
}

/* The answer to a question alone: a button, and for how long beside it. */
static void
read_button (Reply *reply, const BmaAppPress *press)
{
  const char *word = press->choice;

  if (g_str_equal (word, "allow") || g_str_equal (word, "other-account"))
    {
      const char *chosen = bma_form_get (press->form, "decision");

      word = chosen != NULL && !bma_approval_is_sign_in (reply->approval) ? chosen
                                                                          : "allow";
    }
  reply->answer = parse_answer (word, &reply->decision);
}

/* NULL when the page is not that of the open questions any more. Questions that have
 * ended meanwhile are left out. */
static GArray *
read_replies (BmaBroker *self, const BmaAppPress *press)
{
  g_auto (GStrv)
      words = g_strsplit (press->request + strlen (BMA_APPROVAL_PREFIX), ".", -1);
  unsigned int n_lines = g_strv_length (words) - 1;
  g_autoptr (GArray) replies = NULL;

  if (!bma_broker_is_prompt (self, words[0]))
    return NULL;
  replies = g_array_new (FALSE, TRUE, sizeof (Reply));
  for (unsigned int i = 0; i < n_lines; i++)
    {
      g_autofree char *name = g_strdup_printf ("decision-%u", i + 1);
      Reply reply = { bma_broker_lookup_approval (self, words[i + 1]), ANSWER_LATER,
                      NULL };

      if (reply.approval == NULL)
        continue;
      if (n_lines == 1)
        read_button (&reply, press);
      else
        reply.answer = parse_answer (bma_form_get (press->form, name), &reply.decision);
      g_array_append_val (replies, reply);
    }
  return replies->len > 0 ? g_steal_pointer (&replies) : NULL;
}

static unsigned int
count (GArray *replies, Answer answer)
{
  unsigned int n = 0;

  for (unsigned int i = 0; i < replies->len; i++)
    n += g_array_index (replies, Reply, i).answer == answer;
  return n;
}

/* The first that is allowed names the sign-in. */
static void
await_sign_in (GArray *replies, BmaAppPress *press)
{
  for (unsigned int i = 0; i < replies->len; i++)
    {
      const Reply *reply = &g_array_index (replies, Reply, i);

      if (reply->answer != ANSWER_ALLOW)
        continue;
      if (press->login->approval_id == NULL)
        {
          press->login->approval_id = g_strdup (bma_approval_get_id (reply->approval));
          press->login->decision = g_strdup (reply->decision);
        }
      bma_approval_choose (reply->approval, press->login->approval_id, reply->decision);
    }
}

/* Each answer may end the question, so that it has to be held. */
static void
carry_out (BmaBroker *self, GArray *replies, gboolean may_allow)
{
  g_autoptr (GPtrArray) kept = bma_broker_list_approvals (self);

  for (unsigned int i = 0; i < replies->len; i++)
    {
      const Reply *reply = &g_array_index (replies, Reply, i);

      switch (reply->answer)
        {
        case ANSWER_LATER:
          bma_broker_put_off (self, reply->approval,
                              "The person put the question off; it comes back when they "
                              "act");
          break;
        case ANSWER_DENY:
          bma_broker_deny_app (self, reply->approval);
          break;
        case ANSWER_NEVER:
          bma_broker_refuse_app (self, reply->approval);
          break;
        case ANSWER_ALLOW:
          if (may_allow)
            bma_broker_grant_to_app (self, reply->approval, reply->decision,
                                     self->subject);
          break;
        }
    }
}

static BmaBrowserStep *
make_done_step (GArray *replies)
{
  if (replies->len > 1)
    return bma_browser_step_new_done (_ ("Answered"),
                                      _ ("The programs were told. You can close this "
                                         "page."));
  switch (g_array_index (replies, Reply, 0).answer)
    {
    case ANSWER_ALLOW:
      return bma_browser_step_new_done (_ ("Allowed"), _ ("You can close this page."));
    case ANSWER_NEVER:
      return bma_browser_step_new_done (
          _ ("Never allowed"), _ ("You will not be asked about this program again. To "
                                  "take that back, revoke it "
                                  "in the list that “biomcp-auth grants” shows."));
    case ANSWER_LATER:
      return bma_browser_step_new_done (
          _ ("Not now"),
          _ ("You will not be asked again until you start it yourself. You "
             "can close this page."));
    case ANSWER_DENY:
      break;
    }
  return bma_browser_step_new_done (
      _ ("Not allowed"), _ ("The program was told no. You can close this page."));
}

/* Whether a question is open that the page did not show. */
static gboolean
has_more (BmaBroker *self, GArray *replies)
{
  for (unsigned int i = 0; i < self->approvals->len; i++)
    {
      gboolean was_shown = FALSE;

      for (unsigned int j = 0; j < replies->len; j++)
        was_shown = was_shown || g_array_index (replies, Reply, j).approval ==
                                     self->approvals->pdata[i];
      if (!was_shown)
        return TRUE;
    }
  return FALSE;
}

/**
 * bma_broker_press_for_app:
 * @self: a broker
 * @change: where the puts go
 * @press: what was pressed
 *
 * The person answered the questions that the page showed. Those that came later follow on
 * the next page.
 *
 * Returns: (transfer full) (nullable): the next page; %NULL when it takes a sign-in
 */
BmaBrowserStep *
bma_broker_press_for_app (BmaBroker *self, BmaChange *change, BmaAppPress *press)
{
  g_autoptr (GArray) replies = read_replies (self, press);
  g_autofree char *more = NULL;

  if (replies == NULL)
    return bma_broker_make_expired_step ();
  if (count (replies, ANSWER_ALLOW) > 0)
    {
      if (self->subject == NULL)
        bma_broker_sign_in_at_once (self, change);
      if (self->subject == NULL || g_str_equal (press->choice, "other-account"))
        {
          await_sign_in (replies, press);
          press->login->wants_account = g_str_equal (press->choice, "other-account");
          carry_out (self, replies, FALSE);
          return NULL;
        }
    }
  if (has_more (self, replies))
    more = bma_approval_get_url (g_ptr_array_index (self->approvals, 0));
  carry_out (self, replies, TRUE);
  return more != NULL ? bma_browser_step_new_redirect (g_steal_pointer (&more))
                      : make_done_step (replies);
}
