/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-broker-login.h"

#include <string.h>

#include "bma-approval-private.h"
#include "bma-broker-login-private.h"
#include "bma-cookie.h"
#include "bma-log.h"
#include "bma-redirect.h"
#include "bma-text.h"

/* One press of a button on a page of ours. The strings belong to the form. */
typedef struct
{
  const char *tx;
  const char *request;
  const char *choice; /* allow, deny, other-account; more on the pages of programs */
  const char *method; /* nullable: a way to sign in */
  gboolean wants_login;
  gboolean is_owner;
  BmaLogin *login; /* owned, nullable: the answer is to sign in for this first */
} Press;

static gboolean
parse_press (BmaBroker *self, const BmaForm *form, const char *cookies, Press *press)
{
  const char *until = bma_form_get (form, "until");
  g_autofree char *name = NULL;
  g_autoptr (BmaSecretText) cookie = NULL;
  gint64 until_s = 0;

  press->tx = bma_form_get (form, "tx");
  press->request = bma_form_get (form, "request");
  press->choice = bma_form_get (form, "choice");
  press->method = bma_form_get (form, "method");
  press->wants_login = g_strcmp0 (press->choice, "other-account") == 0;
  if (press->tx == NULL || until == NULL || press->choice == NULL ||
      bma_form_find_repeated (form, NULL) != NULL ||
      !g_ascii_string_to_signed (until, 10, 0, G_MAXINT64, &until_s, NULL))
    return FALSE;
  name = bma_page_ticket_cookie_name ("consent", press->tx);
  cookie = bma_cookie_get (cookies, name);
  return bma_page_ticket_check (&self->page_key, press->tx, cookie,
                                bma_form_get (form, "seal"), press->request, until_s) &&
         until_s > bma_broker_now_s (self);
}

/* A pressed form leaves a record, so that it cannot be pressed again. */
static BmaLogin *
make_login (BmaBroker *self, const Press *press)
{
  g_autofree char *id = bma_text_sha256_hex (press->tx);
  BmaLogin *login = bma_record_new (&bma_login_type, id);

  login->is_owner = press->is_owner;
  login->expires_at_s = bma_broker_now_s (self) + self->config->login_lifetime_s;
  return login;
}

static void
put_finished (BmaBroker *self, BmaChange *change, BmaLogin *login)
{
  login->finished_at_s = bma_broker_now_s (self);
  bma_change_put_take (change, login);
}

/* Else a provider that knows the browser would sign the same person in without a word.
 * Somebody is signed in here, and it takes a login: because they, or the client, want
 * one. */
static gboolean
wants_account (const BmaSubject *subject, const BmaAuthorizeRequest *request)
{
  return subject != NULL || bma_authorize_request_has_prompt (request, "login") ||
         bma_authorize_request_has_prompt (request, "select_account");
}

/* %NULL when it takes a login. */
static BmaBrowserStep *
press_for_client (BmaBroker *self, BmaChange *change, const BmaForm *form, Press *press)
{
  g_autoptr (BmaAuthorizeRequest) request = bma_authorize_request_parse (form);
  const BmaSubject *subject = bma_broker_subject_for (self, press->is_owner);
  BmaAuthorizeFacts facts = { .subject = subject, .now_s = bma_broker_now_s (self) };
  BmaAuthorizeDecision decision;
  BmaLogin *login = NULL;

  if (request->client_id != NULL)
    facts.client = bma_broker_lookup_client (self, request->client_id);
  facts.consented = !g_str_equal (press->choice, "deny");
  facts.wants_login = press->wants_login;
  decision = bma_authorize_decide (request, form, &facts, self->config);
  if (decision.action == BMA_AUTHORIZE_SHOW_ERROR)
    return bma_broker_make_client_error_step (decision.error);
  if (!facts.consented)
    decision = (BmaAuthorizeDecision){ BMA_AUTHORIZE_REDIRECT_ERROR,
                                       { BMA_OAUTH_ACCESS_DENIED,
                                         "the person did not allow it" } };
  login = make_login (self, press);
  if (decision.action == BMA_AUTHORIZE_REDIRECT_ERROR)
    {
      bma_log_info ("login", "client %s: %s", request->client_id,
                    bma_oauth_error_to_text (decision.error.code));
      put_finished (self, change, login);
      return bma_browser_step_new_redirect (
          bma_redirect_make_error (request->redirect_uri, self->config->issuer,
                                   request->state, decision.error));
    }
  if (decision.action == BMA_AUTHORIZE_ISSUE_CODE)
    {
      put_finished (self, change, login);
      return bma_broker_issue_code (self, change,
                                    &(BmaCodeTerms){
                                        request->client_id, request->redirect_uri,
                                        request->nonce, request->code_challenge,
                                        request->resource,
                                        (const char *const *) request->scopes },
                                    request->state, subject);
    }
  if (!press->is_owner && bma_broker_is_desktop_only (self))
    {
      put_finished (self, change, login);
      return bma_broker_make_elsewhere_step ();
    }
  login->client_id = g_strdup (request->client_id);
  login->redirect_uri = g_strdup (request->redirect_uri);
  login->state = g_strdup (request->state);
  login->nonce = g_strdup (request->nonce);
  login->code_challenge = g_strdup (request->code_challenge);
  login->resource = g_strdup (request->resource);
  login->scopes = g_strdupv (request->scopes);
  login->wants_account = wants_account (subject, request);
  press->login = login;
  return NULL;
}

/**
 * bma_broker_sign_in_at_once:
 * @self: a broker
 * @change: where the puts go
 *
 * The local user needs no provider to sign in again.
 *
 * Returns: (transfer none) (nullable): who is signed in now, if that was possible
 */
const BmaSubject *
bma_broker_sign_in_at_once (BmaBroker *self, BmaChange *change)
{
  g_autoptr (BmaIdentity) identity = bma_identity_provider_get_immediate (self->provider);
  g_autoptr (BmaSubject) subject = NULL;

  if (identity == NULL)
    return NULL;
  subject = bma_broker_make_subject (self, self->provider, identity);
  bma_change_put (change, subject);
  bma_broker_set_subject (self, subject);
  return self->subject;
}

/* %NULL when it takes a login. */
static BmaBrowserStep *
press_for_app (BmaBroker *self, BmaChange *change, const BmaForm *form, Press *press)
{
  BmaAppPress app = { form, press->request, press->choice, NULL };
  BmaBrowserStep *step = NULL;

  if (!press->is_owner)
    return bma_broker_make_elsewhere_step ();
  app.login = make_login (self, press);
  step = bma_broker_press_for_app (self, change, &app);
  if (step == NULL)
    press->login = app.login;
  else
    put_finished (self, change, app.login);
  return step;
}

/* %NULL when it takes a login. */
static BmaBrowserStep *
press_for_device (BmaBroker *self, BmaChange *change, Press *press)
{
  const char *code = press->request + strlen (BMA_DEVICE_PREFIX);
  const BmaDevice *device = bma_broker_find_device (self, code);
  const BmaSubject *subject = bma_broker_subject_for (self, press->is_owner);
  BmaLogin *login = NULL;

  if (!press->is_owner && bma_broker_is_desktop_only (self))
    return bma_broker_make_elsewhere_step ();
  if (device == NULL)
    return bma_broker_make_expired_step ();
  login = make_login (self, press);
  if (g_str_equal (press->choice, "deny"))
    {
      put_finished (self, change, login);
      return bma_broker_deny_device (self, change, device);
    }
  if (subject == NULL && press->is_owner)
    subject = bma_broker_sign_in_at_once (self, change);
  if (self->subject != NULL)
    bma_broker_resolve_sign_ins (self);
  if (subject == NULL || press->wants_login)
    {
      login->device_id = g_strdup (device->record.id);
      login->wants_account = press->wants_login;
      press->login = login;
      return NULL;
    }
  put_finished (self, change, login);
  return bma_broker_allow_device (self, change, device, subject);
}

/* The local user may have signed out; pressing Allow signs them in again. */
static void
ensure_local_subject (BmaBroker *self, BmaChange *change, const Press *press)
{
  if (press->is_owner && self->subject == NULL && !g_str_equal (press->choice, "deny"))
    bma_broker_sign_in_at_once (self, change);
  if (self->subject != NULL)
    bma_broker_resolve_sign_ins (self);
}

/**
 * bma_broker_consent_async:
 * @self: a broker
 * @form: the form of the page; read before this returns
 * @browser: which browser; read before this returns
 * @cancellable: (nullable): ends the waiting
 * @callback: called with the step
 * @user_data: for @callback
 *
 * The person pressed a button. The form must be ours, for this browser, in time and
 * pressed for the first time.
 */
void
bma_broker_consent_async (BmaBroker *self,
                          const BmaForm *form,
                          const BmaBrowser *browser,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (BmaChange) change = bma_change_new ();
  g_autoptr (BmaForm) request = NULL;
  g_autofree char *id = NULL;
  g_autofree char *name = NULL;
  g_autofree char *clear_cookie = NULL;
  BmaBrowserStep *step = NULL;
  Press press = { NULL };

  g_task_set_source_tag (task, bma_broker_consent_async);
  press.is_owner = browser->is_owner;
  if (parse_press (self, form, browser->cookies, &press))
    id = bma_text_sha256_hex (press.tx);
  if (id == NULL || bma_store_lookup (self->store, &bma_login_type, id) != NULL)
    {
      bma_broker_return_step (task, bma_broker_make_expired_step ());
      return;
    }
  if (bma_key_manager_get_keys (self->keys) == NULL)
    {
      bma_broker_return_step (task, bma_broker_make_unavailable_step (self));
      return;
    }
  if (g_str_has_prefix (press.request, BMA_APPROVAL_PREFIX))
    step = press_for_app (self, change, form, &press);
  else if (g_str_has_prefix (press.request, BMA_DEVICE_PREFIX))
    step = press_for_device (self, change, &press);
  else
    {
      request = bma_form_parse (press.request, strlen (press.request));
      ensure_local_subject (self, change, &press);
      step = request != NULL ? press_for_client (self, change, request, &press)
                             : bma_broker_make_expired_step ();
    }
  name = bma_page_ticket_cookie_name ("consent", press.tx);
  clear_cookie = bma_cookie_make (name, "", 0);
  if (step == NULL)
    {
      bma_broker_start_login (self, task, change, press.login, press.method, browser,
                              g_steal_pointer (&clear_cookie));
      return;
    }
  step->clear_cookie = g_steal_pointer (&clear_cookie);
  bma_broker_apply_then_step (self, task, change, step);
}
