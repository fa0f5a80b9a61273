/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-dbus-server.h"

#include <gio/gunixfdlist.h>

#include "bma-broker-keys.h"
#include "bma-dbus-call.h"
#include "bma-dbus-generated.h"
#include "bma-dbus-monitor.h"
#include "bma-dbus-owner-client.h"
#include "bma-dbus-secret.h"
#include "bma-names.h"

struct _BmaDbusServer
{
  GObject parent_instance;

  BmaDbusParts parts;       /* owned */
  BmaDbusServer1 *skeleton; /* owned */
  BmaDbusMonitor *monitor;  /* owned */
  BmaDbusReloadFunc reload;
  gpointer reload_data; /* not owned: outlives us */
};

G_DEFINE_FINAL_TYPE (BmaDbusServer, bma_dbus_server, G_TYPE_OBJECT)

static void
get_status (BmaDbusCall *call, gpointer object)
{
  BmaDbusServer *self = BMA_DBUS_SERVER (object);

  if (bma_dbus_call_check_manager (call))
    bma_dbus_call_return (call,
                          g_variant_new ("(@a{sv})",
                                         bma_broker_get_status (self->parts.broker)),
                          NULL);
}

static void
reload (BmaDbusCall *call, gpointer object)
{
  BmaDbusServer *self = BMA_DBUS_SERVER (object);
  GError *error = NULL;

  if (!bma_dbus_call_check_manager (call))
    return;
  if (self->reload == NULL)
    g_set_error_literal (&error, BMA_BROKER_ERROR, BMA_BROKER_ERROR_FAILED,
                         "This service has no configuration to read again");
  if (error == NULL && self->reload (self->reload_data, &error))
    bma_dbus_call_return (call, NULL, NULL);
  else
    bma_dbus_call_fail (call, error);
}

static void
on_diagnosed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmaDbusCall) call = user_data;
  GError *error = NULL;
  g_autoptr (GVariant)
      findings = bma_broker_diagnose_finish (BMA_BROKER (source), result, &error);

  if (findings != NULL)
    bma_dbus_call_return (call, g_variant_new ("(@a(ssss))", findings), NULL);
  else
    bma_dbus_call_fail (call, error);
}

static void
diagnose (BmaDbusCall *call, gpointer object)
{
  BmaDbusServer *self = BMA_DBUS_SERVER (object);

  if (bma_dbus_call_check_manager (call))
    bma_broker_diagnose_async (self->parts.broker, NULL, on_diagnosed,
                               bma_dbus_call_ref (call));
}

static void
on_secret_kept (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmaDbusCall) call = user_data;
  GError *error = NULL;

  if (bma_broker_set_secret_finish (BMA_BROKER (source), result, &error))
    bma_dbus_call_return (call, NULL, NULL);
  else
    bma_dbus_call_fail (call, error);
}

/* A secret that is being read, for as long as the caller may take. */
typedef struct
{
  BmaDbusCall *call;         /* owned */
  GCancellable *cancellable; /* owned */
  unsigned int limit_id;     /* source */
} Reading;

static void
reading_free (Reading *self)
{
  g_clear_handle_id (&self->limit_id, g_source_remove);
  g_object_unref (self->cancellable);
  bma_dbus_call_unref (self->call);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Reading, reading_free)

static gboolean
on_reading_limit (gpointer user_data)
{
  Reading *reading = user_data;

  reading->limit_id = 0;
  bma_dbus_call_fail (reading->call,
                      g_error_new_literal (BMA_BROKER_ERROR, BMA_BROKER_ERROR_TIMED_OUT,
                                           "The secret did not come to its end"));
  g_cancellable_cancel (reading->cancellable);
  return G_SOURCE_REMOVE;
}

static void
on_secret_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Reading) reading = user_data;
  BmaDbusServer *self = bma_dbus_call_get_object (reading->call);
  GError *error = NULL;
  g_autoptr (BmaSecret) secret = bma_dbus_secret_read_finish (result, &error);
  const char *kind = NULL;

  if (secret == NULL)
    {
      bma_dbus_call_fail (reading->call, error);
      return;
    }
  g_variant_get_child (bma_dbus_call_get_arguments (reading->call), 0, "&s", &kind);
  bma_broker_set_secret_async (self->parts.broker, kind, secret, NULL, on_secret_kept,
                               bma_dbus_call_ref (reading->call));
}

/* The descriptor a call came with; -1 if there is none. */
static int
take_descriptor (BmaDbusCall *call)
{
  GDBusMessage *message =
      g_dbus_method_invocation_get_message (bma_dbus_call_get_invocation (call));
  GUnixFDList *fds = g_dbus_message_get_unix_fd_list (message);
  int32_t handle = -1;

  g_variant_get_child (bma_dbus_call_get_arguments (call), 1, "h", &handle);
  if (fds == NULL || handle < 0 || handle >= g_unix_fd_list_get_length (fds))
    return -1;
  return g_unix_fd_list_get (fds, handle, NULL);
}

static void
set_secret (BmaDbusCall *call, gpointer object)
{
  Reading *reading = NULL;
  int fd = -1;

  if (!bma_dbus_call_check_manager (call))
    return;
  fd = take_descriptor (call);
  if (fd < 0)
    {
      bma_dbus_call_fail (call, g_error_new_literal (BMA_BROKER_ERROR,
                                                     BMA_BROKER_ERROR_INVALID_ARGUMENT,
                                                     "There is no file descriptor"));
      return;
    }
  reading = g_new0 (Reading, 1);
  reading->call = bma_dbus_call_ref (call);
  reading->cancellable = g_cancellable_new ();
  reading->limit_id = g_timeout_add (BMA_DBUS_SECRET_LIMIT_MS, on_reading_limit, reading);
  bma_dbus_secret_read_async (fd, reading->cancellable, on_secret_read, reading);
}

static void
on_keys_rotated (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmaDbusCall) call = user_data;
  GError *error = NULL;

  if (bma_broker_rotate_keys_finish (BMA_BROKER (source), result, &error))
    bma_dbus_call_return (call, NULL, NULL);
  else
    bma_dbus_call_fail (call, error);
}

static void
rotate_keys (BmaDbusCall *call, gpointer object)
{
  BmaDbusServer *self = BMA_DBUS_SERVER (object);
  gboolean revoke_now = FALSE;

  if (!bma_dbus_call_check_manager (call))
    return;
  g_variant_get (bma_dbus_call_get_arguments (call), "(b)", &revoke_now);
  bma_broker_rotate_keys_async (self->parts.broker, revoke_now, NULL, on_keys_rotated,
                                bma_dbus_call_ref (call));
}

static void
list_keys (BmaDbusCall *call, gpointer object)
{
  BmaDbusServer *self = BMA_DBUS_SERVER (object);
  GError *error = NULL;
  GVariant *keys = NULL;

  if (!bma_dbus_call_check_manager (call))
    return;
  keys = bma_broker_list_keys (self->parts.broker, &error);
  if (keys != NULL)
    bma_dbus_call_return (call, g_variant_new ("(@aa{sv})", keys), NULL);
  else
    bma_dbus_call_fail (call, error);
}

static void
create_client (BmaDbusCall *call, gpointer object)
{
  BmaDbusServer *self = BMA_DBUS_SERVER (object);

  if (bma_dbus_call_check_manager (call))
    bma_dbus_owner_client_create (call, self->parts.broker);
}

static void
subscribe (BmaDbusCall *call, gpointer object)
{
  BmaDbusServer *self = BMA_DBUS_SERVER (object);
  GError *error = NULL;

  if (!bma_dbus_call_check_manager (call))
    return;
  if (bma_dbus_monitor_add (self->monitor, bma_dbus_call_get_peer (call)->sender, &error))
    bma_dbus_call_return (call, NULL, NULL);
  else
    bma_dbus_call_fail (call, error);
}

static void
unsubscribe (BmaDbusCall *call, gpointer object)
{
  BmaDbusServer *self = BMA_DBUS_SERVER (object);

  bma_dbus_monitor_remove (self->monitor, bma_dbus_call_get_peer (call)->sender);
  bma_dbus_call_return (call, NULL, NULL);
}

/* One for each method: the handlers differ in nothing but what they call. */
#define HANDLER(name, func)                                                              \
  static gboolean name (BmaDbusServer *self, GDBusMethodInvocation *invocation)          \
  {                                                                                      \
    bma_dbus_call_begin (self->parts.resolver, invocation, 0, func, self);               \
    return TRUE;                                                                         \
  }

HANDLER (on_get_status, get_status)
HANDLER (on_reload, reload)
HANDLER (on_set_secret, set_secret)
HANDLER (on_create_client, create_client)
HANDLER (on_diagnose, diagnose)
HANDLER (on_list_keys, list_keys)
HANDLER (on_rotate_keys, rotate_keys)
HANDLER (on_subscribe, subscribe)
HANDLER (on_unsubscribe, unsubscribe)

static void
bma_dbus_server_dispose (GObject *object)
{
  BmaDbusServer *self = BMA_DBUS_SERVER (object);

  if (self->skeleton != NULL)
    g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (self->skeleton));
  g_clear_object (&self->skeleton);
  if (self->monitor != NULL)
    g_object_run_dispose (G_OBJECT (self->monitor));
  g_clear_object (&self->monitor);
  bma_dbus_parts_clear (&self->parts);
  G_OBJECT_CLASS (bma_dbus_server_parent_class)->dispose (object);
}

static void
bma_dbus_server_class_init (BmaDbusServerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bma_dbus_server_dispose;
}

static void
bma_dbus_server_init (BmaDbusServer *self)
{
  self->skeleton = bma_dbus_server1_skeleton_new ();
}

/**
 * bma_dbus_server_new:
 * @parts: what it works with
 * @error: return location for an error
 *
 * Puts org.biomcp.Auth.Server1 on the bus.
 *
 * Returns: (transfer full) (nullable): it
 */
BmaDbusServer *
bma_dbus_server_new (const BmaDbusParts *parts, GError **error)
{
  static const struct
  {
    const char *signal;
    GCallback handler;
  } handlers[] = {
    { "handle-get-status", G_CALLBACK (on_get_status) },
    { "handle-reload", G_CALLBACK (on_reload) },
    { "handle-set-secret", G_CALLBACK (on_set_secret) },
    { "handle-create-client", G_CALLBACK (on_create_client) },
    { "handle-diagnose", G_CALLBACK (on_diagnose) },
    { "handle-list-keys", G_CALLBACK (on_list_keys) },
    { "handle-rotate-keys", G_CALLBACK (on_rotate_keys) },
    { "handle-subscribe", G_CALLBACK (on_subscribe) },
    { "handle-unsubscribe", G_CALLBACK (on_unsubscribe) },
  };
  g_autoptr (BmaDbusServer) self = g_object_new (BMA_TYPE_DBUS_SERVER, NULL);

  bma_dbus_parts_copy (&self->parts, parts);
  self->monitor = bma_dbus_monitor_new (parts);
  for (size_t i = 0; i < G_N_ELEMENTS (handlers); i++)
    g_signal_connect_object (self->skeleton, handlers[i].signal, handlers[i].handler,
                             self, G_CONNECT_SWAPPED);
  if (!g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (self->skeleton),
                                         parts->connection, BMA_OBJECT_PATH, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * bma_dbus_server_set_reload:
 * @self: the interface
 * @reload_func: (nullable): reads the configuration again
 * @user_data: for @reload_func
 *
 * Says what the method Reload does.
 */
void
bma_dbus_server_set_reload (BmaDbusServer *self,
                            BmaDbusReloadFunc reload_func,
                            gpointer user_data)
{
  self->reload = reload_func;
  self->reload_data = user_data;
}
