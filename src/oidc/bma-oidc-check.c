/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-oidc-private.h"

/* Discovery and keys are asked anew: the person wants to know how it is now. */

static void
on_keys (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (bma_key_source_load_finish (BMA_KEY_SOURCE (source), result, &error))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (error->domain != BMA_IDENTITY_ERROR)
    {
      g_clear_error (&error);
      g_set_error_literal (&error, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_OFFLINE,
                           "The check was given up");
    }
  g_task_return_error (task, error);
}

static gboolean
check_document (const BmaIssuerMetadata *metadata, GError **error)
{
  const char *problem = NULL;

  if (metadata->authorization_endpoint == NULL)
    problem = "it has no “authorization_endpoint”";
  else if (metadata->token_endpoint == NULL)
    problem = "it has no “token_endpoint”";
  else if (metadata->pkce == BMA_PKCE_OTHER)
    problem = "it does not support PKCE with S256";
  if (problem == NULL)
    return TRUE;
  g_set_error (error, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_CONFIGURATION,
               "%s cannot be used for signing in: %s", metadata->issuer, problem);
  return FALSE;
}

static void
on_discovered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BmaOidc *self = g_task_get_source_object (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  GError *error = NULL;
  g_autoptr (BmaIssuerMetadata)
      metadata = bma_discovery_load_finish (BMA_DISCOVERY (source), result, &error);

  if (metadata == NULL || !check_document (metadata, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  g_clear_pointer (&self->remark, g_free);
  if (metadata->pkce == BMA_PKCE_UNSAID)
    self->remark =
        g_strdup_printf ("%s does not say whether it supports PKCE; sign-ins use it all "
                         "the same, and a provider that ignores it protects less.",
                         metadata->issuer);
  bma_key_source_load_async (BMA_KEY_SOURCE (self->keys),
                             &(BmaKeyPlace){ .issuer = metadata->issuer }, cancellable,
                             on_keys, g_steal_pointer (&task));
}

/**
 * bma_oidc_check_async:
 * @provider: a #BmaOidc
 * @cancellable: (nullable): ends it
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Finds out whether document and keys can be fetched, whether the document is that of
 * the configured issuer, and whether the provider can do what we need.
 */
void
bma_oidc_check_async (BmaIdentityProvider *provider,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  BmaOidc *self = BMA_OIDC (provider);
  g_autoptr (GTask) task = bma_oidc_new_task (self, cancellable, callback, user_data);
  BmaDiscovery *discovery = bma_remote_keys_get_discovery (self->keys);
  GError *error = NULL;

  g_task_set_source_tag (task, bma_oidc_check_async);
  g_task_set_name (task, "bma_oidc_check");
  g_clear_pointer (&self->remark, g_free);
  if (!bma_oidc_fail_unless_set_up (self, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  bma_discovery_forget (discovery, self->config->oidc_issuer);
  bma_discovery_load_async (discovery, self->config->oidc_issuer, cancellable,
                            on_discovered, g_steal_pointer (&task));
}
