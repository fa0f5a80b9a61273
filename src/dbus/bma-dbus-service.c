/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-dbus-service.h"

#include "bma-dbus-broker.h"
#include "bma-dbus-error.h"
#include "bma-dbus-objects.h"

struct _BmaDbusService
{
  GObject parent_instance;

  BmaBroker *broker;          /* owned */
  BmaDbusBroker *broker_face; /* owned */
  BmaDbusServer *server_face; /* owned */
  BmaDbusObjects *objects;    /* owned */
  BmaDbusPrompter *prompter;  /* owned */
};

G_DEFINE_FINAL_TYPE (BmaDbusService, bma_dbus_service, G_TYPE_OBJECT)

static void
bma_dbus_service_dispose (GObject *object)
{
  BmaDbusService *self = BMA_DBUS_SERVICE (object);

  g_clear_object (&self->broker_face);
  g_clear_object (&self->server_face);
  g_clear_object (&self->objects);
  if (self->prompter != NULL)
    g_object_run_dispose (G_OBJECT (self->prompter));
  g_clear_object (&self->prompter);
  g_clear_object (&self->broker);
  G_OBJECT_CLASS (bma_dbus_service_parent_class)->dispose (object);
}

static void
bma_dbus_service_class_init (BmaDbusServiceClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bma_dbus_service_dispose;
}

static void
bma_dbus_service_init (BmaDbusService *self)
{
}

static void
on_peer_gone (BmaPeerResolver *resolver, const char *sender, BmaDbusService *self)
{
  bma_broker_forget_caller (self->broker, sender);
}

/* A caller of an earlier run of the service. */
typedef struct
{
  BmaBroker *broker; /* owned */
  char *sender;      /* owned */
} Earlier;

static void
on_earlier_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Earlier *earlier = user_data;
  g_autoptr (BmaBroker) broker = earlier->broker;
  g_autofree char *sender = earlier->sender;
  g_autoptr (GError) error = NULL;
  g_autoptr (BmaPeer) peer =
      bma_peer_resolver_resolve_finish (BMA_PEER_RESOLVER (source), result, &error);

  if (peer == NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    bma_broker_forget_caller (broker, sender);
}

/* Whoever is allowed something for as long as it is there may leave without having called
 * this run of the service, or has left before it. */
static void
find_earlier_callers (BmaDbusService *self, BmaPeerResolver *resolver)
{
  g_auto (GStrv) senders = bma_broker_list_once_callers (self->broker);

  for (size_t i = 0; senders[i] != NULL; i++)
    {
      Earlier *earlier = NULL;

      if (!g_dbus_is_unique_name (senders[i]))
        continue;
      earlier = g_new0 (Earlier, 1);
      earlier->broker = g_object_ref (self->broker);
      earlier->sender = g_strdup (senders[i]);
      bma_peer_resolver_resolve_async (resolver, senders[i], NULL, on_earlier_found,
                                       earlier);
    }
}

/**
 * bma_dbus_service_new:
 * @parts: what it works with; a reference is taken to each
 * @error: return location for an error
 *
 * Puts the service on a bus. Take the bus name afterwards, so that nobody finds it half
 * there.
 *
 * Returns: (transfer full) (nullable): the front
 */
BmaDbusService *
bma_dbus_service_new (const BmaDbusParts *parts, GError **error)
{
  g_autoptr (BmaDbusService) self = g_object_new (BMA_TYPE_DBUS_SERVICE, NULL);
  BmaDbusParts whole = *parts;

  bma_dbus_error_register ();
  self->broker = g_object_ref (parts->broker);
  self->prompter = bma_dbus_prompter_new (parts->broker, parts->opener, parts->notifier);
  whole.prompter = self->prompter;
  self->broker_face = bma_dbus_broker_new (&whole, error);
  if (self->broker_face == NULL)
    return NULL;
  self->server_face = bma_dbus_server_new (&whole, error);
  if (self->server_face == NULL)
    return NULL;
  self->objects = bma_dbus_objects_new (&whole, error);
  if (self->objects == NULL)
    return NULL;
  g_signal_connect_object (parts->resolver, "gone", G_CALLBACK (on_peer_gone), self, 0);
  find_earlier_callers (self, parts->resolver);
  return g_steal_pointer (&self);
}

/**
 * bma_dbus_service_set_reload:
 * @self: the front
 * @reload: reads the configuration again
 * @user_data: for @reload, must outlive the front
 *
 * Makes org.biomcp.Auth.Server1.Reload work.
 */
void
bma_dbus_service_set_reload (BmaDbusService *self,
                             BmaDbusReloadFunc reload,
                             gpointer user_data)
{
  g_return_if_fail (BMA_IS_DBUS_SERVICE (self) && reload != NULL);

  bma_dbus_server_set_reload (self->server_face, reload, user_data);
  bma_dbus_broker_add_capability (self->broker_face, "reload");
}

/**
 * bma_dbus_service_set_adopt:
 * @self: the front
 * @adopt: serves HTTP on sockets that are handed out
 * @user_data: for @adopt, must outlive the front
 *
 * Makes org.biomcp.Auth.Broker1.OpenEndpoint work.
 */
void
bma_dbus_service_set_adopt (BmaDbusService *self,
                            BmaDbusAdoptFunc adopt,
                            gpointer user_data)
{
  g_return_if_fail (BMA_IS_DBUS_SERVICE (self) && adopt != NULL);

  bma_dbus_broker_set_adopt (self->broker_face, adopt, user_data);
}
