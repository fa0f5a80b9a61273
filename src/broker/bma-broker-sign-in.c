/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-broker-login.h"

#include <string.h>

#include "bma-broker-login-private.h"
#include "bma-cookie.h"
#include "bma-log.h"
#include "bma-text.h"

#define COOKIE_BYTES 32

/* A login between the press of a button and the provider's reply. */
typedef struct
{
  BmaLogin *login;    /* owned: as it is stored */
  BmaSecretText *tx;  /* owned */
  char *cookie;       /* owned, secret */
  char *clear_cookie; /* owned: the cookie of the form that was pressed */
} Beginning;

static void
beginning_free (Beginning *self)
{
  g_clear_pointer (&self->login, bma_record_unref);
  bma_secret_free_text (self->tx);
  bma_secret_free_text (self->cookie);
  g_free (self->clear_cookie);
  g_free (self);
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

/**
 * bma_broker_make_identity_error_step:
 * @error: a #BmaIdentityError
 *
 * Returns: (transfer full): a page that says what it means
 */
BmaBrowserStep *
bma_broker_make_identity_error_step (const GError *error)
{
  static const struct
  {
    unsigned int status;
    const char *title;
  } pages[] = {
    [BMA_IDENTITY_ERROR_REFUSED] = { 403, "The sign-in was refused" },
    [BMA_IDENTITY_ERROR_EXPIRED] = { 400, "The sign-in took too long" },
    [BMA_IDENTITY_ERROR_MISMATCH] = { 400,
                                      "The sign-in does not belong to this browser" },
    [BMA_IDENTITY_ERROR_CREDENTIALS] = { 502,
                                         "The identity provider does not accept us" },
    [BMA_IDENTITY_ERROR_CONFIGURATION] = { 502, "The identity provider is not set up" },
    [BMA_IDENTITY_ERROR_USER_LOCKED] = { 403, "Your account is locked for now" },
    [BMA_IDENTITY_ERROR_RATE_LIMITED] = { 503, "Too many sign-ins just now" },
    [BMA_IDENTITY_ERROR_OFFLINE] = { 502, "The identity provider cannot be reached" },
    [BMA_IDENTITY_ERROR_KEYRING] = { 503, "The keyring is locked" },
    [BMA_IDENTITY_ERROR_WRONG_CODE] = { 403, "The code is not the one that was sent" },
    [BMA_IDENTITY_ERROR_ADDRESS] = { 400, "No mail can be sent to this address" },
    [BMA_IDENTITY_ERROR_PROTOCOL] = { 502, "The identity provider answered nonsense" },
  };
  int code = error->domain == BMA_IDENTITY_ERROR ? error->code
                                                 : BMA_IDENTITY_ERROR_PROTOCOL;

  G_STATIC_ASSERT (G_N_ELEMENTS (pages) == BMA_IDENTITY_N_ERRORS);
  return bma_browser_step_new_error (
      pages[code].status,
      (BmaOauthError){ BMA_OAUTH_ACCESS_DENIED, "the identity provider did not sign in" },
      pages[code].title, error->message);
}

/* A login that did not begin waits for nothing. */
static void
forget_login (BmaBroker *self,
              GTask *task,
              const Beginning *beginning,
              const GError *error)
{
  g_autoptr (BmaChange) change = bma_change_new ();
  BmaLogin *over = bma_record_copy (beginning->login);
  BmaBrowserStep *step = bma_broker_make_identity_error_step (error);

  bma_log_warning ("login", "%s", error->message);
  over->finished_at_s = bma_broker_now_s (self);
  bma_change_put_take (change, over);
  step->clear_cookie = g_strdup (beginning->clear_cookie);
  bma_broker_apply_then_step (self, task, change, step);
}

static void
on_begun (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BmaBroker *self = g_task_get_source_object (task);
  const Beginning *beginning = g_task_get_task_data (task);
  g_autofree char *name = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (BmaLoginReply) reply =
      bma_identity_provider_begin_finish (BMA_IDENTITY_PROVIDER (source), result, &error);
  BmaBrowserStep *step = NULL;

  if (reply == NULL || reply->kind != BMA_LOGIN_REPLY_REDIRECT)
    {
      if (error == NULL)
        g_set_error_literal (&error, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_CONFIGURATION,
                             "This way to sign in is not yet available in this version");
      forget_login (self, task, beginning, error);
      return;
    }
  name = bma_page_ticket_cookie_name ("login", beginning->tx);
  step = bma_browser_step_new_redirect (g_steal_pointer (&reply->uri));
  step->set_cookie =
      bma_cookie_make (name, beginning->cookie, self->config->login_lifetime_s);
  step->clear_cookie = g_strdup (beginning->clear_cookie);
  bma_broker_return_step (task, step);
}

static void
on_login_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BmaBroker *self = g_task_get_source_object (task);
  const Beginning *beginning = g_task_get_task_data (task);
  const BmaLogin *login = beginning->login;
  g_autoptr (GError) error = NULL;
  g_autoptr (BmaSecret) verifier = NULL;
  g_autofree char *challenge = NULL;

  if (!bma_store_apply_finish (BMA_STORE (source), result, &error))
    {
      bma_log_warning ("login", "%s", error->message);
      bma_broker_return_step (task, bma_broker_make_storage_step ());
      return;
    }
  verifier = bma_broker_make_login_verifier (login->record.id, beginning->cookie);
  challenge = bma_text_sha256_base64url (bma_secret_peek (verifier));
  bma_identity_provider_begin_async (self->provider,
                                     &(BmaLoginRequest){
                                         .tx = beginning->tx,
                                         .code_challenge = challenge,
                                         .method = login->method,
                                         .lifetime_s = self->config->login_lifetime_s },
                                     g_task_get_cancellable (task), on_begun,
                                     g_object_ref (task));
}

/**
 * bma_broker_start_login:
 * @self: a broker
 * @task: (transfer none): what to finish
 * @change: what must be durable first
 * @login: (transfer full): what to remember; its id is the form that was pressed
 * @method: (nullable): a way to sign in
 * @clear_cookie: (transfer full): removes the cookie of that form
 *
 * Uses the form up and remembers the login, then asks the identity provider how it goes
 * on.
 */
void
bma_broker_start_login (BmaBroker *self,
                        GTask *task,
                        BmaChange *change,
                        BmaLogin *login,
                        const char *method,
                        char *clear_cookie)
{
  Beginning *beginning = g_new0 (Beginning, 1);
  BmaLogin *pending = bma_record_copy (login);

  beginning->tx = bma_entropy_token (self->entropy, COOKIE_BYTES);
  beginning->cookie = bma_entropy_token (self->entropy, COOKIE_BYTES);
  beginning->clear_cookie = clear_cookie;
  /* The pressed form is used up; the login goes on under its own transaction. */
  g_free (pending->record.id);
  pending->record.id = bma_text_sha256_hex (beginning->tx);
  pending->cookie_hash = bma_text_sha256_hex (beginning->cookie);
  pending->method = g_strdup (method);
  beginning->login = bma_record_ref (pending);
  bma_change_put_take (change, pending);
  login->finished_at_s = bma_broker_now_s (self);
  bma_change_put_take (change, login);
  g_task_set_task_data (task, beginning, (GDestroyNotify) beginning_free);
  bma_store_apply_async (self->store, change, NULL, on_login_stored, g_object_ref (task));
}
