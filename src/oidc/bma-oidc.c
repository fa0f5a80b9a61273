/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-oidc.h"

#include "bma-oidc-private.h"
#include "bma-oidc-wire.h"
#include "bma-uri.h"

static void identity_provider_iface_init (BmaIdentityProviderInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BmaOidc,
                               bma_oidc,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BMA_TYPE_IDENTITY_PROVIDER,
                                                      identity_provider_iface_init))

/**
 * bma_oidc_new_task:
 * @self: a provider
 * @cancellable: (nullable): ends it
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Every error is a #BmaIdentityError, cancellation included: those who ask look pages up
 * by its code.
 *
 * Returns: (transfer full): a task
 */
GTask *
bma_oidc_new_task (BmaOidc *self,
                   GCancellable *cancellable,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_check_cancellable (task, FALSE);
  return task;
}

/**
 * bma_oidc_fail_unless_set_up:
 * @self: a provider
 * @error: return location for a #BmaIdentityError
 *
 * Returns: whether issuer and client id are configured
 */
gboolean
bma_oidc_fail_unless_set_up (BmaOidc *self, GError **error)
{
  if (self->config->oidc_issuer != NULL && self->config->oidc_client_id != NULL)
    return TRUE;
  g_set_error_literal (error, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_CONFIGURATION,
                       "The OpenID provider is not set up: [oidc] issuer and client-id "
                       "are needed in the configuration");
  return FALSE;
}

static const char *
oidc_get_name (BmaIdentityProvider *provider)
{
  return BMA_OIDC (provider)->name;
}

static BmaIdentity *
oidc_get_immediate (BmaIdentityProvider *provider)
{
  return NULL;
}

static const char *
oidc_get_remark (BmaIdentityProvider *provider)
{
  return BMA_OIDC (provider)->remark;
}

static char *
oidc_get_redirect_uri (BmaIdentityProvider *provider)
{
  return bma_oidc_wire_make_redirect_uri (BMA_OIDC (provider)->config->issuer);
}

static GPtrArray *
oidc_list_methods (BmaIdentityProvider *provider)
{
  BmaOidc *self = BMA_OIDC (provider);
  GPtrArray *methods = bma_login_methods_new ();
  g_autofree char *host = bma_uri_get_display_host (
      self->config->oidc_issuer != NULL ? self->config->oidc_issuer : "");

  g_ptr_array_add (methods, bma_login_method_new (BMA_PROVIDER_OIDC, host, FALSE));
  return methods;
}

/* A request that waits for the discovery document. */
typedef struct
{
  char *tx;             /* owned */
  char *code_challenge; /* owned */
  gboolean wants_other_account;
} Beginning;

static void
beginning_free (Beginning *self)
{
  g_free (self->tx);
  g_free (self->code_challenge);
  g_free (self);
}

static void
on_discovered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BmaOidc *self = g_task_get_source_object (task);
  const Beginning *beginning = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (BmaIssuerMetadata)
      metadata = bma_discovery_load_finish (BMA_DISCOVERY (source), result, &error);
  g_autofree char *redirect_uri = bma_oidc_wire_make_redirect_uri (self->config->issuer);
  const BmaOidcStart start = {
    .client_id = self->config->oidc_client_id,
    .redirect_uri = redirect_uri,
    .scopes = (const char *const *) self->config->oidc_scopes,
    .tx = beginning->tx,
    .code_challenge = beginning->code_challenge,
    .wants_other_account = beginning->wants_other_account,
  };
  char *uri = NULL;

  if (metadata != NULL)
    uri = bma_oidc_wire_make_start_uri (metadata, &start, &error);
  if (uri != NULL)
    g_task_return_pointer (task, bma_login_reply_new_redirect (uri),
                           (GDestroyNotify) bma_login_reply_free);
  else
    g_task_return_error (task, error);
}

static void
oidc_begin_async (BmaIdentityProvider *provider,
                  const BmaLoginRequest *request,
                  GCancellable *cancellable,
                  GAsyncReadyCallback callback,
                  gpointer user_data)
{
  BmaOidc *self = BMA_OIDC (provider);
  g_autoptr (GTask) task = bma_oidc_new_task (self, cancellable, callback, user_data);
  Beginning *beginning = NULL;
  GError *error = NULL;

  g_task_set_source_tag (task, oidc_begin_async);
  g_task_set_name (task, "bma_oidc_begin");
  if (!bma_oidc_fail_unless_set_up (self, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  beginning = g_new0 (Beginning, 1);
  beginning->tx = g_strdup (request->tx);
  beginning->code_challenge = g_strdup (request->code_challenge);
  beginning->wants_other_account = request->wants_other_account;
  g_task_set_task_data (task, beginning, (GDestroyNotify) beginning_free);
  bma_discovery_load_async (bma_remote_keys_get_discovery (self->keys),
                            self->config->oidc_issuer, cancellable, on_discovered,
                            g_steal_pointer (&task));
}

static BmaLoginReply *
oidc_begin_finish (BmaIdentityProvider *provider, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, provider), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static BmaIdentity *
oidc_exchange_finish (BmaIdentityProvider *provider, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, provider), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static gboolean
oidc_check_finish (BmaIdentityProvider *provider, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, provider), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
identity_provider_iface_init (BmaIdentityProviderInterface *iface)
{
  iface->get_name = oidc_get_name;
  iface->get_immediate = oidc_get_immediate;
  iface->get_remark = oidc_get_remark;
  iface->get_redirect_uri = oidc_get_redirect_uri;
  iface->list_methods = oidc_list_methods;
  iface->begin_async = oidc_begin_async;
  iface->begin_finish = oidc_begin_finish;
  iface->exchange_async = bma_oidc_exchange_async;
  iface->exchange_finish = oidc_exchange_finish;
  iface->check_async = bma_oidc_check_async;
  iface->check_finish = oidc_check_finish;
}

static void
bma_oidc_dispose (GObject *object)
{
  BmaOidc *self = BMA_OIDC (object);

  g_clear_object (&self->keyring);
  g_clear_object (&self->client);
  g_clear_object (&self->clock);
  g_clear_object (&self->keys);
  G_OBJECT_CLASS (bma_oidc_parent_class)->dispose (object);
}

static void
bma_oidc_finalize (GObject *object)
{
  BmaOidc *self = BMA_OIDC (object);

  bma_config_unref (self->config);
  g_free (self->name);
  g_free (self->remark);
  G_OBJECT_CLASS (bma_oidc_parent_class)->finalize (object);
}

static void
bma_oidc_class_init (BmaOidcClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bma_oidc_dispose;
  G_OBJECT_CLASS (klass)->finalize = bma_oidc_finalize;
}

static void
bma_oidc_init (BmaOidc *self)
{
}

/**
 * bma_oidc_new:
 * @config: the settings
 * @keyring: where a client secret may be
 * @client: what asks the provider
 * @clock: time
 *
 * Returns: (transfer full): an OpenID provider as identity provider
 */
BmaIdentityProvider *
bma_oidc_new (const BmaConfig *config,
              BmaKeyring *keyring,
              BmaHttpClient *client,
              BmaClock *clock)
{
  BmaOidc *self = g_object_new (BMA_TYPE_OIDC, NULL);

  self->config = bma_config_ref (config);
  self->keyring = g_object_ref (keyring);
  self->client = g_object_ref (client);
  self->clock = g_object_ref (clock);
  self->keys = bma_remote_keys_new (clock, client, 1);
  self->name = config->oidc_issuer != NULL
                   ? g_strconcat (BMA_PROVIDER_OIDC, ":", config->oidc_issuer, NULL)
                   : g_strdup (BMA_PROVIDER_OIDC);
  return BMA_IDENTITY_PROVIDER (self);
}

/**
 * bma_oidc_refresh_early:
 * @self: a provider
 *
 * Fetches its keys now if that failed, or will be due soon.
 */
void
bma_oidc_refresh_early (BmaOidc *self)
{
  g_return_if_fail (BMA_IS_OIDC (self));

  bma_key_source_refresh_early (BMA_KEY_SOURCE (self->keys));
}
