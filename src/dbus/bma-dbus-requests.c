/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-dbus-requests.h"

#include <string.h>

#include "bma-dbus-access.h"
#include "bma-dbus-generated.h"
#include "bma-dbus-standard-generated.h"
#include "bma-names.h"

#define FOLDER         BMA_OBJECT_PATH "/request"
#define TOKEN_BYTES    16
#define MAX_PER_CALLER 16

struct _BmaDbusRequests
{
  GObject parent_instance;

  BmaDbusParts parts;           /* owned */
  GHashTable *callers;          /* owned: sender -> Caller, owned */
  unsigned int folder_id;       /* registration */
  BmaDbusIntrospectable *blank; /* owned: hides who has requests */
};

G_DEFINE_FINAL_TYPE (BmaDbusRequests, bma_dbus_requests, G_TYPE_OBJECT)

/* Whose requests live in one folder. */
typedef struct
{
  char *folder;                /* owned */
  GDBusConnection *connection; /* owned */
  unsigned int subtree_id;     /* registration */
  GHashTable *requests;        /* owned: token -> BmaDbusRequest, owned */
} Caller;

static void
caller_free (gpointer data)
{
  Caller *self = data;

  g_dbus_connection_unregister_subtree (self->connection, self->subtree_id);
  g_hash_table_unref (self->requests);
  g_object_unref (self->connection);
  g_free (self->folder);
  g_free (self);
}

/* NULL for everybody but the one whose folder it is. */
static Caller *
find_caller (BmaDbusRequests *self, const char *sender, const char *path)
{
  Caller *caller = g_hash_table_lookup (self->callers, sender);
  size_t length = caller != NULL ? strlen (caller->folder) : 0;

  if (caller == NULL || strncmp (path, caller->folder, length) != 0 ||
      (path[length] != '\0' && path[length] != '/'))
    return NULL;
  return caller;
}

static char **
enumerate (GDBusConnection *connection,
           const char *sender,
           const char *path,
           gpointer user_data)
{
  Caller *caller = find_caller (user_data, sender, path);
  g_autoptr (GStrvBuilder) tokens = g_strv_builder_new ();
  GHashTableIter iter;
  gpointer token = NULL;

  if (caller == NULL)
    return g_strv_builder_end (tokens);
  g_hash_table_iter_init (&iter, caller->requests);
  while (g_hash_table_iter_next (&iter, &token, NULL))
    g_strv_builder_add (tokens, token);
  return g_strv_builder_end (tokens);
}

static GDBusInterfaceInfo **
introspect (GDBusConnection *connection,
            const char *sender,
            const char *path,
            const char *node,
            gpointer user_data)
{
  Caller *caller = find_caller (user_data, sender, path);
  GDBusInterfaceInfo **infos = NULL;

  if (caller == NULL || node == NULL || !g_hash_table_contains (caller->requests, node))
    return NULL;
  infos = g_new0 (GDBusInterfaceInfo *, 2);
  infos[0] = g_dbus_interface_info_ref (bma_dbus_request1_interface_info ());
  return infos;
}

static void
on_method_call (GDBusConnection *connection,
                const char *sender,
                const char *path,
                const char *interface,
                const char *method,
                GVariant *arguments,
                GDBusMethodInvocation *invocation,
                gpointer user_data)
{
  Caller *caller = find_caller (user_data, sender, path);
  BmaDbusRequest *request =
      caller != NULL ? g_hash_table_lookup (caller->requests, strrchr (path, '/') + 1)
                     : NULL;
  g_autoptr (BmaDbusRequest) kept = NULL;
  gboolean is_await = g_str_equal (method, "Await");

  if (request == NULL || (!is_await && !g_str_equal (method, "Close")))
    {
      bma_dbus_access_return_missing (invocation);
      return;
    }
  kept = g_object_ref (request);
  if (is_await)
    {
      bma_dbus_request_await (kept, invocation);
      return;
    }
  bma_dbus_request_close (kept);
  g_dbus_method_invocation_return_value (invocation, NULL);
}

static const GDBusInterfaceVTable *
dispatch (GDBusConnection *connection,
          const char *sender,
          const char *path,
          const char *interface,
          const char *node,
          gpointer *out_user_data,
          gpointer user_data)
{
  static const GDBusInterfaceVTable vtable = { .method_call = on_method_call };

  *out_user_data = user_data;
  return &vtable;
}

static const GDBusSubtreeVTable subtree_vtable = {
  .enumerate = enumerate,
  .introspect = introspect,
  .dispatch = dispatch,
};

/* GDBus would list the folders of all callers. */
static gboolean
on_introspect (BmaDbusIntrospectable *blank,
               GDBusMethodInvocation *invocation,
               gpointer user_data)
{
  bma_dbus_introspectable_complete_introspect (blank, invocation, "<node/>");
  return TRUE;
}

static void
on_request_ended (BmaDbusRequest *request, BmaDbusRequests *self)
{
  const char *sender = bma_dbus_request_get_sender (request);
  Caller *caller = g_hash_table_lookup (self->callers, sender);

  if (caller == NULL)
    return;
  g_hash_table_remove (caller->requests,
                       strrchr (bma_dbus_request_get_path (request), '/') + 1);
  if (g_hash_table_size (caller->requests) == 0)
    g_hash_table_remove (self->callers, sender);
}

static void
on_peer_gone (BmaPeerResolver *resolver, const char *sender, BmaDbusRequests *self)
{
  Caller *caller = g_hash_table_lookup (self->callers, sender);
  g_autoptr (GList) requests = NULL;

  if (caller == NULL)
    return;
  requests = g_hash_table_get_values (caller->requests);
  for (GList *at = requests; at != NULL; at = at->next)
    g_object_ref (at->data);
  for (GList *at = requests; at != NULL; at = at->next)
    {
      bma_dbus_request_close (at->data);
      g_object_unref (at->data);
    }
}

static void
bma_dbus_requests_dispose (GObject *object)
{
  BmaDbusRequests *self = BMA_DBUS_REQUESTS (object);

  if (self->folder_id != 0)
    g_dbus_connection_unregister_subtree (self->parts.connection, self->folder_id);
  self->folder_id = 0;
  if (self->parts.connection != NULL)
    g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (self->blank));
  g_hash_table_remove_all (self->callers);
  bma_dbus_parts_clear (&self->parts);
  G_OBJECT_CLASS (bma_dbus_requests_parent_class)->dispose (object);
}

static void
bma_dbus_requests_finalize (GObject *object)
{
  BmaDbusRequests *self = BMA_DBUS_REQUESTS (object);

  g_object_unref (self->blank);
  g_hash_table_unref (self->callers);
  G_OBJECT_CLASS (bma_dbus_requests_parent_class)->finalize (object);
}

static void
bma_dbus_requests_class_init (BmaDbusRequestsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bma_dbus_requests_dispose;
  G_OBJECT_CLASS (klass)->finalize = bma_dbus_requests_finalize;
}

static void
bma_dbus_requests_init (BmaDbusRequests *self)
{
  self->callers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, caller_free);
  self->blank = bma_dbus_introspectable_skeleton_new ();
  g_signal_connect (self->blank, "handle-introspect", G_CALLBACK (on_introspect), NULL);
}

/**
 * bma_dbus_requests_new:
 * @parts: what requests work with
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): no requests yet
 */
BmaDbusRequests *
bma_dbus_requests_new (const BmaDbusParts *parts, GError **error)
{
  g_autoptr (BmaDbusRequests) self = g_object_new (BMA_TYPE_DBUS_REQUESTS, NULL);

  bma_dbus_parts_copy (&self->parts, parts);
  /* Dispatching to nodes that are not there makes all folders look alike. */
  self->folder_id = g_dbus_connection_register_subtree (
      parts->connection, FOLDER, &subtree_vtable,
      G_DBUS_SUBTREE_FLAGS_DISPATCH_TO_UNENUMERATED_NODES, self, NULL, error);
  if (self->folder_id == 0 ||
      !g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (self->blank),
                                         parts->connection, FOLDER, error))
    return NULL;
  g_signal_connect_object (parts->resolver, "gone", G_CALLBACK (on_peer_gone), self, 0);
  return g_steal_pointer (&self);
}

static Caller *
add_caller (BmaDbusRequests *self, const char *sender)
{
  Caller *caller = g_hash_table_lookup (self->callers, sender);
  g_autofree char *name = NULL;

  if (caller != NULL)
    return caller;
  name = g_strdelimit (g_strdup (*sender == ':' ? sender + 1 : sender), ".-", '_');
  caller = g_new0 (Caller, 1);
  caller->folder = g_strconcat (FOLDER "/", name, NULL);
  caller->connection = g_object_ref (self->parts.connection);
  caller->requests =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  caller->subtree_id =
      g_dbus_connection_register_subtree (caller->connection, caller->folder,
                                          &subtree_vtable, G_DBUS_SUBTREE_FLAGS_NONE,
                                          self, NULL, NULL);
  g_hash_table_insert (self->callers, g_strdup (sender), caller);
  return caller;
}

static gboolean
check_room (BmaDbusRequests *self, const char *sender, const char *token, GError **error)
{
  Caller *caller = g_hash_table_lookup (self->callers, sender);

  if (caller == NULL)
    return TRUE;
  if (g_hash_table_size (caller->requests) >= MAX_PER_CALLER)
    {
      g_set_error (error, BMA_BROKER_ERROR, BMA_BROKER_ERROR_RATE_LIMITED,
                   "There are %d requests already; close some", MAX_PER_CALLER);
      return FALSE;
    }
  if (token == NULL || !g_hash_table_contains (caller->requests, token))
    return TRUE;
  g_set_error (error, BMA_BROKER_ERROR, BMA_BROKER_ERROR_INVALID_ARGUMENT,
               "There is a request with the handle-token %s already", token);
  return FALSE;
}

/**
 * bma_dbus_requests_add:
 * @self: requests
 * @peer: who asks
 * @is_sign_in: whether it is about signing in only
 * @options: (transfer full): for what
 * @error: return location for a #BmaBrokerError
 *
 * Puts a request on the bus. It does nothing until it is started.
 *
 * Returns: (transfer none) (nullable): the request
 */
BmaDbusRequest *
bma_dbus_requests_add (BmaDbusRequests *self,
                       BmaPeer *peer,
                       gboolean is_sign_in,
                       BmaDbusOptions *options,
                       GError **error)
{
  g_autoptr (BmaDbusOptions) owned = options;
  g_autofree char *token = g_strdup (options->handle_token);
  g_autofree char *path = NULL;
  BmaDbusRequest *request = NULL;
  Caller *caller = NULL;

  if (!check_room (self, peer->sender, token, error))
    return NULL;
  if (token == NULL)
    token = bma_entropy_hex (bma_broker_get_entropy (self->parts.broker), TOKEN_BYTES);
  caller = add_caller (self, peer->sender);
  path = g_strconcat (caller->folder, "/", token, NULL);
  request = bma_dbus_request_new (&self->parts, peer, is_sign_in,
                                  g_steal_pointer (&owned), path);
  g_signal_connect_object (request, "ended", G_CALLBACK (on_request_ended), self, 0);
  g_hash_table_insert (caller->requests, g_steal_pointer (&token), request);
  return request;
}
