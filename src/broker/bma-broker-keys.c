/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-broker-keys.h"

#include "bma-broker-private.h"

static void
read_policy (const BmaConfig *config, BmaKeyPolicy *policy)
{
  *policy = (BmaKeyPolicy){ .rotate_after_s = config->rotate_keys_after_s,
                            .lifetime_s = config->access_lifetime_s };
  if (!bma_algorithm_from_text (config->algorithm, &policy->algorithm))
    g_assert_not_reached ();
}

/* Claims that were verified before may be signed by a key that is gone. */
static void
on_keys_changed (BmaBroker *self)
{
  g_hash_table_remove_all (self->verified);
}

/**
 * bma_broker_init_keys:
 * @self: a broker that has its parts
 *
 * Makes the key manager.
 */
void
bma_broker_init_keys (BmaBroker *self)
{
  BmaKeyPolicy policy;

  read_policy (self->config, &policy);
  self->keys =
      bma_key_manager_new (self->keyring, self->clock, self->config->issuer, &policy);
  g_signal_connect_object (self->keys, "changed", G_CALLBACK (on_keys_changed), self,
                           G_CONNECT_SWAPPED);
}

/**
 * bma_broker_update_keys:
 * @self: a broker with new settings
 *
 * Lets the keys follow the settings.
 */
void
bma_broker_update_keys (BmaBroker *self)
{
  BmaKeyPolicy policy;

  read_policy (self->config, &policy);
  bma_key_manager_set_policy (self->keys, &policy);
}

/**
 * bma_broker_has_unusable_key:
 * @self: a broker without a key to sign with
 *
 * Returns: whether the keyring has answered, and what it holds is missing or not fit to
 *   sign with; unlocking it would not help
 */
gboolean
bma_broker_has_unusable_key (BmaBroker *self)
{
  const GError *problem = bma_key_manager_get_problem (self->keys);

  return problem != NULL &&
         (problem->domain == BMA_JOSE_ERROR ||
          g_error_matches (problem, BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_NOT_FOUND));
}

/**
 * bma_broker_make_no_key_error:
 * @self: a broker without a key to sign with
 *
 * Returns: `temporarily_unavailable`, and what to do about it
 */
BmaOauthError
bma_broker_make_no_key_error (BmaBroker *self)
{
  return (BmaOauthError){
    BMA_OAUTH_TEMPORARILY_UNAVAILABLE,
    bma_broker_has_unusable_key (self)
        ? "there is no usable key to sign with; biomcp-auth doctor tells why"
        : "the keyring is locked; unlock it and try again"
  };
}

/**
 * bma_broker_make_jwks:
 * @self: a broker
 * @max_age_s: (out): how long others may keep it, seconds, 0 for not at all
 *
 * Returns: (transfer full): the public keys (RFC 7517 section 5), none while the keyring
 * is locked and with HS256
 */
char *
bma_broker_make_jwks (BmaBroker *self, unsigned int *max_age_s)
{
  const BmaKeyset *keys = bma_key_manager_get_keys (self->keys);

  *max_age_s = bma_key_manager_get_roster (self->keys) != NULL ? BMA_KEY_MAX_AGE_S : 0;
  return keys != NULL ? bma_keyset_to_jwks (keys) : g_strdup ("{\"keys\":[]}");
}

/**
 * bma_broker_list_id_algorithms:
 * @self: a broker
 *
 * Returns: (transfer full): how id_tokens are signed, and how they will be when the next
 *   key signs
 */
char **
bma_broker_list_id_algorithms (BmaBroker *self)
{
  static const BmaKeyState states[] = { BMA_KEY_STATE_ACTIVE, BMA_KEY_STATE_NEXT };
  const BmaRoster *roster = bma_key_manager_get_roster (self->keys);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (size_t i = 0; roster != NULL && i < G_N_ELEMENTS (states); i++)
    {
      const BmaRosterKey *entry = bma_roster_find (roster, states[i]);
      const char *name = entry != NULL
                             ? bma_algorithm_to_text (bma_key_get_algorithm (entry->key))
                             : NULL;

      if (name != NULL &&
          !g_ptr_array_find_with_equal_func (names, name, g_str_equal, NULL))
        g_ptr_array_add (names, g_strdup (name));
    }
  if (names->len == 0)
    g_ptr_array_add (names, g_strdup (self->config->algorithm));
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_steal (names, NULL);
}

static void
add_time (GVariantDict *dict, const char *name, int64_t time_s)
{
  if (time_s != 0)
    g_variant_dict_insert (dict, name, "x", time_s);
}

static GVariant *
describe_key (const BmaKey *key, BmaKeyState state, const BmaRosterKey *entry)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "id", "s", bma_key_get_id (key));
  g_variant_dict_insert (&dict, "algorithm", "s",
                         bma_algorithm_to_text (bma_key_get_algorithm (key)));
  g_variant_dict_insert (&dict, "state", "s", bma_key_state_to_text (state));
  if (entry != NULL)
    {
      add_time (&dict, "created-at", entry->created_at_s);
      add_time (&dict, "signs-from", entry->signs_from_s);
      add_time (&dict, "retires-at", entry->retires_at_s);
    }
  return g_variant_dict_end (&dict);
}

/**
 * bma_broker_translate_error:
 * @cause: (transfer full): why the keyring or the keys refuse
 *
 * Returns: (transfer full): the same as a #BmaBrokerError, in the words of the bus
 */
GError *
bma_broker_translate_error (GError *cause)
{
  int code = BMA_BROKER_ERROR_FAILED;
  GError *error = NULL;

  if (cause->domain == BMA_BROKER_ERROR)
    return cause;
  if (g_error_matches (cause, BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_LOCKED))
    code = BMA_BROKER_ERROR_KEYRING_LOCKED;
  else if (g_error_matches (cause, BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_MISSING))
    code = BMA_BROKER_ERROR_KEYRING_MISSING;
  error = g_error_new (BMA_BROKER_ERROR, code, "%s", cause->message);
  g_error_free (cause);
  return error;
}

/**
 * bma_broker_list_keys:
 * @self: a broker
 * @error: return location for a #BmaBrokerError
 *
 * Returns: (transfer floating) (nullable): aa{sv}: the keys and their states, the active
 *   one first, without anything secret
 */
GVariant *
bma_broker_list_keys (BmaBroker *self, GError **error)
{
  const BmaKeyset *keys = bma_key_manager_get_keys (self->keys);
  const BmaRoster *roster = bma_key_manager_get_roster (self->keys);
  const GError *problem = bma_key_manager_get_problem (self->keys);
  GVariantBuilder builder;

  if (keys == NULL)
    {
      g_propagate_error (error,
                         problem != NULL
                             ? bma_broker_translate_error (g_error_copy (problem))
                             : g_error_new_literal (BMA_BROKER_ERROR,
                                                    BMA_BROKER_ERROR_KEYRING_LOCKED,
                                                    "The keyring has not answered yet"));
      return NULL;
    }
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  if (roster == NULL)
    g_variant_builder_add_value (&builder, describe_key (bma_keyset_get_signer (keys),
                                                         BMA_KEY_STATE_ACTIVE, NULL));
  for (unsigned int state = 0; roster != NULL && state < BMA_KEY_STATE_N; state++)
    for (unsigned int i = 0; i < bma_roster_get_size (roster); i++)
      {
        const BmaRosterKey *entry = bma_roster_get (roster, i);

        if (entry->state == state)
          g_variant_builder_add_value (&builder,
                                       describe_key (entry->key, entry->state, entry));
      }
  return g_variant_builder_end (&builder);
}

static void
on_rotated (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (!bma_key_manager_rotate_finish (BMA_KEY_MANAGER (source), result, &error))
    {
      error = bma_broker_translate_error (error);
      g_prefix_error (&error, "The keys were not rotated: ");
      g_task_return_error (task, error);
      return;
    }
  g_task_return_boolean (task, TRUE);
}

/**
 * bma_broker_rotate_keys_async:
 * @self: a broker
 * @revoke_now: whether all keys are replaced at once, and access tokens with them
 * @cancellable: (nullable): ends the waiting, not the change
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Announces a new key that will sign when others can have learnt of it, or replaces all
 * of them. Refresh tokens go on working either way.
 */
void
bma_broker_rotate_keys_async (BmaBroker *self,
                              gboolean revoke_now,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, bma_broker_rotate_keys_async);
  bma_key_manager_rotate_async (self->keys, revoke_now, cancellable, on_rotated,
                                g_steal_pointer (&task));
}

/**
 * bma_broker_rotate_keys_finish:
 * @self: a broker
 * @result: what the callback got
 * @error: return location for a #BmaBrokerError
 *
 * Returns: whether it is done
 */
gboolean
bma_broker_rotate_keys_finish (BmaBroker *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
