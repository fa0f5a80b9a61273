/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-gateway.h"

#include <gio/gunixfdlist.h>
#include <glib/gstdio.h>

#include "bma-cli-client.h"
#include "bma-connect-consent.h"
#include "bma-idle-connections.h"
#include "bma-names.h"

struct _BmaGateway
{
  GObject parent_instance;

  GDBusConnection *bus;     /* owned */
  char *resource;           /* owned, nullable */
  char *host;               /* owned, nullable: for the header */
  char *target;             /* owned, nullable */
  BmaIdleConnections *idle; /* owned */
  GPtrArray *waiting;       /* owned: of GTask: for the person */
  GError *refusal;          /* owned, nullable: the person's, which holds from now on */
  gboolean is_asking;
};

G_DEFINE_FINAL_TYPE (BmaGateway, bma_gateway, G_TYPE_OBJECT)

static void
bma_gateway_finalize (GObject *object)
{
  BmaGateway *self = BMA_GATEWAY (object);

  g_object_unref (self->bus);
  g_free (self->resource);
  g_free (self->host);
  g_free (self->target);
  bma_idle_connections_free (self->idle);
  g_ptr_array_unref (self->waiting);
  g_clear_error (&self->refusal);
  G_OBJECT_CLASS (bma_gateway_parent_class)->finalize (object);
}

static void
bma_gateway_class_init (BmaGatewayClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bma_gateway_finalize;
}

static void
bma_gateway_init (BmaGateway *self)
{
  self->idle = bma_idle_connections_new ();
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
}

/**
 * bma_gateway_new:
 * @bus: the session bus
 * @resource: (nullable): an MCP URL, by default that of the service
 *
 * Returns: (transfer full): a gateway of which nothing is open
 */
BmaGateway *
bma_gateway_new (GDBusConnection *bus, const char *resource)
{
  BmaGateway *self = g_object_new (BMA_TYPE_GATEWAY, NULL);

  self->bus = g_object_ref (bus);
  self->resource = g_strdup (resource);
  return self;
}

/* Where the requests go: it is the service that says so. */
static gboolean
take_url (BmaGateway *self, GVariant *details)
{
  const char *url = NULL;
  g_autoptr (GUri) uri = NULL;

  if (g_variant_lookup (details, "url", "&s", &url))
    uri = g_uri_parse (url, G_URI_FLAGS_ENCODED, NULL);
  if (uri == NULL || g_uri_get_host (uri) == NULL)
    return FALSE;
  g_free (self->host);
  g_free (self->target);
  self->host = g_uri_get_port (uri) > 0
                   ? g_strdup_printf ("%s:%d", g_uri_get_host (uri), g_uri_get_port (uri))
                   : g_strdup (g_uri_get_host (uri));
  self->target = g_strconcat (*g_uri_get_path (uri) != '\0' ? g_uri_get_path (uri) : "/",
                              g_uri_get_query (uri) != NULL ? "?" : "",
                              g_uri_get_query (uri) != NULL ? g_uri_get_query (uri) : "",
                              NULL);
  return TRUE;
}

static GIOStream *
make_connection (BmaGateway *self, GVariant *reply, GUnixFDList *fds, GError **error)
{
  g_autoptr (GVariant) details = g_variant_get_child_value (reply, 1);
  g_autoptr (GSocket) socket = NULL;
  int handle = -1;
  int fd = -1;

  g_variant_get_child (reply, 0, "h", &handle);
  if (fds != NULL)
    fd = g_unix_fd_list_get (fds, handle, error);
  if (fd >= 0)
    socket = g_socket_new_from_fd (fd, error);
  if (fd >= 0 && socket == NULL)
    g_close (fd, NULL);
  if (socket == NULL || !take_url (self, details))
    {
      g_clear_error (error);
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                           "The service gave no connection to the MCP server");
      return NULL;
    }
  return G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
}

static void open_new (BmaGateway *self, GTask *task);

static void
end_waiting (BmaGateway *self, const GError *error)
{
  g_autoptr (GPtrArray) waiting = self->waiting;

  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  for (unsigned int i = 0; i < waiting->len; i++)
    {
      GTask *task = g_ptr_array_index (waiting, i);

      if (error != NULL)
        g_task_return_error (task, g_error_copy (error));
      else
        open_new (self, task);
    }
}

static void
on_asked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmaGateway) self = user_data;
  g_autoptr (GError) error = NULL;

  self->is_asking = FALSE;
  if (bma_connect_consent_ask_finish (result, &error))
    g_printerr ("biomcp-auth: You allowed it\n");
  else if (bma_cli_client_get_exit (error) == BMA_CLI_EXIT_REFUSED)
    self->refusal = g_error_copy (error);
  end_waiting (self, error);
}

/* However many wait, the person is asked once, and a no is a no. */
static void
ask (BmaGateway *self, GTask *task)
{
  if (self->refusal != NULL)
    {
      g_task_return_error (task, g_error_copy (self->refusal));
      return;
    }
  g_ptr_array_add (self->waiting, g_object_ref (task));
  if (self->is_asking)
    return;
  self->is_asking = TRUE;
  g_printerr ("biomcp-auth: Waiting for you to allow it, in the browser or in a "
              "notification\n");
  bma_connect_consent_ask_async (self->bus, self->resource, NULL, NULL, on_asked,
                                 g_object_ref (self));
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BmaGateway *self = g_task_get_source_object (task);
  BmaGatewayEffort effort = GPOINTER_TO_INT (g_task_get_task_data (task));
  g_autoptr (GError) error = NULL;
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GVariant) reply = NULL;
  GIOStream *connection = NULL;

  reply = g_dbus_connection_call_with_unix_fd_list_finish (G_DBUS_CONNECTION (source),
                                                           &fds, result, &error);
  if (reply != NULL)
    connection = make_connection (self, reply, fds, &error);
  if (connection != NULL)
    g_task_return_pointer (task, connection, g_object_unref);
  else if (effort == BMA_GATEWAY_ASK &&
           bma_cli_client_get_exit (error) == BMA_CLI_EXIT_PERSON)
    {
      g_task_set_task_data (task, GINT_TO_POINTER (BMA_GATEWAY_START), NULL);
      ask (self, task);
    }
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/* A bus that ended may be there again. */
static gboolean
ensure_bus (BmaGateway *self, GError **error)
{
  g_autoptr (GDBusConnection) bus = NULL;

  if (!g_dbus_connection_is_closed (self->bus))
    return TRUE;
  bma_gateway_drop_idle (self);
  bus = bma_cli_client_connect (error);
  return bus != NULL && g_set_object (&self->bus, bus);
}

static void
open_new (BmaGateway *self, GTask *task)
{
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);
  BmaGatewayEffort effort = GPOINTER_TO_INT (g_task_get_task_data (task));
  GError *error = NULL;

  if (!ensure_bus (self, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (self->resource != NULL)
    g_variant_dict_insert (&options, "resource", "s", self->resource);
  g_dbus_connection_call_with_unix_fd_list (
      self->bus, BMA_BUS_NAME, BMA_OBJECT_PATH, BMA_CLI_BROKER, "OpenEndpoint",
      g_variant_new ("(@a{sv})", g_variant_dict_end (&options)),
      G_VARIANT_TYPE ("(ha{sv})"),
      effort == BMA_GATEWAY_IF_RUNNING ? G_DBUS_CALL_FLAGS_NO_AUTO_START
                                       : G_DBUS_CALL_FLAGS_NONE,
      BMA_CLI_CALL_LIMIT_MS, NULL, g_task_get_cancellable (task), on_opened,
      g_object_ref (task));
}

/**
 * bma_gateway_open_async:
 * @self: a gateway
 * @effort: what may be done for it
 * @cancellable: (nullable): to call it off
 * @callback: (scope async): called when there is a connection
 * @user_data: for @callback
 *
 * Gets a connection on which nothing is under way: one that was given back, or a new one.
 */
void
bma_gateway_open_async (BmaGateway *self,
                        BmaGatewayEffort effort,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GIOStream *connection = bma_idle_connections_take (self->idle);

  g_task_set_source_tag (task, bma_gateway_open_async);
  g_task_set_task_data (task, GINT_TO_POINTER (effort), NULL);
  if (connection != NULL)
    g_task_return_pointer (task, connection, g_object_unref);
  else
    open_new (self, task);
}

/**
 * bma_gateway_open_finish:
 * @self: a gateway
 * @result: what the callback got
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the connection
 */
GIOStream *
bma_gateway_open_finish (BmaGateway *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_asked_for_more (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (bma_connect_consent_ask_finish (result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * bma_gateway_ask_async:
 * @self: a gateway
 * @scopes: (array zero-terminated=1): what the MCP server wants
 * @cancellable: (nullable): to call it off
 * @callback: (scope async): called when the person has answered
 * @user_data: for @callback
 *
 * Asks the person for more than was allowed. All connections then have it.
 */
void
bma_gateway_ask_async (BmaGateway *self,
                       const char *const *scopes,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, bma_gateway_ask_async);
  bma_connect_consent_ask_async (self->bus, self->resource, scopes, cancellable,
                                 on_asked_for_more, task);
}

/**
 * bma_gateway_ask_finish:
 * @self: a gateway
 * @result: what the callback got
 * @error: return location for an error
 *
 * Returns: whether the person allowed it
 */
gboolean
bma_gateway_ask_finish (BmaGateway *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * bma_gateway_give_back:
 * @self: a gateway
 * @connection: (transfer full): one of its connections, which can be used again
 *
 * Keeps it for a while.
 */
void
bma_gateway_give_back (BmaGateway *self, GIOStream *connection)
{
  bma_idle_connections_give (self->idle, connection);
}

/**
 * bma_gateway_drop_idle:
 * @self: a gateway
 *
 * The connections that were given back are good for nothing any more.
 */
void
bma_gateway_drop_idle (BmaGateway *self)
{
  bma_idle_connections_clear (self->idle);
}

/**
 * bma_gateway_get_bus:
 * @self: a gateway
 *
 * Returns: (transfer none): the session bus, as it is now
 */
GDBusConnection *
bma_gateway_get_bus (BmaGateway *self)
{
  return self->bus;
}

/**
 * bma_gateway_get_host:
 * @self: a gateway of which a connection was opened
 *
 * Returns: what belongs into the header Host
 */
const char *
bma_gateway_get_host (BmaGateway *self)
{
  return self->host;
}

/**
 * bma_gateway_get_target:
 * @self: a gateway of which a connection was opened
 *
 * Returns: path and query of the requests
 */
const char *
bma_gateway_get_target (BmaGateway *self)
{
  return self->target;
}
