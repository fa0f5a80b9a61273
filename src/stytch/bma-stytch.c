/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-stytch.h"

#include <string.h>

#include "bma-email.h"
#include "bma-stytch-method.h"
#include "bma-stytch-private.h"
#include "bma-stytch-wire.h"

#define WHOAMI_PATH      "/v1/debug/whoami"
#define OAUTH_PATH       "/v1/oauth/authenticate"
#define LINK_PATH        "/v1/magic_links/authenticate"
#define LINK_SEND_PATH   "/v1/magic_links/email/login_or_create"
#define OTP_PATH         "/v1/otps/authenticate"
#define OTP_SEND_PATH    "/v1/otps/email/login_or_create"
#define OAUTH_TOKEN_TYPE "oauth"
#define LINK_TOKEN_TYPE  "magic_links"

static const char *
stytch_get_name (BmaIdentityProvider *provider)
{
  return BMA_PROVIDER_STYTCH;
}

static BmaIdentity *
stytch_get_immediate (BmaIdentityProvider *provider)
{
  return NULL;
}

static GPtrArray *
stytch_list_methods (BmaIdentityProvider *provider)
{
  return bma_stytch_list_methods (BMA_STYTCH (provider)->config->stytch_methods);
}

static gboolean
is_method (const char *method, const char *name)
{
  return g_strcmp0 (method, name) == 0;
}

/* The configured name, for what the login was begun with. */
static const char *
find_method (BmaStytch *self, const char *method, GError **error)
{
  char **methods = self->config->stytch_methods;

  for (size_t i = 0; methods != NULL && methods[i] != NULL; i++)
    if (method == NULL || strcmp (methods[i], method) == 0)
      return methods[i];
  g_set_error_literal (error, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_CONFIGURATION,
                       "This way to sign in is not offered; [stytch] methods lists those "
                       "that are");
  return NULL;
}

static gboolean
is_callback_fixed (BmaStytch *self)
{
  return g_str_equal (self->config->stytch_callback, BMA_STYTCH_CALLBACK_FIXED);
}

static char *
make_callback_uri (BmaStytch *self, const BmaLoginRequest *request)
{
  return bma_stytch_wire_make_callback_uri (self->config->issuer, is_callback_fixed (self)
                                                                      ? NULL
                                                                      : request->tx);
}

/* Codes come without a redirect. */
static char *
stytch_get_redirect_uri (BmaIdentityProvider *provider)
{
  BmaStytch *self = BMA_STYTCH (provider);
  char **methods = self->config->stytch_methods;
  gboolean is_needed = FALSE;

  for (size_t i = 0; methods != NULL && methods[i] != NULL; i++)
    is_needed = is_needed || !is_method (methods[i], BMA_STYTCH_METHOD_EMAIL_OTP);
  if (!is_needed)
    return NULL;
  return g_strconcat (self->config->issuer,
                      is_callback_fixed (self) ? "/callback" : "/callback?tx={}", NULL);
}

/* The browser goes there, not we: Stytch binds the login to a cookie. */
static BmaLoginReply *
redirect_to_start (BmaStytch *self,
                   const char *api_url,
                   const char *method,
                   const BmaLoginRequest *request)
{
  g_autofree char *callback_uri = make_callback_uri (self, request);
  BmaLoginReply *reply = bma_login_reply_new_redirect (
      bma_stytch_wire_make_start_uri (api_url, method, self->config->stytch_public_token,
                                      callback_uri, request->code_challenge));

  reply->is_callback_fixed = is_callback_fixed (self);
  return reply;
}

static void
read_otp_sent (GTask *task, unsigned int status, const char *body, size_t length)
{
  GError *error = NULL;
  g_autofree char *method_id = bma_stytch_wire_read_sent (status, body, length, &error);

  if (method_id == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, bma_login_reply_new_code_sent (method_id),
                           (GDestroyNotify) bma_login_reply_free);
}

static void
read_link_sent (GTask *task, unsigned int status, const char *body, size_t length)
{
  BmaStytch *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autofree char *method_id = bma_stytch_wire_read_sent (status, body, length, &error);
  BmaLoginReply *reply = NULL;

  if (method_id == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  reply = bma_login_reply_new_link_sent ();
  reply->is_callback_fixed = is_callback_fixed (self);
  g_task_return_pointer (task, reply, (GDestroyNotify) bma_login_reply_free);
}

static void
read_identity (GTask *task, unsigned int status, const char *body, size_t length)
{
  GError *error = NULL;
  BmaIdentity *identity = bma_stytch_wire_read_identity (status, body, length, &error);

  if (identity == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, identity, (GDestroyNotify) bma_identity_free);
}

static void
read_whoami (GTask *task, unsigned int status, const char *body, size_t length)
{
  BmaStytch *self = g_task_get_source_object (task);
  GError *error = NULL;

  if (bma_stytch_wire_read_whoami (status, body, length, self->config->stytch_project_id,
                                   &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* Every error is a BmaIdentityError, cancellation included: those who ask look pages up
 * by its code. */
static GTask *
new_task (BmaIdentityProvider *provider,
          GCancellable *cancellable,
          GAsyncReadyCallback callback,
          gpointer user_data)
{
  GTask *task = g_task_new (provider, cancellable, callback, user_data);

  g_task_set_check_cancellable (task, FALSE);
  return task;
}

/* Takes over @task. */
static void
send_mail (GTask *task, const char *method, const BmaLoginRequest *request)
{
  BmaStytch *self = g_task_get_source_object (task);
  g_autofree char *email = bma_email_normalize (request->email);
  g_autofree char *callback_uri = NULL;

  if (email == NULL)
    {
      g_task_return_new_error (task, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_ADDRESS,
                               "That is not an e-mail address");
      g_object_unref (task);
      return;
    }
  if (is_method (method, BMA_STYTCH_METHOD_EMAIL_OTP))
    {
      bma_stytch_start_call (task, "POST", OTP_SEND_PATH,
                             bma_stytch_wire_make_otp_send (email, request->lifetime_s),
                             read_otp_sent);
      return;
    }
  callback_uri = make_callback_uri (self, request);
  bma_stytch_start_call (task, "POST", LINK_SEND_PATH,
                         bma_stytch_wire_make_link_send (email, callback_uri,
                                                         request->code_challenge,
                                                         request->lifetime_s),
                         read_link_sent);
}

static void
stytch_begin_async (BmaIdentityProvider *provider,
                    const BmaLoginRequest *request,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  BmaStytch *self = BMA_STYTCH (provider);
  g_autoptr (GTask) task = new_task (provider, cancellable, callback, user_data);
  g_autofree char *api_url = NULL;
  const char *method = NULL;
  GError *error = NULL;

  g_return_if_fail (request->tx != NULL && request->code_challenge != NULL);

  g_task_set_source_tag (task, stytch_begin_async);
  g_task_set_name (task, "bma_stytch_begin");
  api_url = bma_stytch_get_api_url (self, &error);
  if (api_url != NULL)
    method = find_method (self, request->method, &error);
  if (method == NULL)
    g_task_return_error (task, error);
  else if (is_method (method, BMA_STYTCH_METHOD_EMAIL_OTP) ||
           is_method (method, BMA_STYTCH_METHOD_MAGIC_LINK))
    send_mail (g_steal_pointer (&task), method, request);
  else
    g_task_return_pointer (task, redirect_to_start (self, api_url, method, request),
                           (GDestroyNotify) bma_login_reply_free);
}

static BmaLoginReply *
stytch_begin_finish (BmaIdentityProvider *provider, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, provider), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
stytch_exchange_async (BmaIdentityProvider *provider,
                       const char *method,
                       const BmaForm *callback_query,
                       BmaSecret *code_verifier,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (GTask) task = new_task (provider, cancellable, callback, user_data);
  g_autoptr (BmaSecret) token = NULL;
  gboolean is_link = is_method (method, BMA_STYTCH_METHOD_MAGIC_LINK);
  GError *error = NULL;

  g_task_set_source_tag (task, stytch_exchange_async);
  g_task_set_name (task, "bma_stytch_exchange");
  token = bma_stytch_wire_read_callback (callback_query,
                                         is_link ? LINK_TOKEN_TYPE : OAUTH_TOKEN_TYPE,
                                         &error);
  if (token == NULL)
    g_task_return_error (task, error);
  else
    bma_stytch_start_call (g_steal_pointer (&task), "POST",
                           is_link ? LINK_PATH : OAUTH_PATH,
                           bma_stytch_wire_make_exchange (token, code_verifier),
                           read_identity);
}

static void
stytch_verify_code_async (BmaIdentityProvider *provider,
                          const char *reference,
                          BmaSecret *code,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  GTask *task = new_task (provider, cancellable, callback, user_data);

  g_task_set_source_tag (task, stytch_verify_code_async);
  g_task_set_name (task, "bma_stytch_verify_code");
  bma_stytch_start_call (task, "POST", OTP_PATH,
                         bma_stytch_wire_make_otp_verify (reference, code),
                         read_identity);
}

/* Of an exchange and of a code. */
static BmaIdentity *
stytch_exchange_finish (BmaIdentityProvider *provider,
                        GAsyncResult *result,
                        GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, provider), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
stytch_check_async (BmaIdentityProvider *provider,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  GTask *task = new_task (provider, cancellable, callback, user_data);

  g_task_set_source_tag (task, stytch_check_async);
  g_task_set_name (task, "bma_stytch_check");
  bma_stytch_start_call (task, "GET", WHOAMI_PATH, NULL, read_whoami);
}

static gboolean
stytch_check_finish (BmaIdentityProvider *provider, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, provider), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
identity_provider_iface_init (BmaIdentityProviderInterface *iface)
{
  iface->get_name = stytch_get_name;
  iface->get_immediate = stytch_get_immediate;
  iface->get_redirect_uri = stytch_get_redirect_uri;
  iface->list_methods = stytch_list_methods;
  iface->begin_async = stytch_begin_async;
  iface->begin_finish = stytch_begin_finish;
  iface->exchange_async = stytch_exchange_async;
  iface->exchange_finish = stytch_exchange_finish;
  iface->verify_code_async = stytch_verify_code_async;
  iface->verify_code_finish = stytch_exchange_finish;
  iface->check_async = stytch_check_async;
  iface->check_finish = stytch_check_finish;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BmaStytch,
                               bma_stytch,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BMA_TYPE_IDENTITY_PROVIDER,
                                                      identity_provider_iface_init))

static void
bma_stytch_dispose (GObject *object)
{
  BmaStytch *self = BMA_STYTCH (object);

  g_clear_object (&self->keyring);
  g_clear_object (&self->client);
  G_OBJECT_CLASS (bma_stytch_parent_class)->dispose (object);
}

static void
bma_stytch_finalize (GObject *object)
{
  BmaStytch *self = BMA_STYTCH (object);

  bma_config_unref (self->config);
  G_OBJECT_CLASS (bma_stytch_parent_class)->finalize (object);
}

static void
bma_stytch_class_init (BmaStytchClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bma_stytch_dispose;
  G_OBJECT_CLASS (klass)->finalize = bma_stytch_finalize;
}

static void
bma_stytch_init (BmaStytch *self)
{
}

/**
 * bma_stytch_new:
 * @config: the settings
 * @keyring: where the secret of the project is
 * @client: what asks Stytch
 *
 * Returns: (transfer full): Stytch as identity provider
 */
BmaIdentityProvider *
bma_stytch_new (const BmaConfig *config, BmaKeyring *keyring, BmaHttpClient *client)
{
  BmaStytch *self = g_object_new (BMA_TYPE_STYTCH, NULL);

  self->config = bma_config_ref (config);
  self->keyring = g_object_ref (keyring);
  self->client = g_object_ref (client);
  return BMA_IDENTITY_PROVIDER (self);
}
