/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-stytch.h"

#include "bma-stytch-failure.h"
#include "bma-stytch-method.h"
#include "bma-stytch-wire.h"

#define EXCHANGE_PATH "/v1/oauth/authenticate"
#define WHOAMI_PATH   "/v1/debug/whoami"

/**
 * BmaStytch:
 *
 * People sign in with a Stytch project of the operator. The secret of the project is
 * fetched from the keyring for every exchange and kept no longer.
 */
struct _BmaStytch
{
  GObject parent_instance;

  BmaConfig *config;     /* owned */
  BmaKeyring *keyring;   /* owned */
  BmaHttpClient *client; /* owned */
};

/* One call of the API, as the data of its task. */
typedef struct
{
  const char *method; /* static */
  char *uri;          /* owned */
  GBytes *body;       /* owned, nullable, secret: wiped */
} Call;

static void
call_free (Call *self)
{
  g_free (self->uri);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_free (self);
}

static gboolean
fail_unless_set_up (BmaStytch *self, GError **error)
{
  if (self->config->stytch_project_id != NULL &&
      self->config->stytch_public_token != NULL && self->config->stytch_methods != NULL &&
      self->config->stytch_methods[0] != NULL)
    return TRUE;
  g_set_error_literal (error, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_CONFIGURATION,
                       "Stytch is not set up: project id, public token and a way to sign "
                       "in are needed; run “biomcp-auth setup stytch”");
  return FALSE;
}

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

/* The browser goes there, not we: Stytch binds the login to a cookie. */
static char *
make_start_uri (BmaStytch *self, const BmaLoginRequest *request, GError **error)
{
  const BmaConfig *config = self->config;
  const char *method = request->method;
  g_autofree char *api_url = NULL;
  g_autofree char *callback_uri = NULL;

  if (!fail_unless_set_up (self, error))
    return NULL;
  if (method == NULL)
    method = config->stytch_methods[0];
  if (!g_strv_contains ((const char *const *) config->stytch_methods, method))
    {
      g_set_error_literal (error, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_CONFIGURATION,
                           "This way to sign in is not offered; [stytch] methods lists "
                           "those that are");
      return NULL;
    }
  api_url = bma_stytch_wire_make_api_url (config->stytch_project_id,
                                          config->stytch_api_url, error);
  if (api_url == NULL)
    return NULL;
  callback_uri = bma_stytch_wire_make_callback_uri (config->issuer, request->tx);
  return bma_stytch_wire_make_start_uri (api_url, method, config->stytch_public_token,
                                         callback_uri, request->code_challenge);
}

/* A lost answer is not asked for again: the token is used up by then. */
static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BmaStytch *self = g_task_get_source_object (task);
  const Call *call = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (BmaHttpResponse)
      response = bma_http_client_send_finish (BMA_HTTP_CLIENT (source), result, &error);
  BmaIdentity *identity = NULL;
  const char *body = NULL;
  size_t length = 0;

  if (response == NULL)
    {
      g_task_return_error (task, bma_stytch_failure_from_transport (error));
      return;
    }
  body = g_bytes_get_data (response->body, &length);
  body = body != NULL ? body : "";
  if (call->body == NULL)
    {
      if (bma_stytch_wire_read_whoami (response->status, body, length,
                                       self->config->stytch_project_id, &error))
        g_task_return_boolean (task, TRUE);
    }
  else
    {
      identity = bma_stytch_wire_read_identity (response->status, body, length, &error);
      if (identity != NULL)
        g_task_return_pointer (task, identity, (GDestroyNotify) bma_identity_free);
    }
  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
on_secret_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BmaStytch *self = g_task_get_source_object (task);
  const Call *call = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (BmaSecret) basic = NULL;
  g_autoptr (BmaSecret)
      secret = bma_keyring_load_finish (BMA_KEYRING (source), result, &error);
  GCancellable *cancellable = g_task_get_cancellable (task);

  if (secret == NULL)
    {
      g_task_return_error (task, bma_stytch_failure_from_keyring (error));
      return;
    }
  basic = bma_stytch_wire_make_basic (self->config->stytch_project_id, secret);
  bma_http_client_send_async (self->client, call->method, call->uri,
                              call->body != NULL ? "application/json" : NULL, call->body,
                              basic, cancellable, on_answered, g_steal_pointer (&task));
}

/* Takes over @task and @body. */
static void
start_call (GTask *task, const char *method, const char *path, GBytes *body)
{
  BmaStytch *self = g_task_get_source_object (task);
  Call *call = g_new0 (Call, 1);
  g_autofree char *api_url = NULL;
  GError *error = NULL;

  call->method = method;
  call->body = body;
  g_task_set_task_data (task, call, (GDestroyNotify) call_free);
  if (fail_unless_set_up (self, &error))
    api_url = bma_stytch_wire_make_api_url (self->config->stytch_project_id,
                                            self->config->stytch_api_url, &error);
  if (api_url == NULL)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  call->uri = g_strconcat (api_url, path, NULL);
  bma_keyring_load_async (self->keyring, BMA_KEYRING_KIND_STYTCH_SECRET,
                          self->config->stytch_project_id, g_task_get_cancellable (task),
                          on_secret_loaded, task);
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

static void
stytch_begin_async (BmaIdentityProvider *provider,
                    const BmaLoginRequest *request,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  g_autoptr (GTask) task = new_task (provider, cancellable, callback, user_data);
  GError *error = NULL;
  char *uri = NULL;

  g_return_if_fail (request->tx != NULL && request->code_challenge != NULL);

  g_task_set_source_tag (task, stytch_begin_async);
  g_task_set_name (task, "bma_stytch_begin");
  uri = make_start_uri (BMA_STYTCH (provider), request, &error);
  if (uri == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, bma_login_reply_new_redirect (uri),
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
  GError *error = NULL;

  g_task_set_source_tag (task, stytch_exchange_async);
  g_task_set_name (task, "bma_stytch_exchange");
  token = bma_stytch_wire_read_callback (callback_query, &error);
  if (token == NULL)
    g_task_return_error (task, error);
  else
    start_call (g_steal_pointer (&task), "POST", EXCHANGE_PATH,
                bma_stytch_wire_make_exchange (token, code_verifier));
}

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
  start_call (task, "GET", WHOAMI_PATH, NULL);
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
  iface->list_methods = stytch_list_methods;
  iface->begin_async = stytch_begin_async;
  iface->begin_finish = stytch_begin_finish;
  iface->exchange_async = stytch_exchange_async;
  iface->exchange_finish = stytch_exchange_finish;
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
