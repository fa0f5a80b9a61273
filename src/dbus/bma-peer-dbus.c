/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-peer-dbus.h"

#include <gio/gunixfdlist.h>
#include <unistd.h>

#include "bma-log.h"
#include "bma-peer-credentials.h"
#include "bma-peer-flatpak.h"

#define CALL_LIMIT_MS (10 * 1000)

struct _BmaPeerDbus
{
  GObject parent_instance;

  GDBusConnection *connection; /* owned */
  GHashTable *entries;         /* owned: sender -> Entry, owned */
  GCancellable *cancellable;   /* owned: ends everything under way */
  gboolean is_blind;           /* we are in a sandbox: pids of the host mean nothing */
};

/* What is known about one connection. */
typedef struct
{
  char *sender;          /* owned */
  GDBusConnection *bus;  /* owned */
  unsigned int watch_id; /* subscription on the bus */
  BmaPeer *peer;         /* owned, nullable: not known yet */
  GPtrArray *waiting;    /* owned: of GTask, owned */
} Entry;

static void
entry_free (gpointer data)
{
  Entry *self = data;

  g_dbus_connection_signal_unsubscribe (self->bus, self->watch_id);
  g_clear_pointer (&self->peer, bma_peer_unref);
  g_ptr_array_unref (self->waiting);
  g_object_unref (self->bus);
  g_free (self->sender);
  g_free (self);
}

/* Everybody who waits for this gets the same answer. */
static void
settle (BmaPeerDbus *self, const char *sender, BmaPeer *peer, const GError *error)
{
  Entry *entry = g_hash_table_lookup (self->entries, sender);
  g_autoptr (GPtrArray) waiting = NULL;

  if (entry == NULL || entry->peer != NULL)
    return;
  waiting = g_steal_pointer (&entry->waiting);
  entry->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  if (peer != NULL)
    entry->peer = bma_peer_ref (peer);
  else
    {
      bma_log_notice ("peer", "%s is refused: %s", sender, error->message);
      g_hash_table_remove (self->entries, sender);
    }
  for (unsigned int i = 0; i < waiting->len; i++)
    {
      if (peer != NULL)
        g_task_return_pointer (waiting->pdata[i], bma_peer_ref (peer),
                               (GDestroyNotify) bma_peer_unref);
      else
        g_task_return_error (waiting->pdata[i], g_error_copy (error));
    }
}

static void
on_owner_changed (GDBusConnection *connection,
                  const char *sender,
                  const char *path,
                  const char *interface,
                  const char *signal,
                  GVariant *arguments,
                  gpointer user_data)
{
  g_autoptr (BmaPeerDbus) self = g_object_ref (user_data);
  g_autoptr (GError)
      error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "It left the bus");
  g_autofree char *name = NULL;
  const char *new_owner = NULL;
  Entry *entry = NULL;

  g_variant_get (arguments, "(s&s&s)", &name, NULL, &new_owner);
  entry = g_hash_table_lookup (self->entries, name);
  if (entry == NULL || *new_owner != '\0')
    return;
  settle (self, name, NULL, error);
  g_hash_table_remove (self->entries, name);
  g_signal_emit_by_name (self, "gone", name);
}

static void
identify_in_thread (GTask *task,
                    gpointer source,
                    gpointer task_data,
                    GCancellable *cancellable)
{
  GError *error = NULL;
  BmaPeer *peer = bma_peer_proc_identify (task_data, &error);

  if (peer != NULL)
    g_task_return_pointer (task, peer, (GDestroyNotify) bma_peer_unref);
  else
    g_task_return_error (task, error);
}

static void
on_identified (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree char *sender = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BmaPeer) peer = g_task_propagate_pointer (G_TASK (result), &error);

  settle (BMA_PEER_DBUS (source), sender, peer, error);
}

static void
look_at (BmaPeerDbus *self, BmaPeerProcess *process)
{
  g_autoptr (GTask) task =
      g_task_new (self, self->cancellable, on_identified, g_strdup (process->sender));

  g_task_set_source_tag (task, look_at);
  g_task_set_task_data (task, process, (GDestroyNotify) bma_peer_process_free);
  if (self->is_blind)
    g_task_return_pointer (task,
                           bma_peer_new (process->sender, process->sender,
                                         BMA_TRUST_CLAIMED, NULL, process->uid, 0),
                           (GDestroyNotify) bma_peer_unref);
  else
    g_task_run_in_thread (task, identify_in_thread);
}

/* What a question to the bus belongs to. */
typedef struct
{
  BmaPeerDbus *self; /* owned */
  char *sender;      /* owned */
} Question;

static void
question_free (Question *question)
{
  g_object_unref (question->self);
  g_free (question->sender);
  g_free (question);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Question, question_free)

static void
on_credentials (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = user_data;
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant)
      reply = g_dbus_connection_call_with_unix_fd_list_finish (G_DBUS_CONNECTION (source),
                                                               &fds, result, &error);
  g_autoptr (GVariant) credentials = NULL;
  BmaPeerProcess *process = NULL;

  if (reply != NULL)
    credentials = g_variant_get_child_value (reply, 0);
  if (credentials != NULL)
    process = bma_peer_credentials_parse (question->sender, credentials, fds, getuid (),
                                          &error);
  if (process != NULL)
    look_at (question->self, process);
  else
    settle (question->self, question->sender, NULL, error);
}

static Entry *
add_entry (BmaPeerDbus *self, const char *sender)
{
  Entry *entry = g_new0 (Entry, 1);
  Question *question = g_new0 (Question, 1);

  entry->sender = g_strdup (sender);
  entry->bus = g_object_ref (self->connection);
  entry->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  entry->watch_id =
      g_dbus_connection_signal_subscribe (self->connection, "org.freedesktop.DBus",
                                          "org.freedesktop.DBus", "NameOwnerChanged",
                                          "/org/freedesktop/DBus", sender,
                                          G_DBUS_SIGNAL_FLAGS_NONE, on_owner_changed,
                                          self, NULL);
  g_hash_table_insert (self->entries, entry->sender, entry);
  question->self = g_object_ref (self);
  question->sender = g_strdup (sender);
  g_dbus_connection_call_with_unix_fd_list (
      self->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus",
      "org.freedesktop.DBus", "GetConnectionCredentials", g_variant_new ("(s)", sender),
      G_VARIANT_TYPE ("(a{sv})"), G_DBUS_CALL_FLAGS_NONE, CALL_LIMIT_MS, NULL,
      self->cancellable, on_credentials, question);
  return entry;
}

static void
peer_dbus_resolve_async (BmaPeerResolver *resolver,
                         const char *sender,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  BmaPeerDbus *self = BMA_PEER_DBUS (resolver);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Entry *entry = g_hash_table_lookup (self->entries, sender);

  g_task_set_source_tag (task, peer_dbus_resolve_async);
  if (entry != NULL && entry->peer != NULL)
    {
      g_task_return_pointer (task, bma_peer_ref (entry->peer),
                             (GDestroyNotify) bma_peer_unref);
      return;
    }
  if (entry == NULL)
    entry = add_entry (self, sender);
  g_ptr_array_add (entry->waiting, g_steal_pointer (&task));
}

static BmaPeer *
peer_dbus_resolve_finish (BmaPeerResolver *resolver, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static GPtrArray *
peer_dbus_list (BmaPeerResolver *resolver)
{
  BmaPeerDbus *self = BMA_PEER_DBUS (resolver);
  GPtrArray *peers = g_ptr_array_new_with_free_func ((GDestroyNotify) bma_peer_unref);
  GHashTableIter iter;
  Entry *entry = NULL;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &entry))
    if (entry->peer != NULL)
      g_ptr_array_add (peers, bma_peer_ref (entry->peer));
  return peers;
}

static void
peer_dbus_update (BmaPeerResolver *resolver, BmaPeer *peer)
{
  Entry *entry = g_hash_table_lookup (BMA_PEER_DBUS (resolver)->entries, peer->sender);

  if (entry == NULL || entry->peer == NULL)
    return;
  bma_peer_unref (entry->peer);
  entry->peer = bma_peer_ref (peer);
}

static BmaPeer *
peer_dbus_lookup (BmaPeerResolver *resolver, const char *sender)
{
  const Entry *entry = g_hash_table_lookup (BMA_PEER_DBUS (resolver)->entries, sender);

  return entry != NULL && entry->peer != NULL ? bma_peer_ref (entry->peer) : NULL;
}

static void
peer_resolver_iface_init (BmaPeerResolverInterface *iface)
{
  iface->resolve_async = peer_dbus_resolve_async;
  iface->resolve_finish = peer_dbus_resolve_finish;
  iface->list = peer_dbus_list;
  iface->lookup = peer_dbus_lookup;
  iface->update = peer_dbus_update;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BmaPeerDbus,
                               bma_peer_dbus,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BMA_TYPE_PEER_RESOLVER,
                                                      peer_resolver_iface_init))

static void
bma_peer_dbus_dispose (GObject *object)
{
  BmaPeerDbus *self = BMA_PEER_DBUS (object);

  g_cancellable_cancel (self->cancellable);
  g_hash_table_remove_all (self->entries);
  g_clear_object (&self->connection);
  G_OBJECT_CLASS (bma_peer_dbus_parent_class)->dispose (object);
}

static void
bma_peer_dbus_finalize (GObject *object)
{
  BmaPeerDbus *self = BMA_PEER_DBUS (object);

  g_hash_table_unref (self->entries);
  g_object_unref (self->cancellable);
  G_OBJECT_CLASS (bma_peer_dbus_parent_class)->finalize (object);
}

static void
bma_peer_dbus_class_init (BmaPeerDbusClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bma_peer_dbus_dispose;
  G_OBJECT_CLASS (klass)->finalize = bma_peer_dbus_finalize;
}

static void
bma_peer_dbus_init (BmaPeerDbus *self)
{
  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, entry_free);
  self->cancellable = g_cancellable_new ();
  self->is_blind = bma_peer_flatpak_is_here ();
}

/**
 * bma_peer_dbus_new:
 * @connection: a bus
 *
 * Returns: (transfer full): a resolver for connections of that bus
 */
BmaPeerResolver *
bma_peer_dbus_new (GDBusConnection *connection)
{
  BmaPeerDbus *self = g_object_new (BMA_TYPE_PEER_DBUS, NULL);

  self->connection = g_object_ref (connection);
  return BMA_PEER_RESOLVER (self);
}

/**
 * bma_peer_dbus_set_blind:
 * @self: a resolver that was not asked yet
 * @is_blind: whether process ids mean nothing here, as in a sandbox
 *
 * Says so whatever this process looks like; for tests.
 */
void
bma_peer_dbus_set_blind (BmaPeerDbus *self, gboolean is_blind)
{
  g_return_if_fail (BMA_IS_PEER_DBUS (self));

  self->is_blind = is_blind;
}
