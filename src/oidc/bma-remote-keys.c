/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-remote-keys.h"

#include "bma-identity-provider.h"
#include "bma-log.h"
#include "bma-remote-place.h"

/**
 * BmaRemoteKeys:
 *
 * Key sets of others, fetched over HTTP when they are needed. One fetch of a place is
 * under way at a time, and everybody waits for it.
 */
struct _BmaRemoteKeys
{
  GObject parent_instance;

  BmaClock *clock;         /* owned */
  BmaHttpClient *client;   /* owned */
  BmaDiscovery *discovery; /* owned */
  GHashTable *places;      /* owned: name of a place -> BmaRemotePlace, owned */
  unsigned int max_places;
};

static void bma_remote_keys_iface_init (BmaKeySourceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BmaRemoteKeys,
                               bma_remote_keys,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BMA_TYPE_KEY_SOURCE,
                                                      bma_remote_keys_iface_init))

static BmaRemotePlace *
look_up (BmaRemoteKeys *self, const BmaKeyPlace *place)
{
  g_autofree char *name = bma_remote_place_make_name (place);
  BmaRemotePlace *found = g_hash_table_lookup (self->places, name);

  if (found != NULL)
    found->used_at_s = bma_clock_now_s (self->clock);
  return found;
}

/* The place that was not needed for the longest time makes room. */
static void
make_room (BmaRemoteKeys *self)
{
  GHashTableIter iter;
  gpointer name = NULL;
  gpointer value = NULL;
  const char *oldest = NULL;
  int64_t oldest_s = G_MAXINT64;

  if (g_hash_table_size (self->places) < self->max_places)
    return;
  g_hash_table_iter_init (&iter, self->places);
  while (g_hash_table_iter_next (&iter, &name, &value))
    if (((BmaRemotePlace *) value)->used_at_s < oldest_s)
      {
        oldest = name;
        oldest_s = ((BmaRemotePlace *) value)->used_at_s;
      }
  g_hash_table_remove (self->places, oldest);
}

static BmaRemotePlace *
look_up_or_add (BmaRemoteKeys *self, const BmaKeyPlace *place)
{
  BmaRemotePlace *found = look_up (self, place);

  if (found != NULL)
    return found;
  make_room (self);
  found = bma_remote_place_new (place);
  found->used_at_s = bma_clock_now_s (self->clock);
  g_hash_table_insert (self->places, bma_remote_place_make_name (place), found);
  return found;
}

/* A fetch under way. */
typedef struct
{
  BmaRemoteKeys *keys;   /* owned */
  BmaRemotePlace *place; /* owned */
} Fetch;

static void
fetch_free (Fetch *self)
{
  g_object_unref (self->keys);
  bma_remote_place_unref (self->place);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fetch, fetch_free)

/* Tells all who wait; @error: (transfer full) (nullable). */
static void
finish_fetch (Fetch *self, GError *error)
{
  BmaRemotePlace *place = self->place;
  g_autoptr (GPtrArray) waiting = g_steal_pointer (&place->waiting);

  place->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  if (error != NULL)
    {
      bma_key_cache_fail (&place->cache, bma_clock_now_s (self->keys->clock));
      bma_log_warning ("keys", "%s", error->message);
      if (place->issuer != NULL)
        bma_discovery_forget (self->keys->discovery, place->issuer);
    }
  for (unsigned int i = 0; i < waiting->len; i++)
    {
      GTask *task = g_ptr_array_index (waiting, i);

      if (error != NULL)
        g_task_return_error (task, g_error_copy (error));
      else
        g_task_return_boolean (task, TRUE);
    }
  g_clear_error (&error);
}

static GError *
read_keys (Fetch *self, const BmaHttpResponse *response)
{
  const char *name = bma_remote_place_get_name (self->place);
  g_autoptr (GError) problem = NULL;
  size_t length = 0;
  const char *body = g_bytes_get_data (response->body, &length);
  BmaKeyset *keys = NULL;

  if (response->status != 200)
    return g_error_new (BMA_IDENTITY_ERROR,
                        response->status >= 500 || response->status == 429
                            ? BMA_IDENTITY_ERROR_OFFLINE
                            : BMA_IDENTITY_ERROR_CONFIGURATION,
                        "The keys of %s could not be fetched: HTTP %u", name,
                        response->status);
  keys = bma_keyset_new_from_jwks (body != NULL ? body : "", length, &problem);
  if (keys == NULL)
    return g_error_new (BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_PROTOCOL,
                        "The keys of %s cannot be used: %s", name, problem->message);
  if (bma_keyset_get_size (keys) == 0)
    bma_log_warning ("keys", "%s has no key for ES256 or RS256", name);
  bma_key_cache_take (&self->place->cache, keys, response->max_age_s,
                      bma_clock_now_s (self->keys->clock));
  return NULL;
}

static void
on_keys (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Fetch) self = user_data;
  g_autoptr (GError) raw = NULL;
  g_autoptr (BmaHttpResponse)
      response = bma_http_client_send_finish (BMA_HTTP_CLIENT (source), result, &raw);

  if (response != NULL)
    finish_fetch (self, read_keys (self, response));
  else
    finish_fetch (self,
                  g_error_new (BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_OFFLINE,
                               "The keys of %s could not be fetched: %s",
                               bma_remote_place_get_name (self->place), raw->message));
}

/* Takes over @self. */
static void
ask_for_keys (Fetch *self, const char *jwks_uri)
{
  bma_http_client_send_async (self->keys->client, "GET", jwks_uri, NULL, NULL, NULL, NULL,
                              on_keys, self);
}

static void
on_discovered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Fetch) self = user_data;
  GError *error = NULL;
  g_autoptr (BmaIssuerMetadata)
      metadata = bma_discovery_load_finish (BMA_DISCOVERY (source), result, &error);

  if (metadata == NULL)
    finish_fetch (self, error);
  else
    ask_for_keys (g_steal_pointer (&self), metadata->jwks_uri);
}

/* Goes on when those who asked for it have left: the answer is good for the next. */
static void
start_fetch (BmaRemoteKeys *self, BmaRemotePlace *place)
{
  Fetch *fetch = g_new0 (Fetch, 1);

  fetch->keys = g_object_ref (self);
  fetch->place = bma_remote_place_ref (place);
  if (place->issuer != NULL)
    bma_discovery_load_async (self->discovery, place->issuer, NULL, on_discovered, fetch);
  else
    ask_for_keys (fetch, place->jwks_uri);
}

/* Takes over @task. */
static void
join_fetch (BmaRemoteKeys *self, BmaRemotePlace *place, GTask *task)
{
  g_ptr_array_add (place->waiting, task);
  if (place->waiting->len == 1)
    start_fetch (self, place);
}

static BmaKeyFinding
remote_keys_find (BmaKeySource *source,
                  const BmaKeyPlace *place,
                  const char *kid,
                  const BmaKeyset **keys)
{
  BmaRemoteKeys *self = BMA_REMOTE_KEYS (source);
  const BmaRemotePlace *found = look_up (self, place);
  BmaKeyFinding finding = BMA_KEY_WANTED;

  if (found == NULL)
    return BMA_KEY_WANTED;
  finding = bma_key_cache_find (&found->cache, kid, bma_clock_now_s (self->clock));
  if (finding == BMA_KEY_FOUND)
    *keys = found->cache.keys;
  return finding;
}

static int64_t
remote_keys_get_retry_after_s (BmaKeySource *source, const BmaKeyPlace *place)
{
  BmaRemoteKeys *self = BMA_REMOTE_KEYS (source);
  const BmaRemotePlace *found = look_up (self, place);

  return found != NULL ? bma_key_cache_get_retry_after_s (&found->cache,
                                                          bma_clock_now_s (self->clock))
                       : 1;
}

static void
remote_keys_load_async (BmaKeySource *source,
                        const BmaKeyPlace *place,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  BmaRemoteKeys *self = BMA_REMOTE_KEYS (source);
  BmaRemotePlace *found = look_up_or_add (self, place);
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, remote_keys_load_async);
  g_task_set_name (task, "bma_remote_keys_load");
  join_fetch (self, found, task);
}

static gboolean
remote_keys_load_finish (BmaKeySource *source, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, source), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
remote_keys_refresh_early (BmaKeySource *source)
{
  BmaRemoteKeys *self = BMA_REMOTE_KEYS (source);
  int64_t now_s = bma_clock_now_s (self->clock);
  GHashTableIter iter;
  gpointer value = NULL;

  g_hash_table_iter_init (&iter, self->places);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      BmaRemotePlace *place = value;

      if (place->waiting->len == 0 && bma_key_cache_is_due (&place->cache, now_s))
        join_fetch (self, place, g_task_new (self, NULL, NULL, NULL));
    }
}

static void
bma_remote_keys_iface_init (BmaKeySourceInterface *iface)
{
  iface->find = remote_keys_find;
  iface->get_retry_after_s = remote_keys_get_retry_after_s;
  iface->load_async = remote_keys_load_async;
  iface->load_finish = remote_keys_load_finish;
  iface->refresh_early = remote_keys_refresh_early;
}

static void
bma_remote_keys_dispose (GObject *object)
{
  BmaRemoteKeys *self = BMA_REMOTE_KEYS (object);

  g_clear_object (&self->clock);
  g_clear_object (&self->client);
  g_clear_object (&self->discovery);
  g_hash_table_remove_all (self->places);
  G_OBJECT_CLASS (bma_remote_keys_parent_class)->dispose (object);
}

static void
bma_remote_keys_finalize (GObject *object)
{
  g_hash_table_unref (BMA_REMOTE_KEYS (object)->places);
  G_OBJECT_CLASS (bma_remote_keys_parent_class)->finalize (object);
}

static void
bma_remote_keys_class_init (BmaRemoteKeysClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bma_remote_keys_dispose;
  G_OBJECT_CLASS (klass)->finalize = bma_remote_keys_finalize;
}

static void
bma_remote_keys_init (BmaRemoteKeys *self)
{
  self->places = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                        (GDestroyNotify) bma_remote_place_unref);
}

/**
 * bma_remote_keys_new:
 * @clock: time
 * @client: what asks; a guarded one where others name the URL
 * @max_places: how many places are remembered
 *
 * Returns: (transfer full): a source that knows nobody yet
 */
BmaRemoteKeys *
bma_remote_keys_new (BmaClock *clock, BmaHttpClient *client, unsigned int max_places)
{
  BmaRemoteKeys *self = NULL;

  g_return_val_if_fail (max_places > 0, NULL);

  self = g_object_new (BMA_TYPE_REMOTE_KEYS, NULL);
  self->clock = g_object_ref (clock);
  self->client = g_object_ref (client);
  self->discovery = bma_discovery_new (clock, client);
  self->max_places = max_places;
  return self;
}

/**
 * bma_remote_keys_get_discovery:
 * @self: a source
 *
 * Returns: (transfer none): what it asks for the discovery documents of issuers
 */
BmaDiscovery *
bma_remote_keys_get_discovery (BmaRemoteKeys *self)
{
  g_return_val_if_fail (BMA_IS_REMOTE_KEYS (self), NULL);

  return self->discovery;
}
