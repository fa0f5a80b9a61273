/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-broker-private.h"
#include "bma-broker-upstream.h"

#include "bma-client.h"
#include "bma-names.h"

#define MAX_SECRET_BYTES (64 * 1024)

static unsigned int
count (BmaBroker *self, const BmaRecordType *type)
{
  g_autoptr (GPtrArray) records = bma_store_list (self->store, type);

  return records->len;
}

/**
 * bma_broker_get_status:
 * @self: a broker
 *
 * Returns: (transfer floating): a{sv} that tells how the service is, without secrets
 */
GVariant *
bma_broker_get_status (BmaBroker *self)
{
  GVariantDict dict;
  const BmaKeyset *keys = bma_key_manager_get_keys (self->keys);
  g_autofree char *upstream = bma_broker_describe_upstream (self);
  g_autofree char *redirect_uri = bma_identity_provider_get_redirect_uri (self->provider);

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "version", "s", BMA_VERSION);
  g_variant_dict_insert (&dict, "issuer", "s", self->config->issuer);
  g_variant_dict_insert (&dict, "mcp-url", "s", self->config->resources[0]);
  g_variant_dict_insert (&dict, "state", "s", bma_broker_get_state (self));
  g_variant_dict_insert (&dict, "provider", "s", self->config->provider);
  g_variant_dict_insert (&dict, "redirect-uri", "s",
                         redirect_uri != NULL ? redirect_uri : "");
  g_variant_dict_insert (&dict, "signed-in-as", "s",
                         self->subject != NULL ? bma_subject_get_label (self->subject)
                                               : "");
  g_variant_dict_insert (&dict, "keyring", "s",
                         bma_keyring_state_to_text (
                             bma_keyring_get_state (self->keyring)));
  g_variant_dict_insert (&dict, "signing-key", "s",
                         keys != NULL ? bma_key_get_id (bma_keyset_get_signer (keys))
                                      : "");
  g_variant_dict_insert (&dict, "upstream", "s", upstream);
  g_variant_dict_insert (&dict, "upstream-state", "s",
                         self->upstream != NULL ? bma_upstream_get_state (self->upstream)
                                                : "none");
  g_variant_dict_insert (&dict, "n-grants", "u", count (self, &bma_grant_type));
  g_variant_dict_insert (&dict, "n-clients", "u", count (self, &bma_client_type));
  return g_variant_dict_end (&dict);
}

static void
on_secret_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BmaBroker *self = g_task_get_source_object (task);
  GError *error = NULL;

  if (bma_keyring_save_finish (BMA_KEYRING (source), result, &error))
    {
      /* Whoever uses the secret fetches the new one. */
      bma_key_manager_reload_secret (self->keys);
      g_signal_emit_by_name (self, "state-changed");
      g_task_return_boolean (task, TRUE);
    }
  else
    g_task_return_error (task, bma_broker_translate_error (error));
}

static gboolean
fits_kind (const char *kind, const BmaSecret *secret, GError **error)
{
  g_autoptr (BmaKey) key = NULL;

  if (!g_str_equal (kind, BMA_KEYRING_KIND_JWT_SECRET))
    return TRUE;
  key = bma_key_new_from_secret (secret, BMA_KEY_SHARED_ID, error);
  return key != NULL;
}

/**
 * bma_broker_set_secret_async:
 * @self: a broker
 * @kind: stytch-secret, oidc-client-secret, upstream-token or jwt-secret
 * @secret: the secret
 * @cancellable: (nullable): cancels it
 * @callback: called when it is kept
 * @user_data: for @callback
 *
 * Keeps a secret in the keyring.
 */
void
bma_broker_set_secret_async (BmaBroker *self,
                             const char *kind,
                             BmaSecret *secret,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  const char *issuer = self->config->issuer;
  const char *label = "BioMCP upstream token";
  g_autoptr (GError) problem = NULL;

  g_task_set_source_tag (task, bma_broker_set_secret_async);
  if (g_str_equal (kind, BMA_KEYRING_KIND_STYTCH_SECRET))
    {
      issuer = self->config->stytch_project_id;
      label = "Stytch project secret for BioMCP";
    }
  else if (g_str_equal (kind, BMA_KEYRING_KIND_JWT_SECRET))
    label = "BioMCP secret for tokens (HS256)";
  else if (g_str_equal (kind, BMA_KEYRING_KIND_OIDC_SECRET))
    {
      issuer = self->config->oidc_issuer;
      label = "OpenID client secret for BioMCP";
    }
  else if (!g_str_equal (kind, BMA_KEYRING_KIND_UPSTREAM_TOKEN))
    issuer = NULL;
  if (issuer == NULL || bma_secret_get_size (secret) == 0 ||
      bma_secret_get_size (secret) > MAX_SECRET_BYTES)
    {
      g_task_return_new_error (
          task, BMA_BROKER_ERROR, BMA_BROKER_ERROR_INVALID_ARGUMENT,
          "The kind must be stytch-secret (with [stytch] project-id configured), "
          "oidc-client-secret (with [oidc] issuer configured), upstream-token or "
          "jwt-secret, the secret 1 to 65536 bytes");
      return;
    }
  if (!fits_kind (kind, secret, &problem))
    {
      g_task_return_new_error (task, BMA_BROKER_ERROR, BMA_BROKER_ERROR_INVALID_ARGUMENT,
                               "%s", problem->message);
      return;
    }
  bma_keyring_save_async (self->keyring, kind, issuer, label, secret, cancellable,
                          on_secret_saved, g_steal_pointer (&task));
}

/**
 * bma_broker_set_secret_finish:
 * @self: a broker
 * @result: what the callback got
 * @error: return location for a #BmaBrokerError
 *
 * Returns: whether it is kept
 */
gboolean
bma_broker_set_secret_finish (BmaBroker *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
