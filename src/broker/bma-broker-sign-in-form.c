/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-broker-login.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "bma-approval-private.h"
#include "bma-broker-login-private.h"
#include "bma-broker-sign-in-private.h"
#include "bma-cookie.h"
#include "bma-email.h"
#include "bma-log.h"
#include "bma-redirect.h"

static char *
make_clear_cookie (const BmaSignIn *sign_in)
{
  g_autofree char *name = bma_page_ticket_cookie_name ("login", sign_in->tx);

  return bma_cookie_make (name, "", 0);
}

/* What the person can repair they are told on the page; all else ends the login. */
static void
on_code_refused (BmaBroker *self, GTask *task, const BmaLogin *now, const GError *error)
{
  const BmaSignIn *sign_in = g_task_get_task_data (task);
  int code = error->domain == BMA_IDENTITY_ERROR ? error->code
                                                 : BMA_IDENTITY_ERROR_PROTOCOL;
  BmaSignInNotice notice = BMA_SIGN_IN_NOTICE_AGAIN;

  if (code == BMA_IDENTITY_ERROR_WRONG_CODE)
    notice = now->n_tries < BMA_SIGN_IN_MAX_TRIES ? BMA_SIGN_IN_NOTICE_WRONG_CODE
                                                  : BMA_SIGN_IN_NOTICE_NO_TRIES;
  else if (code == BMA_IDENTITY_ERROR_EXPIRED)
    notice = BMA_SIGN_IN_NOTICE_CODE_OVER;
  else if (code != BMA_IDENTITY_ERROR_OFFLINE &&
           code != BMA_IDENTITY_ERROR_RATE_LIMITED && code != BMA_IDENTITY_ERROR_KEYRING)
    {
      bma_broker_end_sign_in (self, task, sign_in, error);
      return;
    }
  bma_log_info ("login", "%s", error->message);
  bma_broker_go_on_with_sign_in (
      self, task,
      notice == BMA_SIGN_IN_NOTICE_NO_TRIES || notice == BMA_SIGN_IN_NOTICE_CODE_OVER
          ? bma_sign_in_note_code_over (now)
          : NULL,
      notice, notice == BMA_SIGN_IN_NOTICE_AGAIN ? error->message : NULL);
}

static void
on_verified (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BmaBroker *self = g_task_get_source_object (task);
  BmaSignIn *sign_in = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (BmaIdentity)
      identity = bma_identity_provider_verify_code_finish (BMA_IDENTITY_PROVIDER (source),
                                                           result, &error);
  g_autoptr (BmaChange) change = NULL;
  const BmaLogin *now = bma_sign_in_lookup (sign_in, self->store);
  BmaLogin *used = NULL;

  if (now == NULL)
    {
      bma_broker_return_step (task, bma_broker_make_expired_step ());
      return;
    }
  if (identity == NULL)
    {
      on_code_refused (self, task, now, error);
      return;
    }
  change = bma_change_new ();
  used = bma_record_copy (now);
  used->finished_at_s = bma_broker_now_s (self);
  bma_change_put (change, used);
  bma_broker_complete_login (self, BMA_IDENTITY_PROVIDER (source), task, change, used,
                             identity, make_clear_cookie (sign_in));
  bma_record_unref (used);
}

static BmaBrowserStep *
refuse_app (BmaBroker *self, const BmaLogin *login)
{
  bma_broker_finish_approvals (self, login->approval_id, NULL);
  return bma_browser_step_new_done (_ ("Not signed in"), _ ("You can close this page."));
}

/* Whoever began the login is told no. */
static BmaBrowserStep *
refuse (BmaBroker *self, BmaChange *change, const BmaLogin *login)
{
  if (login->client_id != NULL)
    return bma_browser_step_new_redirect (
        bma_redirect_make_error (login->redirect_uri, self->config->issuer, login->state,
                                 (BmaOauthError){ BMA_OAUTH_ACCESS_DENIED,
                                                  "the person did not sign in" }));
  if (login->device_id != NULL)
    return bma_broker_deny_device (self, change,
                                   bma_store_lookup (self->store, &bma_device_type,
                                                     login->device_id));
  return refuse_app (self, login);
}

static void
cancel (BmaBroker *self, GTask *task, BmaSignIn *sign_in)
{
  g_autoptr (BmaChange) change = bma_change_new ();
  BmaLogin *over = bma_record_copy (sign_in->login);
  BmaBrowserStep *step = refuse (self, change, over);

  over->finished_at_s = bma_broker_now_s (self);
  bma_change_put_take (change, over);
  step->clear_cookie = make_clear_cookie (sign_in);
  bma_broker_apply_then_step (self, task, change, step);
}

/* What the provider is asked for after the form's use is durable. */
static void
on_form_used (GObject *source, GAsyncResult *result, gpointer user_data)
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
  else if (sign_in->code != NULL)
    bma_identity_provider_verify_code_async (self->provider, sign_in->login->reference,
                                             sign_in->code, g_task_get_cancellable (task),
                                             on_verified, g_object_ref (task));
  else
    bma_broker_begin_sign_in (self, task);
}

static BmaSignInDecision
decide (BmaBroker *self, const BmaLogin *login, const BmaSignInForm *form)
{
  g_autoptr (GPtrArray) methods = bma_identity_provider_list_methods (self->provider);
  const BmaLoginMethod *wanted = bma_login_methods_find (methods, form->method);
  const BmaLoginMethod *chosen = bma_login_methods_find (methods, login->method);
  g_autofree char *email = bma_email_normalize (form->email);
  int64_t now_s = bma_broker_now_s (self);
  const BmaSignInFacts facts = {
    .method = wanted != NULL ? wanted->name : NULL,
    .method_wants_email = wanted != NULL && wanted->wants_email,
    .login_wants_email = chosen != NULL && chosen->wants_email,
    .may_mail = email != NULL && bma_mail_limiter_may_send (self->mails, email, now_s),
    .expires_at_s = now_s + self->config->login_lifetime_s,
  };

  return bma_sign_in_decide (login, form, &facts);
}

/* Nothing waits between looking the login up and applying the change. */
static void
carry_out (BmaBroker *self, GTask *task, BmaSignInDecision *decision)
{
  BmaSignIn *sign_in = g_task_get_task_data (task);
  g_autoptr (BmaChange) change = bma_change_new ();

  sign_in->email = g_steal_pointer (&decision->email);
  sign_in->code = g_steal_pointer (&decision->code);
  if (decision->action == BMA_SIGN_IN_CANCEL)
    {
      cancel (self, task, sign_in);
      return;
    }
  if (decision->action == BMA_SIGN_IN_SHOW)
    {
      bma_broker_go_on_with_sign_in (self, task, g_steal_pointer (&decision->next),
                                     decision->notice, NULL);
      return;
    }
  if (decision->action == BMA_SIGN_IN_BEGIN && sign_in->email != NULL)
    {
      bma_mail_limiter_note (self->mails, sign_in->email, bma_broker_now_s (self));
      bma_broker_keep_until (self, bma_broker_now_s (self) + BMA_MAIL_LIMITER_WINDOW_S);
    }
  bma_sign_in_move_on (sign_in, change, g_steal_pointer (&decision->next));
  bma_store_apply_async (self->store, change, NULL, on_form_used, g_object_ref (task));
}

/**
 * bma_broker_sign_in_async:
 * @self: a broker
 * @form: a form of the sign-in page; read before this returns
 * @browser: which browser; read before this returns
 * @cancellable: (nullable): ends the waiting
 * @callback: called with the step
 * @user_data: for @callback
 *
 * The person chose how to sign in, typed an address or typed a code. The form must be of
 * a login that goes on in this browser; each is good once.
 */
void
bma_broker_sign_in_async (BmaBroker *self,
                          const BmaForm *form,
                          const BmaBrowser *browser,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_auto (BmaSignInDecision) decision = { 0 };
  g_autoptr (BmaSecretText) cookie = NULL;
  BmaSignInForm read = { NULL };
  BmaSignIn *sign_in = NULL;
  const BmaLogin *login = NULL;

  g_task_set_source_tag (task, bma_broker_sign_in_async);
  if (bma_sign_in_form_read (&read, form))
    login = bma_broker_find_login (self, read.tx, browser, &cookie);
  if (login == NULL)
    {
      bma_broker_return_step (task, bma_broker_make_expired_step ());
      return;
    }
  if (bma_key_manager_get_keys (self->keys) == NULL)
    {
      bma_broker_return_step (task, bma_broker_make_unavailable_step (self));
      return;
    }
  sign_in = g_new0 (BmaSignIn, 1);
  sign_in->login = bma_record_ref (login);
  sign_in->tx = g_strdup (read.tx);
  sign_in->cookie = g_steal_pointer (&cookie);
  sign_in->cookies = g_strdup (browser->cookies);
  g_task_set_task_data (task, sign_in, (GDestroyNotify) bma_sign_in_free);
  decision = decide (self, login, &read);
  carry_out (self, task, &decision);
}
