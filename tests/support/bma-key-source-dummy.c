/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-key-source-dummy.h"

struct _BmaKeySourceDummy
{
  GObject parent_instance;

  GHashTable *published; /* owned: place -> BmaKey, owned */
  GHashTable *fetched;   /* owned: place -> BmaKeyset, owned */
  GHashTable *fresh;     /* owned: places whose fetch was just tried */
  gboolean is_down;
  unsigned int n_loads;
};

static const char *
name_of (const BmaKeyPlace *place)
{
  return place->issuer != NULL ? place->issuer : place->jwks_uri;
}

static BmaKeyFinding
key_source_dummy_find (BmaKeySource *source,
                       const BmaKeyPlace *place,
                       const char *kid,
                       const BmaKeyset **keys)
{
  BmaKeySourceDummy *self = BMA_KEY_SOURCE_DUMMY (source);
  const BmaKeyset *known = g_hash_table_lookup (self->fetched, name_of (place));

  if (known != NULL && bma_keyset_lookup (known, kid) != NULL)
    {
      *keys = known;
      return BMA_KEY_FOUND;
    }
  if (!g_hash_table_contains (self->fresh, name_of (place)))
    return BMA_KEY_WANTED;
  return self->is_down ? BMA_KEY_UNREACHABLE : BMA_KEY_UNKNOWN;
}

static int64_t
key_source_dummy_get_retry_after_s (BmaKeySource *source, const BmaKeyPlace *place)
{
  return 17;
}

static void
key_source_dummy_load_async (BmaKeySource *source,
                             const BmaKeyPlace *place,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  BmaKeySourceDummy *self = BMA_KEY_SOURCE_DUMMY (source);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  BmaKey *key = g_hash_table_lookup (self->published, name_of (place));
  BmaKeyset *keys = NULL;

  self->n_loads++;
  g_hash_table_add (self->fresh, g_strdup (name_of (place)));
  if (self->is_down)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, "it is down");
      return;
    }
  keys = bma_keyset_new ();
  if (key != NULL)
    g_assert_true (bma_keyset_add (keys, key));
  g_hash_table_replace (self->fetched, g_strdup (name_of (place)), keys);
  g_task_return_boolean (task, TRUE);
}

static gboolean
key_source_dummy_load_finish (BmaKeySource *source, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
key_source_iface_init (BmaKeySourceInterface *iface)
{
  iface->find = key_source_dummy_find;
  iface->get_retry_after_s = key_source_dummy_get_retry_after_s;
  iface->load_async = key_source_dummy_load_async;
  iface->load_finish = key_source_dummy_load_finish;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BmaKeySourceDummy,
                               bma_key_source_dummy,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BMA_TYPE_KEY_SOURCE,
                                                      key_source_iface_init))

static void
bma_key_source_dummy_finalize (GObject *object)
{
  BmaKeySourceDummy *self = BMA_KEY_SOURCE_DUMMY (object);

  g_hash_table_unref (self->published);
  g_hash_table_unref (self->fetched);
  g_hash_table_unref (self->fresh);
  G_OBJECT_CLASS (bma_key_source_dummy_parent_class)->finalize (object);
}

static void
bma_key_source_dummy_class_init (BmaKeySourceDummyClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bma_key_source_dummy_finalize;
}

static void
bma_key_source_dummy_init (BmaKeySourceDummy *self)
{
  self->published = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                           (GDestroyNotify) bma_key_unref);
  self->fetched = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                         (GDestroyNotify) bma_keyset_free);
  self->fresh = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/**
 * bma_key_source_dummy_new:
 *
 * Returns: (transfer full): a source of nothing yet
 */
BmaKeySourceDummy *
bma_key_source_dummy_new (void)
{
  return g_object_new (BMA_TYPE_KEY_SOURCE_DUMMY, NULL);
}

/**
 * bma_key_source_dummy_publish:
 * @self: a source
 * @place: an issuer or a jwks_uri
 * @key: (nullable): its one key from now on
 */
void
bma_key_source_dummy_publish (BmaKeySourceDummy *self, const char *place, BmaKey *key)
{
  if (key == NULL)
    g_hash_table_remove (self->published, place);
  else
    g_hash_table_replace (self->published, g_strdup (place), bma_key_ref (key));
}

/**
 * bma_key_source_dummy_set_down:
 * @self: a source
 * @is_down: whether fetches fail from now on
 */
void
bma_key_source_dummy_set_down (BmaKeySourceDummy *self, gboolean is_down)
{
  self->is_down = is_down;
}

/**
 * bma_key_source_dummy_expire:
 * @self: a source
 *
 * What was fetched is forgotten.
 */
void
bma_key_source_dummy_expire (BmaKeySourceDummy *self)
{
  g_hash_table_remove_all (self->fetched);
  g_hash_table_remove_all (self->fresh);
}

/**
 * bma_key_source_dummy_get_n_loads:
 * @self: a source
 *
 * Returns: how often something was fetched
 */
unsigned int
bma_key_source_dummy_get_n_loads (BmaKeySourceDummy *self)
{
  return self->n_loads;
}
