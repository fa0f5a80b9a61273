/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-broker-login.h"

#include <string.h>

#include "bma-broker-login-private.h"
#include "bma-broker-sign-in-private.h"
#include "bma-cookie.h"
#include "bma-log.h"
#include "bma-text.h"

#define COOKIE_BYTES 32

/**
 * bma_sign_in_free:
 * @self: (transfer full) (nullable): a login at one of its steps
 */
void
bma_sign_in_free (BmaSignIn *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->login, bma_record_unref);
  bma_secret_free_text (self->tx);
  bma_secret_free_text (self->cookie);
  bma_secret_free_text (self->cookies);
  g_free (self->clear_cookie);
  g_free (self->email);
  g_clear_pointer (&self->code, bma_secret_unref);
  g_free (self);
}

/**
 * bma_sign_in_move_on:
 * @self: a login at one of its steps
 * @change: where the put goes
 * @next: (transfer full): the login from now on
 *
 * Goes to the next step.
 */
void
bma_sign_in_move_on (BmaSignIn *self, BmaChange *change, BmaLogin *next)
{
  bma_record_unref (self->login);
  self->login = next;
  bma_change_put (change, next);
}

/**
 * bma_sign_in_lookup:
 * @self: a login at one of its steps
 * @store: where it is
 *
 * After the provider was asked: another tab may have gone on or given up meanwhile.
 *
 * Returns: (transfer none) (nullable): the login as it is now, if it still goes on
 */
const BmaLogin *
bma_sign_in_lookup (const BmaSignIn *self, BmaStore *store)
{
  const BmaLogin *now = bma_store_lookup (store, &bma_login_type, self->login->record.id);

  return now != NULL && now->finished_at_s == 0 ? now : NULL;
}

/**
 * bma_broker_make_login_verifier:
 * @login_id: id of a login
 * @cookie: the cookie that binds it to a browser
 *
 * The verifier is made of the cookie that only this browser has, so nothing secret about
 * a login in flight is stored, and a login survives a restart.
 *
 * Returns: (transfer full): the PKCE verifier (RFC 7636)
 */
BmaSecret *
bma_broker_make_login_verifier (const char *login_id, const char *cookie)
{
  g_autofree char *text = g_strconcat ("pkce\n", login_id, NULL);

  return bma_secret_new_take (bma_text_hmac_base64url (cookie, strlen (cookie), text));
}

/* The cookie lives as long as the login, whose time a mail prolongs. */
static void
set_cookies (BmaBroker *self, const BmaSignIn *sign_in, BmaBrowserStep *step)
{
  g_autofree char *name = bma_page_ticket_cookie_name ("login", sign_in->tx);

  step->set_cookie =
      bma_cookie_make (name, sign_in->cookie,
                       sign_in->login->expires_at_s - bma_broker_now_s (self));
  step->clear_cookie = g_strdup (sign_in->clear_cookie);
}

/**
 * bma_broker_make_sign_in_step:
 * @self: a broker
 * @sign_in: a login that goes on
 * @notice: what to tell
 * @message: (nullable): what the provider says
 *
 * Returns: (transfer full): the page of the stage it is at
 */
BmaBrowserStep *
bma_broker_make_sign_in_step (BmaBroker *self,
                              const BmaSignIn *sign_in,
                              BmaSignInNotice notice,
                              const char *message)
{
  const BmaLogin *login = sign_in->login;
  BmaSignInPage *page = g_new0 (BmaSignInPage, 1);
  BmaBrowserStep *step = bma_browser_step_new_sign_in (page);

  page->stage = g_strdup (login->stage != NULL ? login->stage : BMA_LOGIN_STAGE_AWAY);
  page->methods = bma_identity_provider_list_methods (self->provider);
  page->method = g_strdup (login->method);
  page->tx = g_strdup (sign_in->tx);
  page->turn = login->turn;
  page->email = g_strdup (sign_in->email);
  page->notice = notice;
  page->message = g_strdup (message);
  page->n_tries_left = (unsigned int) MAX (0, BMA_SIGN_IN_MAX_TRIES - login->n_tries);
  page->has_code = login->reference != NULL && page->n_tries_left > 0;
  page->may_send = login->n_sent < BMA_SIGN_IN_MAX_MAILS;
  set_cookies (self, sign_in, step);
  return step;
}

/**
 * bma_broker_end_sign_in:
 * @self: a broker
 * @task: (transfer none): what to finish
 * @sign_in: a login
 * @error: why it cannot go on
 *
 * A login that cannot go on waits for nothing.
 */
void
bma_broker_end_sign_in (BmaBroker *self,
                        GTask *task,
                        const BmaSignIn *sign_in,
                        const GError *error)
{
  g_autoptr (BmaChange) change = bma_change_new ();
  BmaLogin *over = bma_record_copy (sign_in->login);
  BmaBrowserStep *step = bma_broker_make_identity_error_step (error);

  bma_log_warning ("login", "%s", error->message);
  over->finished_at_s = bma_broker_now_s (self);
  bma_change_put_take (change, over);
  step->clear_cookie = g_strdup (sign_in->clear_cookie);
  bma_broker_apply_then_step (self, task, change, step);
}

/**
 * bma_broker_go_on_with_sign_in:
 * @self: a broker
 * @task: (transfer none): what to finish; its data is the #BmaSignIn
 * @next: (transfer full) (nullable): the login from now on
 * @notice: what to tell
 * @message: (nullable): what the provider says
 *
 * Shows the page where the login is now.
 */
void
bma_broker_go_on_with_sign_in (BmaBroker *self,
                               GTask *task,
                               BmaLogin *next,
                               BmaSignInNotice notice,
                               const char *message)
{
  BmaSignIn *sign_in = g_task_get_task_data (task);
  g_autoptr (BmaChange) change = bma_change_new ();

  if (next != NULL)
    bma_sign_in_move_on (sign_in, change, next);
  bma_broker_apply_then_step (self, task, change,
                              bma_broker_make_sign_in_step (self, sign_in, notice,
                                                            message));
}

/* Nothing here may tell whether an address is known at the provider: all that depends on
 * the address is answered alike. */
static void
on_begin_failed (BmaBroker *self, GTask *task, const GError *error)
{
  const BmaSignIn *sign_in = g_task_get_task_data (task);

  if (sign_in->email != NULL && error->domain == BMA_IDENTITY_ERROR)
    switch ((BmaIdentityError) error->code)
      {
      case BMA_IDENTITY_ERROR_ADDRESS:
      case BMA_IDENTITY_ERROR_RATE_LIMITED:
      case BMA_IDENTITY_ERROR_USER_LOCKED:
        bma_log_warning ("login", "%s", error->message);
        bma_broker_go_on_with_sign_in (self, task, NULL, BMA_SIGN_IN_NOTICE_NOT_SENT,
                                       NULL);
        return;
      case BMA_IDENTITY_ERROR_OFFLINE:
      case BMA_IDENTITY_ERROR_KEYRING:
        bma_log_warning ("login", "%s", error->message);
        bma_broker_go_on_with_sign_in (self, task, NULL, BMA_SIGN_IN_NOTICE_AGAIN,
                                       error->message);
        return;
      default:
        break;
      }
  bma_broker_end_sign_in (self, task, sign_in, error);
}

/* The login as the reply leaves it; %NULL when it does not change. */
static BmaLogin *
note_reply (const BmaLogin *now, const BmaLoginReply *reply)
{
  BmaLogin *next = NULL;

  if (reply->kind == BMA_LOGIN_REPLY_REDIRECT && !reply->is_callback_fixed)
    return NULL;
  next = reply->kind == BMA_LOGIN_REPLY_REDIRECT
             ? bma_record_copy (now)
             : bma_sign_in_note_sent (now, reply->reference);
  g_free (next->callback);
  next->callback = g_strdup (reply->is_callback_fixed ? BMA_LOGIN_CALLBACK_FIXED : NULL);
  return next;
}

static void
carry_out_reply (BmaBroker *self, GTask *task, const BmaLogin *now, BmaLoginReply *reply)
{
  BmaSignIn *sign_in = g_task_get_task_data (task);
  const BmaBrowser browser = { .cookies = sign_in->cookies,
                               .is_owner = sign_in->login->is_owner != 0 };
  g_autoptr (BmaChange) change = bma_change_new ();
  BmaLogin *next = note_reply (now, reply);
  BmaBrowserStep *step = NULL;

  if (next != NULL)
    bma_sign_in_move_on (sign_in, change, next);
  if (reply->is_callback_fixed)
    bma_broker_give_up_fixed_logins (self, change, &browser, sign_in->login);
  if (reply->kind == BMA_LOGIN_REPLY_REDIRECT)
    {
      step = bma_browser_step_new_redirect (g_steal_pointer (&reply->uri));
      set_cookies (self, sign_in, step);
    }
  else
    step = bma_broker_make_sign_in_step (self, sign_in, BMA_SIGN_IN_NOTICE_NONE, NULL);
  bma_broker_apply_then_step (self, task, change, step);
}

static void
on_begun (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BmaBroker *self = g_task_get_source_object (task);
  const BmaSignIn *sign_in = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (BmaLoginReply) reply =
      bma_identity_provider_begin_finish (BMA_IDENTITY_PROVIDER (source), result, &error);
  const BmaLogin *now = NULL;

  if (reply == NULL)
    {
      on_begin_failed (self, task, error);
      return;
    }
  now = bma_sign_in_lookup (sign_in, self->store);
  if (now == NULL)
    bma_broker_return_step (task, bma_broker_make_expired_step ());
  else
    carry_out_reply (self, task, now, reply);
}

/**
 * bma_broker_begin_sign_in:
 * @self: a broker
 * @task: (transfer none): what to finish; its data is the #BmaSignIn, as it is stored
 *
 * Asks the identity provider how the login goes on.
 */
void
bma_broker_begin_sign_in (BmaBroker *self, GTask *task)
{
  const BmaSignIn *sign_in = g_task_get_task_data (task);
  const BmaLogin *login = sign_in->login;
  g_autoptr (BmaSecret)
      verifier = bma_broker_make_login_verifier (login->record.id, sign_in->cookie);
  g_autofree char *challenge = bma_text_sha256_base64url (bma_secret_peek (verifier));

  bma_identity_provider_begin_async (
      self->provider,
      &(BmaLoginRequest){ .tx = sign_in->tx,
                          .code_challenge = challenge,
                          .method = login->method,
                          .email = sign_in->email,
                          .lifetime_s = login->expires_at_s - bma_broker_now_s (self),
                          .wants_other_account = login->wants_account != 0 },
      g_task_get_cancellable (task), on_begun, g_object_ref (task));
}

static void
on_login_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BmaBroker *self = g_task_get_source_object (task);
  const BmaSignIn *sign_in = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (!bma_store_apply_finish (BMA_STORE (source), result, &error))
    {
      bma_log_warning ("login", "%s", error->message);
      bma_broker_return_step (task, bma_broker_make_storage_step ());
    }
  else if (g_str_equal (sign_in->login->stage, BMA_LOGIN_STAGE_AWAY))
    bma_broker_begin_sign_in (self, task);
  else
    bma_broker_return_step (task,
                            bma_broker_make_sign_in_step (self, sign_in,
                                                          BMA_SIGN_IN_NOTICE_NONE, NULL));
}

/* With one way to sign in there is nothing to choose. */
static void
choose_method (BmaBroker *self, BmaLogin *login, const char *wanted)
{
  g_autoptr (GPtrArray) methods = bma_identity_provider_list_methods (self->provider);
  const BmaLoginMethod *method = bma_login_methods_find (methods, wanted);

  if (method == NULL && methods->len == 1)
    method = g_ptr_array_index (methods, 0);
  if (method != NULL)
    login->method = g_strdup (method->name);
  if (method == NULL && methods->len > 1)
    login->stage = g_strdup (BMA_LOGIN_STAGE_CHOOSE);
  else if (method != NULL && method->wants_email)
    login->stage = g_strdup (BMA_LOGIN_STAGE_EMAIL);
  else
    login->stage = g_strdup (BMA_LOGIN_STAGE_AWAY);
}

/**
 * bma_broker_start_login:
 * @self: a broker
 * @task: (transfer none): what to finish
 * @change: what must be durable first
 * @login: (transfer full): what to remember; its id is the form that was pressed
 * @method: (nullable): a way to sign in
 * @browser: which browser
 * @clear_cookie: (transfer full): removes the cookie of that form
 *
 * Uses the form up and remembers the login, then shows the sign-in page, or asks the
 * identity provider how it goes on where there is nothing to ask the person.
 */
void
bma_broker_start_login (BmaBroker *self,
                        GTask *task,
                        BmaChange *change,
                        BmaLogin *login,
                        const char *method,
                        const BmaBrowser *browser,
                        char *clear_cookie)
{
  BmaSignIn *sign_in = g_new0 (BmaSignIn, 1);
  BmaLogin *pending = bma_record_copy (login);

  sign_in->tx = bma_entropy_token (self->entropy, COOKIE_BYTES);
  sign_in->cookie = bma_entropy_token (self->entropy, COOKIE_BYTES);
  sign_in->cookies = g_strdup (browser->cookies);
  sign_in->clear_cookie = clear_cookie;
  /* The pressed form is used up; the login goes on under its own transaction. */
  g_free (pending->record.id);
  pending->record.id = bma_text_sha256_hex (sign_in->tx);
  pending->cookie_hash = bma_text_sha256_hex (sign_in->cookie);
  choose_method (self, pending, method);
  sign_in->login = bma_record_ref (pending);
  bma_change_put_take (change, pending);
  login->finished_at_s = bma_broker_now_s (self);
  bma_change_put_take (change, login);
  g_task_set_task_data (task, sign_in, (GDestroyNotify) bma_sign_in_free);
  bma_store_apply_async (self->store, change, NULL, on_login_stored, g_object_ref (task));
}
