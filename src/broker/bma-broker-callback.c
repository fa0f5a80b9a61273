/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-broker-login.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "bma-approval-private.h"
#include "bma-broker-login-private.h"
#include "bma-cookie.h"
#include "bma-log.h"
#include "bma-redirect.h"
#include "bma-text.h"

/* A callback between the provider's answer and ours. */
typedef struct
{
  BmaLogin *login;    /* owned */
  char *clear_cookie; /* owned */
} Callback;

static void
callback_free (Callback *self)
{
  bma_record_unref (self->login);
  g_free (self->clear_cookie);
  g_free (self);
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
    [BMA_IDENTITY_ERROR_REFUSED] = { 403, N_ ("The sign-in was refused") },
    [BMA_IDENTITY_ERROR_EXPIRED] = { 400, N_ ("The sign-in took too long") },
    [BMA_IDENTITY_ERROR_MISMATCH] = { 400, N_ ("The sign-in does not belong to this "
                                               "browser") },
    [BMA_IDENTITY_ERROR_CREDENTIALS] = { 502, N_ ("The identity provider does not accept "
                                                  "us") },
    [BMA_IDENTITY_ERROR_CONFIGURATION] = { 502,
                                           N_ ("The identity provider is not set up") },
    [BMA_IDENTITY_ERROR_USER_LOCKED] = { 403, N_ ("Your account is locked for now") },
    [BMA_IDENTITY_ERROR_RATE_LIMITED] = { 503, N_ ("Too many sign-ins just now") },
    [BMA_IDENTITY_ERROR_OFFLINE] = { 502,
                                     N_ ("The identity provider cannot be reached") },
    [BMA_IDENTITY_ERROR_KEYRING] = { 503, N_ ("The keyring is locked") },
    [BMA_IDENTITY_ERROR_WRONG_CODE] = { 403,
                                        N_ ("The code is not the one that was sent") },
    [BMA_IDENTITY_ERROR_ADDRESS] = { 400, N_ ("No mail can be sent to this address") },
    [BMA_IDENTITY_ERROR_PROTOCOL] = { 502,
                                      N_ ("The identity provider answered nonsense") },
  };
  int code = error->domain == BMA_IDENTITY_ERROR ? error->code
                                                 : BMA_IDENTITY_ERROR_PROTOCOL;

  G_STATIC_ASSERT (G_N_ELEMENTS (pages) == BMA_IDENTITY_N_ERRORS);
  return bma_browser_step_new_error (
      pages[code].status,
      (BmaOauthError){ BMA_OAUTH_ACCESS_DENIED, "the identity provider did not sign in" },
      _ (pages[code].title), error->message);
}

static BmaBrowserStep *
finish_for_client (BmaBroker *self,
                   BmaChange *change,
                   const BmaLogin *login,
                   const BmaSubject *subject)
{
  const BmaClient *client = bma_broker_lookup_client (self, login->client_id);

  if (client == NULL)
    return bma_broker_make_client_error_step (
        (BmaOauthError){ BMA_OAUTH_INVALID_CLIENT, "the client was removed meanwhile" });
  if (!bma_redirect_is_registered (client, login->redirect_uri))
    return bma_broker_make_client_error_step ((BmaOauthError){
        BMA_OAUTH_INVALID_REQUEST, "the client took its redirect_uri back meanwhile" });
  return bma_broker_issue_code (self, change,
                                &(BmaCodeTerms){ login->client_id, login->redirect_uri,
                                                 login->nonce, login->code_challenge,
                                                 login->resource,
                                                 (const char *const *) login->scopes },
                                login->state, subject);
}

static BmaBrowserStep *
finish_for_app (BmaBroker *self, const BmaLogin *login, const BmaSubject *subject)
{
  if (login->is_owner)
    bma_broker_finish_approvals (self, login->approval_id, subject);
  return bma_browser_step_new_done (_ ("Signed in"), _ ("You can close this page."));
}

static BmaBrowserStep *
finish (BmaBroker *self,
        BmaChange *change,
        const BmaLogin *login,
        const BmaSubject *subject)
{
  if (login->client_id != NULL)
    return finish_for_client (self, change, login, subject);
  if (login->device_id != NULL)
    return bma_broker_allow_device (self, change,
                                    bma_store_lookup (self->store, &bma_device_type,
                                                      login->device_id),
                                    subject);
  return finish_for_app (self, login, subject);
}

/* Somebody from elsewhere has tokens of their own, and is not signed in to the desktop:
 * neither now nor after a restart, and if they are the person there, as before. */
static void
remember_person (BmaBroker *self,
                 BmaChange *change,
                 const BmaLogin *login,
                 const BmaSubject *subject)
{
  const BmaSubject *known =
      bma_store_lookup (self->store, &bma_subject_type, subject->record.id);
  BmaSubject *visitor = NULL;

  if (login->is_owner)
    {
      bma_change_put (change, subject);
      bma_broker_set_subject (self, subject);
      return;
    }
  if (known != NULL && known->signed_out_at_s == 0)
    return;
  visitor = bma_record_copy (subject);
  visitor->signed_out_at_s = bma_broker_now_s (self);
  bma_change_put_take (change, visitor);
}

/* Other settings may name another provider meanwhile, where the same identifier is
 * another person. */
static gboolean
is_still_asked (BmaBroker *self, BmaIdentityProvider *provider)
{
  return g_str_equal (bma_identity_provider_get_name (provider),
                      bma_identity_provider_get_name (self->provider));
}

/**
 * bma_broker_complete_login:
 * @self: a broker
 * @provider: who says who signed in
 * @task: (transfer none): what to finish
 * @change: what must be durable first
 * @login: a login that is used up
 * @identity: who signed in
 * @clear_cookie: (transfer full): removes the cookie of the login
 *
 * The person is known: gives whoever began the login what it was for.
 */
void
bma_broker_complete_login (BmaBroker *self,
                           BmaIdentityProvider *provider,
                           GTask *task,
                           BmaChange *change,
                           const BmaLogin *login,
                           const BmaIdentity *identity,
                           char *clear_cookie)
{
  g_autoptr (BmaSubject) subject = bma_broker_make_subject (self, provider, identity);
  BmaBrowserStep *step = NULL;

  if (!is_still_asked (self, provider))
    step = bma_broker_make_expired_step ();
  else
    {
      remember_person (self, change, login, subject);
      step = finish (self, change, login, subject);
      if (login->is_owner)
        bma_broker_resolve_sign_ins (self);
    }
  step->clear_cookie = clear_cookie;
  bma_broker_apply_then_step (self, task, change, step);
}

static BmaBrowserStep *
make_refusal_step (BmaBroker *self, const BmaLogin *login, const GError *error)
{
  if (login->client_id != NULL &&
      g_error_matches (error, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_REFUSED))
    return bma_browser_step_new_redirect (
        bma_redirect_make_error (login->redirect_uri, self->config->issuer, login->state,
                                 (BmaOauthError){ BMA_OAUTH_ACCESS_DENIED,
                                                  "the sign-in was refused" }));
  return bma_broker_make_identity_error_step (error);
}

static void
on_exchanged (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BmaBroker *self = g_task_get_source_object (task);
  Callback *callback = g_task_get_task_data (task);
  g_autoptr (BmaChange) change = bma_change_new ();
  g_autoptr (GError) error = NULL;
  BmaIdentityProvider *provider = BMA_IDENTITY_PROVIDER (source);
  g_autoptr (BmaIdentity)
      identity = bma_identity_provider_exchange_finish (provider, result, &error);
  BmaBrowserStep *step = NULL;

  if (identity != NULL)
    {
      bma_broker_complete_login (self, provider, task, change, callback->login, identity,
                                 g_steal_pointer (&callback->clear_cookie));
      return;
    }
  bma_log_warning ("login", "%s", error->message);
  step = make_refusal_step (self, callback->login, error);
  step->clear_cookie = g_steal_pointer (&callback->clear_cookie);
  bma_broker_return_step (task, step);
}

static void
on_login_used (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!bma_store_apply_finish (BMA_STORE (source), result, &error))
    bma_log_warning ("login", "%s", error->message);
}

/**
 * bma_broker_callback_async:
 * @self: a broker
 * @query: the query as it came
 * @browser: which browser; read before this returns
 * @cancellable: (nullable): ends the waiting
 * @callback: called with the step
 * @user_data: for @callback
 *
 * The identity provider sent the browser back. The transaction, this browser's cookie and
 * PKCE bind it to its start; each is good once.
 */
void
bma_broker_callback_async (BmaBroker *self,
                           const char *query,
                           const BmaBrowser *browser,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (BmaForm) form = bma_form_parse (query, strlen (query));
  g_autoptr (BmaChange) change = bma_change_new ();
  g_autoptr (BmaSecretText) cookie = NULL;
  g_autoptr (BmaSecret) verifier = NULL;
  g_autofree char *name = NULL;
  const BmaLogin *login = NULL;
  BmaLogin *used = NULL;
  Callback *data = NULL;

  g_task_set_source_tag (task, bma_broker_callback_async);
  login = bma_broker_find_login_for_callback (self, form, browser, &cookie);
  if (login == NULL)
    {
      bma_broker_return_step (task,
                              bma_broker_make_lost_step (self, form, query, browser));
      return;
    }
  if (bma_key_manager_get_keys (self->keys) == NULL)
    {
      bma_broker_return_step (task, bma_broker_make_unavailable_step (self));
      return;
    }
  name = bma_page_ticket_cookie_name_for_id ("login", login->record.id);
  data = g_new0 (Callback, 1);
  data->login = bma_record_ref (login);
  data->clear_cookie = bma_cookie_make (name, "", 0);
  g_task_set_task_data (task, data, (GDestroyNotify) callback_free);
  /* Used up before the provider is asked: a second callback finds nothing. */
  used = bma_record_copy (login);
  used->finished_at_s = bma_broker_now_s (self);
  bma_change_put_take (change, used);
  bma_store_apply_async (self->store, change, NULL, on_login_used, NULL);
  verifier = bma_broker_make_login_verifier (data->login->record.id, cookie);
  bma_identity_provider_exchange_async (self->provider, data->login->method, form,
                                        verifier, cancellable, on_exchanged,
                                        g_steal_pointer (&task));
}
