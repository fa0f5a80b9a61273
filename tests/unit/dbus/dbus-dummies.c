/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "dbus-dummies.h"

struct _BmaPeerResolverDummy
{
  GObject parent_instance;
  GHashTable *peers; /* owned: sender, of the peer -> BmaPeer, owned */
  GHashTable *seen;  /* owned: set of senders that were asked for */
};

static void
resolver_resolve_async (BmaPeerResolver *resolver,
                        const char *sender,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  BmaPeerResolverDummy *self = BMA_PEER_RESOLVER_DUMMY (resolver);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  BmaPeer *peer = g_hash_table_lookup (self->peers, sender);

  if (peer == NULL)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                               "Nobody knows %s", sender);
      return;
    }
  g_hash_table_add (self->seen, g_strdup (sender));
  g_task_return_pointer (task, bma_peer_ref (peer), (GDestroyNotify) bma_peer_unref);
}

static BmaPeer *
resolver_resolve_finish (BmaPeerResolver *resolver, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static GPtrArray *
resolver_list (BmaPeerResolver *resolver)
{
  BmaPeerResolverDummy *self = BMA_PEER_RESOLVER_DUMMY (resolver);
  GPtrArray *peers = g_ptr_array_new_with_free_func ((GDestroyNotify) bma_peer_unref);
  GHashTableIter iter;
  BmaPeer *peer = NULL;

  g_hash_table_iter_init (&iter, self->peers);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &peer))
    if (g_hash_table_contains (self->seen, peer->sender))
      g_ptr_array_add (peers, bma_peer_ref (peer));
  return peers;
}

static void
resolver_update (BmaPeerResolver *resolver, BmaPeer *peer)
{
  BmaPeerResolverDummy *self = BMA_PEER_RESOLVER_DUMMY (resolver);

  if (g_hash_table_contains (self->seen, peer->sender))
    bma_peer_resolver_dummy_name (self, bma_peer_ref (peer));
}

static void
resolver_iface_init (BmaPeerResolverInterface *iface)
{
  iface->resolve_async = resolver_resolve_async;
  iface->resolve_finish = resolver_resolve_finish;
  iface->list = resolver_list;
  iface->update = resolver_update;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BmaPeerResolverDummy,
                               bma_peer_resolver_dummy,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BMA_TYPE_PEER_RESOLVER,
                                                      resolver_iface_init))

static void
bma_peer_resolver_dummy_finalize (GObject *object)
{
  BmaPeerResolverDummy *self = BMA_PEER_RESOLVER_DUMMY (object);

  g_hash_table_unref (self->seen);
  g_hash_table_unref (self->peers);
  G_OBJECT_CLASS (bma_peer_resolver_dummy_parent_class)->finalize (object);
}

static void
bma_peer_resolver_dummy_class_init (BmaPeerResolverDummyClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bma_peer_resolver_dummy_finalize;
}

static void
bma_peer_resolver_dummy_init (BmaPeerResolverDummy *self)
{
  self->peers = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                       (GDestroyNotify) bma_peer_unref);
  self->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

BmaPeerResolverDummy *
bma_peer_resolver_dummy_new (void)
{
  return g_object_new (BMA_TYPE_PEER_RESOLVER_DUMMY, NULL);
}

/* From now on that is who it is; takes @peer. */
void
bma_peer_resolver_dummy_name (BmaPeerResolverDummy *self, BmaPeer *peer)
{
  g_hash_table_replace (self->peers, peer->sender, peer);
}

/* It left the bus. */
void
bma_peer_resolver_dummy_forget (BmaPeerResolverDummy *self, const char *sender)
{
  g_hash_table_remove (self->seen, sender);
  g_hash_table_remove (self->peers, sender);
  g_signal_emit_by_name (self, "gone", sender);
}

struct _BmaUriOpenerDummy
{
  GObject parent_instance;
  char *last; /* owned, nullable */
  unsigned int n_opened;
  gboolean is_failing;
};

static void
opener_open_async (BmaUriOpener *opener,
                   const char *uri,
                   const char *parent_window,
                   const char *activation_token,
                   GCancellable *cancellable,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  BmaUriOpenerDummy *self = BMA_URI_OPENER_DUMMY (opener);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_free (self->last);
  self->last = g_strdup (uri);
  self->n_opened++;
  if (self->is_failing)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, "There is no browser");
  else
    g_task_return_boolean (task, TRUE);
}

static gboolean
opener_open_finish (BmaUriOpener *opener, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
opener_iface_init (BmaUriOpenerInterface *iface)
{
  iface->open_async = opener_open_async;
  iface->open_finish = opener_open_finish;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BmaUriOpenerDummy,
                               bma_uri_opener_dummy,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BMA_TYPE_URI_OPENER,
                                                      opener_iface_init))

static void
bma_uri_opener_dummy_finalize (GObject *object)
{
  g_free (BMA_URI_OPENER_DUMMY (object)->last);
  G_OBJECT_CLASS (bma_uri_opener_dummy_parent_class)->finalize (object);
}

static void
bma_uri_opener_dummy_class_init (BmaUriOpenerDummyClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bma_uri_opener_dummy_finalize;
}

static void
bma_uri_opener_dummy_init (BmaUriOpenerDummy *self)
{
}

BmaUriOpenerDummy *
bma_uri_opener_dummy_new (void)
{
  return g_object_new (BMA_TYPE_URI_OPENER_DUMMY, NULL);
}

void
bma_uri_opener_dummy_set_failing (BmaUriOpenerDummy *self, gboolean failing)
{
  self->is_failing = failing;
}

const char *
bma_uri_opener_dummy_get_last (BmaUriOpenerDummy *self)
{
  return self->last;
}

unsigned int
bma_uri_opener_dummy_get_n_opened (BmaUriOpenerDummy *self)
{
  return self->n_opened;
}
