/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-broker.h"

#include <string.h>

#include "bma-broker-private.h"
#include "bma-broker-token.h"
#include "bma-janitor.h"

G_DEFINE_QUARK (bma_broker_error_quark, bma_broker_error)
G_DEFINE_FINAL_TYPE (BmaBroker, bma_broker, G_TYPE_OBJECT)

enum
{
  STATE_CHANGED,
  GRANT_CHANGED,
  N_SIGNALS
};

static unsigned int signals[N_SIGNALS];

static void
bma_broker_dispose (GObject *object)
{
  BmaBroker *self = BMA_BROKER (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->sweep_id, g_source_remove);
  g_clear_handle_id (&self->recheck_id, g_source_remove);
  g_clear_handle_id (&self->flush_id, g_source_remove);
  g_ptr_array_set_size (self->approvals, 0);
  g_clear_pointer (&self->prompt, bma_secret_unref);
  g_clear_object (&self->upstream);
  g_clear_object (&self->keys);
  g_clear_object (&self->documents);
  g_clear_object (&self->trusted_keys);
  g_clear_object (&self->self_check);
  g_clear_object (&self->directory);
  g_clear_object (&self->provider);
  g_clear_object (&self->keyring);
  g_clear_object (&self->store);
  g_clear_object (&self->entropy);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (bma_broker_parent_class)->dispose (object);
}

static void
bma_broker_finalize (GObject *object)
{
  BmaBroker *self = BMA_BROKER (object);

  explicit_bzero (&self->page_key, sizeof self->page_key);
  g_clear_pointer (&self->config, bma_config_unref);
  g_clear_pointer (&self->metrics, bma_metrics_free);
  g_clear_pointer (&self->subject, bma_record_unref);
  g_clear_pointer (&self->approvals, g_ptr_array_unref);
  g_clear_pointer (&self->put_off, g_hash_table_unref);
  g_clear_pointer (&self->mails, bma_mail_limiter_free);
  g_clear_pointer (&self->tokens, bma_token_cache_free);
  g_clear_pointer (&self->families, g_hash_table_unref);
  g_clear_pointer (&self->rejections, g_hash_table_unref);
  g_clear_pointer (&self->ties, g_hash_table_unref);
  g_clear_pointer (&self->uses, g_hash_table_unref);
  g_clear_pointer (&self->endpoints, g_ptr_array_unref);
  g_clear_pointer (&self->verified, g_hash_table_unref);
  g_clear_pointer (&self->foreign, g_hash_table_unref);
  g_clear_object (&self->cancellable);
  g_free (self->session_id);
  G_OBJECT_CLASS (bma_broker_parent_class)->finalize (object);
}

static void
bma_broker_class_init (BmaBrokerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bma_broker_dispose;
  G_OBJECT_CLASS (klass)->finalize = bma_broker_finalize;
  signals[STATE_CHANGED] = g_signal_new ("state-changed", BMA_TYPE_BROKER,
                                         G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 0);
  signals[GRANT_CHANGED] = g_signal_new ("grant-changed", BMA_TYPE_BROKER,
                                         G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_STRING);
  g_signal_new ("prompt-changed", BMA_TYPE_BROKER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 0);
}

static void
bma_broker_init (BmaBroker *self)
{
  self->metrics = bma_metrics_new ();
  self->approvals = g_ptr_array_new_with_free_func (g_object_unref);
  self->put_off = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->cancellable = g_cancellable_new ();
  self->mails = bma_mail_limiter_new ();
  bma_broker_init_uses (self);
  bma_broker_init_ties (self);
  bma_broker_init_rejections (self);
  bma_broker_init_issues (self);
  bma_broker_init_endpoints (self);
}

static void
emit_state_changed (BmaBroker *self)
{
  g_signal_emit (self, signals[STATE_CHANGED], 0);
}

/**
 * bma_broker_new:
 * @config: settings, with the address set
 * @parts: what it is made of
 *
 * Returns: (transfer full): a broker; [method@Broker.start] makes it look for its key
 */
BmaBroker *
bma_broker_new (const BmaConfig *config, const BmaBrokerParts *parts)
{
  BmaBroker *self = g_object_new (BMA_TYPE_BROKER, NULL);

  self->config = bma_config_ref (config);
  self->clock = g_object_ref (parts->clock);
  self->entropy = g_object_ref (parts->entropy);
  self->store = g_object_ref (parts->store);
  self->keyring = g_object_ref (parts->keyring);
  self->provider = g_object_ref (parts->provider);
  bma_broker_init_keys (self);
  bma_entropy_fill (self->entropy, self->page_key.bytes, sizeof self->page_key.bytes);
  bma_broker_init_bearer_memory (self);
  bma_broker_init_foreign_memory (self);
  g_signal_connect_object (self->keys, "changed", G_CALLBACK (emit_state_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (parts->keyring, "state-changed",
                           G_CALLBACK (emit_state_changed), self, G_CONNECT_SWAPPED);
  return self;
}

/* Strangers make records at the rate that the limits let them, so sweeping has no rate of
 * its own. */
static gboolean
on_sweep (gpointer data)
{
  BmaBroker *self = data;
  unsigned int n_swept = bma_janitor_sweep (self->store, bma_broker_now_s (self));

  self->sweep_id = n_swept >= BMA_JANITOR_MAX_SWEPT
                       ? g_timeout_add (BMA_JANITOR_PAUSE_MS, on_sweep, self)
                       : g_timeout_add_seconds (BMA_JANITOR_INTERVAL_S, on_sweep, self);
  return G_SOURCE_REMOVE;
}

/**
 * bma_broker_start:
 * @self: a broker
 *
 * Looks for the signing key, and again whenever the keyring changes.
 */
void
bma_broker_start (BmaBroker *self)
{
  g_return_if_fail (BMA_IS_BROKER (self));

  bma_broker_sign_in_immediately (self);
  bma_broker_find_subject (self);
  bma_broker_adopt_configured_clients (self);
  on_sweep (self);
  bma_key_manager_load (self->keys);
}

/**
 * bma_broker_set_config:
 * @self: a broker
 * @config: new settings; the address stays as it is
 *
 * Takes new settings from now on.
 */
void
bma_broker_set_config (BmaBroker *self, const BmaConfig *config)
{
  g_return_if_fail (BMA_IS_BROKER (self));

  bma_config_unref (self->config);
  self->config = bma_config_ref (config);
  if (self->upstream != NULL)
    bma_upstream_set_config (self->upstream, config);
  bma_broker_adopt_configured_clients (self);
  bma_broker_update_keys (self);
  emit_state_changed (self);
}

/**
 * bma_broker_set_session:
 * @self: a broker
 * @session_id: what identifies the desktop session, such as the bus GUID
 *
 * Grants of `once` and `session` are good only in the session they were made in.
 */
void
bma_broker_set_session (BmaBroker *self, const char *session_id)
{
  g_return_if_fail (BMA_IS_BROKER (self));

  g_free (self->session_id);
  self->session_id = g_strdup (session_id);
}

/**
 * bma_broker_get_config:
 * @self: a broker
 *
 * Returns: (transfer none): the settings
 */
const BmaConfig *
bma_broker_get_config (BmaBroker *self)
{
  return self->config;
}

/**
 * bma_broker_get_clock:
 * @self: a broker
 *
 * Returns: (transfer none): its clock
 */
BmaClock *
bma_broker_get_clock (BmaBroker *self)
{
  return self->clock;
}

/**
 * bma_broker_get_entropy:
 * @self: a broker
 *
 * Returns: (transfer none): its source of randomness
 */
BmaEntropy *
bma_broker_get_entropy (BmaBroker *self)
{
  return self->entropy;
}

/**
 * bma_broker_get_store:
 * @self: a broker
 *
 * Returns: (transfer none): its store
 */
BmaStore *
bma_broker_get_store (BmaBroker *self)
{
  return self->store;
}

/**
 * bma_broker_get_keyring:
 * @self: a broker
 *
 * Returns: (transfer none): its keyring
 */
BmaKeyring *
bma_broker_get_keyring (BmaBroker *self)
{
  return self->keyring;
}

/**
 * bma_broker_get_metrics:
 * @self: a broker
 *
 * Returns: (transfer none): what is counted
 */
BmaMetrics *
bma_broker_get_metrics (BmaBroker *self)
{
  return self->metrics;
}

/**
 * bma_broker_get_provider:
 * @self: a broker
 *
 * Returns: (transfer none): its identity provider
 */
BmaIdentityProvider *
bma_broker_get_provider (BmaBroker *self)
{
  return self->provider;
}

/**
 * bma_broker_get_state:
 * @self: a broker
 *
 * Returns: (transfer none): `ready`, `signed-out`, `keyring-locked`, also when there is
 * no keyring, or `offline` when nothing can go on without a network
 */
const char *
bma_broker_get_state (BmaBroker *self)
{
  if (bma_key_manager_get_keys (self->keys) == NULL)
    return "keyring-locked";
  if (bma_broker_is_cut_off (self))
    return "offline";
  return self->subject != NULL ? "ready" : "signed-out";
}

/**
 * bma_broker_get_attention_needed:
 * @self: a broker
 *
 * Returns: whether something waits for the person: a question, or a keyring without which
 *   nothing works
 */
gboolean
bma_broker_get_attention_needed (BmaBroker *self)
{
  return self->approvals->len > 0 || (bma_key_manager_get_keys (self->keys) == NULL &&
                                      bma_key_manager_get_problem (self->keys) != NULL);
}

/**
 * bma_broker_is_settled:
 * @self: a broker that was started
 *
 * Returns: whether the keyring has answered the first question for the signing key, one
 * way or the other; `state-changed` tells when
 */
gboolean
bma_broker_is_settled (BmaBroker *self)
{
  return bma_key_manager_get_keys (self->keys) != NULL ||
         bma_key_manager_get_problem (self->keys) != NULL;
}

int64_t
bma_broker_now_s (BmaBroker *self)
{
  return bma_clock_now_s (self->clock);
}

/**
 * bma_broker_emit_grant_changed:
 * @self: a broker
 * @grant: which
 * @what: added, refreshed, reduced, revoked or expired
 *
 * Tells the fronts.
 */
void
bma_broker_emit_grant_changed (BmaBroker *self, const BmaGrant *grant, const char *what)
{
  g_signal_emit (self, signals[GRANT_CHANGED], 0, grant, what);
}

/**
 * bma_broker_lookup_client:
 * @self: a broker
 * @client_id: the id a request names
 *
 * The configuration comes before the store, so nobody can register over the owner's
 * clients.
 *
 * Returns: (transfer none) (nullable): the client
 */
const BmaClient *
bma_broker_lookup_client (BmaBroker *self, const char *client_id)
{
  g_autofree char *record_id = NULL;

  for (unsigned int i = 0; i < self->config->clients->len; i++)
    {
      const BmaClient *client = g_ptr_array_index (self->config->clients, i);

      if (strcmp (bma_client_get_id (client), client_id) == 0)
        return client;
    }
  record_id = bma_client_make_record_id (client_id);
  return bma_store_lookup (self->store, &bma_client_type, record_id);
}

/**
 * bma_broker_lookup_client_grant:
 * @self: a broker
 * @client_id: an HTTP client
 * @subject_id: a person
 *
 * Returns: (transfer none) (nullable): what that person allowed that client
 */
const BmaGrant *
bma_broker_lookup_client_grant (BmaBroker *self,
                                const char *client_id,
                                const char *subject_id)
{
  g_autofree char *id = bma_grant_make_id (BMA_GRANT_KIND_HTTP_CLIENT, client_id,
                                           subject_id, self->config->resources[0]);

  return bma_store_lookup (self->store, &bma_grant_type, id);
}
