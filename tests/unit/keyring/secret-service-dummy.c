/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "secret-service-dummy.h"

#define SERVICE_PATH    "/org/freedesktop/secrets"
#define COLLECTION_PATH SERVICE_PATH "/collection/login"
#define PROMPT_PATH     SERVICE_PATH "/prompt/p1"
#define COLLECTION      "org.freedesktop.Secret.Collection"

static const char xml[] =
    "<node><interface name='org.freedesktop.Secret.Service'>"
    "<method name='OpenSession'><arg type='s' direction='in'/>"
    "<arg type='v' direction='in'/><arg type='v' direction='out'/>"
    "<arg type='o' direction='out'/></method>"
    "<method name='ReadAlias'><arg type='s' direction='in'/>"
    "<arg type='o' direction='out'/></method>"
    "<method name='Unlock'><arg type='ao' direction='in'/>"
    "<arg type='ao' direction='out'/><arg type='o' direction='out'/></method>"
    "<method name='CreateCollection'><arg type='a{sv}' direction='in'/>"
    "<arg type='s' direction='in'/><arg type='o' direction='out'/>"
    "<arg type='o' direction='out'/></method>"
    "<method name='SearchItems'><arg type='a{ss}' direction='in'/>"
    "<arg type='ao' direction='out'/><arg type='ao' direction='out'/></method>"
    "</interface><interface name='" COLLECTION "'>"
    "<property name='Locked' type='b' access='read'/>"
    "</interface><interface name='org.freedesktop.Secret.Prompt'>"
    "<method name='Prompt'><arg type='s' direction='in'/></method>"
    "<method name='Dismiss'/></interface></node>";

/* On our own connection, so that g_bus_get() of the code under test is another one. */
static GDBusConnection *
connect_to_bus (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *address =
      g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  GDBusConnection *connection = g_dbus_connection_new_for_address_sync (
      address,
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
          G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, &error);

  g_assert_no_error (error);
  return connection;
}

static void
emit (SecretServiceDummy *self,
      const char *path,
      const char *interface,
      const char *signal,
      GVariant *parameters)
{
  g_autoptr (GError) error = NULL;

  g_dbus_connection_emit_signal (self->connection, NULL, path, interface, signal,
                                 parameters, &error);
  g_assert_no_error (error);
}

static void
complete (SecretServiceDummy *self, gboolean dismissed, GVariant *result)
{
  emit (self, PROMPT_PATH, "org.freedesktop.Secret.Prompt", "Completed",
        g_variant_new ("(bv)", dismissed, result));
}

static void
show_prompt (SecretServiceDummy *self)
{
  self->n_prompts++;
  if (self->mode == SECRET_SERVICE_DUMMY_UNLOCK)
    {
      self->has_collection = TRUE;
      secret_service_dummy_set_locked (self, FALSE);
      complete (self, FALSE, g_variant_new_strv (NULL, 0));
    }
  else if (self->mode == SECRET_SERVICE_DUMMY_DISMISS)
    complete (self, TRUE, g_variant_new_strv (NULL, 0));
  else if (self->mode == SECRET_SERVICE_DUMMY_ODD_TYPE)
    complete (self, TRUE, g_variant_new_string (""));
  else if (self->mode == SECRET_SERVICE_DUMMY_VANISH)
    g_dbus_connection_close (self->connection, NULL, NULL, NULL);
}

static void
open_session (GVariant *parameters, GDBusMethodInvocation *invocation)
{
  const char *algorithm = NULL;

  g_variant_get_child (parameters, 0, "&s", &algorithm);
  if (g_str_equal (algorithm, "plain"))
    g_dbus_method_invocation_return_value (invocation,
                                           g_variant_new ("(vo)",
                                                          g_variant_new_string (""),
                                                          SERVICE_PATH "/session/s1"));
  else
    g_dbus_method_invocation_return_dbus_error (invocation,
                                                "org.freedesktop.DBus.Error.NotSupported",
                                                "Only plain");
}

static GVariant *
answer (SecretServiceDummy *self, const char *method)
{
  if (g_str_equal (method, "ReadAlias"))
    return g_variant_new ("(o)", self->has_collection ? COLLECTION_PATH : "/");
  if (g_str_equal (method, "Unlock"))
    return g_variant_new ("(@aoo)", g_variant_new_objv (NULL, 0), PROMPT_PATH);
  if (g_str_equal (method, "CreateCollection"))
    return g_variant_new ("(oo)", "/", PROMPT_PATH);
  if (g_str_equal (method, "SearchItems"))
    return g_variant_new ("(@ao@ao)", g_variant_new_objv (NULL, 0),
                          g_variant_new_objv (NULL, 0));
  return NULL;
}

static void
on_method_call (GDBusConnection *connection,
                const char *sender,
                const char *path,
                const char *interface,
                const char *method,
                GVariant *parameters,
                GDBusMethodInvocation *invocation,
                gpointer user_data)
{
  SecretServiceDummy *self = user_data;

  g_test_message ("secret service: %s", method);
  if (g_str_equal (method, "OpenSession"))
    {
      open_session (parameters, invocation);
      return;
    }
  g_dbus_method_invocation_return_value (invocation, answer (self, method));
  if (g_str_equal (method, "Prompt"))
    show_prompt (self);
  if (!g_str_equal (method, "Dismiss"))
    return;
  self->n_dismissals++;
  complete (self, TRUE, g_variant_new_strv (NULL, 0));
}

static GVariant *
on_get_property (GDBusConnection *connection,
                 const char *sender,
                 const char *path,
                 const char *interface,
                 const char *property,
                 GError **error,
                 gpointer user_data)
{
  SecretServiceDummy *self = user_data;

  return g_variant_new_boolean (self->locked);
}

/* Starts, locked, with a default collection. */
void
secret_service_dummy_start (SecretServiceDummy *self, SecretServiceDummyMode mode)
{
  static const GDBusInterfaceVTable table = { on_method_call, on_get_property };
  static const char *const paths[] = { SERVICE_PATH, COLLECTION_PATH, PROMPT_PATH };
  g_autoptr (GDBusNodeInfo) info = g_dbus_node_info_new_for_xml (xml, NULL);

  self->mode = mode;
  self->locked = TRUE;
  self->has_collection = TRUE;
  self->n_prompts = 0;
  self->n_dismissals = 0;
  self->connection = connect_to_bus ();
  for (size_t i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      self->object_ids[i] = g_dbus_connection_register_object (self->connection, paths[i],
                                                               info->interfaces[i],
                                                               &table, self, NULL, NULL);
      g_assert_cmpuint (self->object_ids[i], !=, 0);
    }
  self->name_id =
      g_bus_own_name_on_connection (self->connection, "org.freedesktop.secrets",
                                    G_BUS_NAME_OWNER_FLAGS_NONE, NULL, NULL, NULL, NULL);
}

void
secret_service_dummy_set_locked (SecretServiceDummy *self, gboolean locked)
{
  GVariantBuilder changed;

  self->locked = locked;
  g_variant_builder_init (&changed, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&changed, "{sv}", "Locked", g_variant_new_boolean (locked));
  emit (self, COLLECTION_PATH, "org.freedesktop.DBus.Properties", "PropertiesChanged",
        g_variant_new ("(sa{sv}as)", COLLECTION, &changed, NULL));
}

void
secret_service_dummy_stop (SecretServiceDummy *self)
{
  for (size_t i = 0; i < G_N_ELEMENTS (self->object_ids); i++)
    g_dbus_connection_unregister_object (self->connection, self->object_ids[i]);
  g_bus_unown_name (self->name_id);
  g_dbus_connection_close_sync (self->connection, NULL, NULL);
  g_clear_object (&self->connection);
}
