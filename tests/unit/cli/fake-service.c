/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fake-service.h"

#include <gio/gunixfdlist.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bma-names.h"
#include "bma-secret-file.h"

#define TOKEN "eyJhbGciOiJFUzI1NiJ9.e30.c2ln"

static const char xml[] =
    "<node>"
    "<interface name='org.biomcp.Auth.Broker1'>"
    "<method name='GetToken'><arg type='as' direction='in'/>"
    "<arg type='a{sv}' direction='in'/><arg type='a{sv}' direction='out'/></method>"
    "<method name='RequestToken'><arg type='s' direction='in'/>"
    "<arg type='as' direction='in'/><arg type='a{sv}' direction='in'/>"
    "<arg type='o' direction='out'/></method>"
    "<method name='SignIn'><arg type='s' direction='in'/>"
    "<arg type='a{sv}' direction='in'/><arg type='o' direction='out'/></method>"
    "<method name='SignOut'/>"
    "</interface>"
    "<interface name='org.biomcp.Auth.Request1'><method name='Close'/></interface>"
    "<interface name='org.biomcp.Auth.Grant1'><method name='Revoke'/></interface>"
    "<interface name='org.biomcp.Auth.Client1'><method name='Remove'/></interface>"
    "<interface name='org.biomcp.Auth.Server1'>"
    "<method name='GetStatus'><arg type='a{sv}' direction='out'/></method>"
    "<method name='Reload'/>"
    "<method name='SetSecret'><arg type='s' direction='in'/>"
    "<arg type='h' direction='in'/></method>"
    "<method name='CreateClient'><arg type='a{sv}' direction='in'/>"
    "<arg type='a{sv}' direction='out'/></method>"
    "<method name='Diagnose'><arg type='a(ssss)' direction='out'/></method>"
    "<method name='ListKeys'><arg type='aa{sv}' direction='out'/></method>"
    "<method name='RotateKeys'><arg type='b' direction='in'/></method>"
    "</interface>"
    "<interface name='org.freedesktop.DBus.ObjectManager'>"
    "<method name='GetManagedObjects'><arg type='a{oa{sa{sv}}}' "
    "direction='out'/></method>"
    "</interface>"
    "</node>";

static const char result[] = "{'access-token': <'" TOKEN "'>, 'token-type': <'Bearer'>, "
                             "'expires-at': <int64 1900000000>, 'scopes': <['mcp']>, "
                             "'grant': <objectpath '/org/biomcp/Auth/grant/1'>}";

static const char keys[] =
    "[{'id': <'k-1'>, 'algorithm': <'ES256'>, 'state': <'active'>, "
    "'created-at': <int64 1700000000>, 'signs-from': <int64 1700000300>}, "
    "{'id': <'k-2\\u001b[2J'>, 'algorithm': <'RS256'>, 'state': <'retiring'>, "
    "'retires-at': <int64 1700003900>}]";

static const char objects[] =
    "{objectpath '/org/biomcp/Auth/grant/10': {'org.biomcp.Auth.Grant1': "
    "{'Kind': <'http-client'>, 'AppId': <''>, 'Trust': <'http-client'>, "
    "'ClientId': <'c-1'>, 'Scopes': <['mcp', 'read']>, 'Decision': <'always'>, "
    "'LastUsedAt': <int64 0>, 'Uses': <uint64 7>}}, "
    "'/org/biomcp/Auth/grant/2': {'org.biomcp.Auth.Grant1': "
    "{'Kind': <'dbus-app'>, 'AppId': <'org.example.App\\u001b[2J'>, 'Trust': "
    "<'sandbox'>, "
    "'ClientId': <''>, 'Scopes': <['mcp']>, 'Decision': <'session'>, "
    "'LastUsedAt': <int64 1700000000>, 'Uses': <uint64 1>}}, "
    "'/org/biomcp/Auth/client/3': {'org.biomcp.Auth.Client1': "
    "{'ClientId': <'c-1'>, 'Name': <'Some Editor'>, 'Origin': <'registered'>, "
    "'RedirectUris': <['http://127.0.0.1/cb']>, 'LastUsedAt': <int64 0>}}}";

static void
refuse (GDBusMethodInvocation *invocation, const char *name)
{
  g_autofree char *full = g_strconcat (BMA_DBUS_ERROR_PREFIX, name, NULL);

  g_dbus_method_invocation_return_dbus_error (invocation, full, "Because of the test");
}

static GVariant *
parse (const char *type, const char *text)
{
  g_autoptr (GError) error = NULL;
  GVariant *value = g_variant_parse (G_VARIANT_TYPE (type), text, NULL, NULL, &error);

  g_assert_no_error (error);
  return value;
}

static void
return_value (GDBusMethodInvocation *invocation, const char *type, const char *text)
{
  g_autoptr (GVariant) value = parse (type, text);

  g_dbus_method_invocation_return_value (invocation, g_variant_new_tuple (&value, 1));
}

/* As GetToken answers with as-fd. */
static void
return_token_file (GDBusMethodInvocation *invocation)
{
  g_autoptr (BmaSecret) token = bma_secret_new (TOKEN);
  int fd = bma_secret_file_new (token);
  g_autoptr (GUnixFDList) fds = NULL;

  g_assert_cmpint (fd, >=, 0);
  fds = g_unix_fd_list_new_from_array (&fd, 1);
  g_dbus_method_invocation_return_value_with_unix_fd_list (
      invocation, g_variant_new_parsed ("({'token-fd': <handle 0>},)"), fds);
}

static void
emit (FakeService *self,
      const char *destination,
      const char *path,
      const char *signal,
      GVariant *arguments)
{
  g_autoptr (GError) error = NULL;

  g_dbus_connection_emit_signal (self->bus, destination, path, "org.biomcp.Auth.Request1",
                                 signal, arguments, &error);
  g_assert_no_error (error);
}

static void
emit_response (FakeService *self, const char *destination, const char *path)
{
  g_autoptr (GVariant) content = NULL;

  if (self->response_code == 0)
    content = parse ("a{sv}", result);
  else if (self->response_error == NULL)
    content = parse ("a{sv}", "{}");
  else
    {
      g_autofree char *name =
          g_strconcat (BMA_DBUS_ERROR_PREFIX, self->response_error, NULL);

      content = g_variant_ref_sink (
          g_variant_new_parsed ("{'error': <%s>, 'message': <'It did not work'>}", name));
    }
  emit (self, destination, path, "Response",
        g_variant_new ("(u@a{sv})", self->response_code, content));
}

static void export(FakeService *self, const char *path, const char *interface);

static void
request (FakeService *self, GVariant *options, GDBusMethodInvocation *invocation)
{
  const char *sender = g_dbus_method_invocation_get_sender (invocation);
  g_autofree char *part = g_strdelimit (g_strdup (sender + 1), ".", '_');
  g_autofree char *destination = g_strdup (sender);
  g_autofree char *path = NULL;
  const char *token = NULL;

  g_assert_true (g_variant_lookup (options, "handle-token", "&s", &token));
  path = g_strconcat (BMA_OBJECT_PATH "/request/", part, "/", token, NULL);
  self->n_requests++;
  export(self, path, "org.biomcp.Auth.Request1");
  if (self->answer == FAKE_ANSWER_BEFORE)
    emit_response (self, destination, path);
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(o)", path));
  if (self->answer == FAKE_ANSWER_AFTER)
    {
      emit (self, destination, path, "Progress",
            g_variant_new_parsed ("('browser', {'url': <'http://127.0.0.1:1/page'>})"));
      emit_response (self, destination, path);
    }
  if (self->answer == FAKE_ANSWER_VANISH)
    g_clear_handle_id (&self->name_id, g_bus_unown_name);
  if (self->on_request != NULL)
    self->on_request (self->user_data);
}

static void
call_broker (FakeService *self,
             const char *method,
             GVariant *arguments,
             GDBusMethodInvocation *invocation)
{
  size_t last = g_variant_n_children (arguments);
  g_autoptr (GVariant)
      options = last > 0 ? g_variant_get_child_value (arguments, last - 1) : NULL;
  g_autoptr (GVariant) scopes = last > 1 ? g_variant_get_child_value (arguments, last - 2)
                                         : NULL;
  gboolean as_fd = FALSE;

  g_free (self->options);
  self->options = options != NULL ? g_variant_print (options, TRUE) : NULL;
  g_free (self->scopes);
  self->scopes = scopes != NULL ? g_variant_print (scopes, FALSE) : NULL;
  if (g_str_equal (method, "SignOut"))
    g_dbus_method_invocation_return_value (invocation, NULL);
  else if (!g_str_equal (method, "GetToken"))
    request (self, options, invocation);
  else if (self->token_error != NULL)
    refuse (invocation, self->token_error);
  else if (g_variant_lookup (options, "as-fd", "b", &as_fd) && as_fd)
    return_token_file (invocation);
  else
    return_value (invocation, "a{sv}", result);
}

static void
take_secret (FakeService *self, GVariant *arguments, GDBusMethodInvocation *invocation)
{
  GDBusMessage *message = g_dbus_method_invocation_get_message (invocation);
  g_autoptr (GError) error = NULL;
  const char *kind = NULL;
  int handle = -1;
  int fd = -1;
  char text[256] = { 0 };

  g_variant_get (arguments, "(&sh)", &kind, &handle);
  fd = g_unix_fd_list_get (g_dbus_message_get_unix_fd_list (message), handle, &error);
  g_assert_no_error (error);
  g_assert_cmpint (read (fd, text, sizeof text - 1), >=, 0);
  g_assert_cmpint (read (fd, text + strlen (text), 1), ==, 0);
  close (fd);
  g_free (self->secret);
  self->secret = g_strconcat (kind, "=", text, NULL);
  g_dbus_method_invocation_return_value (invocation, NULL);
}

static void
create_client (FakeService *self, GVariant *arguments, GDBusMethodInvocation *invocation)
{
  g_autoptr (GUnixFDList) fds = NULL;
  g_autofree char *options = g_variant_print (arguments, FALSE);
  gboolean has_keys = strstr (options, "'jwks'") != NULL;
  int fd = memfd_create ("secret", MFD_CLOEXEC);
  g_autoptr (GVariant) answer = g_variant_ref_sink (g_variant_new_parsed (
      has_keys ? "({'client-id': <'c-2'>, 'auth-method': <'private_key_jwt'>},)"
               : "({'client-id': <'c-2'>, 'auth-method': <'client_secret_basic'>, "
                 "'secret-fd': <handle 0>},)"));

  g_assert_cmpint (write (fd, "s3cret", 6), ==, 6);
  lseek (fd, 0, SEEK_SET);
  fds = g_unix_fd_list_new_from_array (&fd, 1);
  g_string_append_printf (self->log, "CreateClient %s;", options);
  g_dbus_method_invocation_return_value_with_unix_fd_list (invocation, answer,
                                                           has_keys ? NULL : fds);
}

static void
call_server (FakeService *self,
             const char *method,
             GVariant *arguments,
             GDBusMethodInvocation *invocation)
{
  g_autofree char *status = g_strdup_printf (
      "{'version': <'0.1.0'>, 'issuer': <'http://127.0.0.1:8417'>, "
      "'mcp-url': <'http://127.0.0.1:8417/mcp'>, 'state': <'ready'>, "
      "'provider': <'%s'>, 'redirect-uri': <'%s'>, 'signed-in-as': <'ada'>, 'keyring': "
      "<'ready'>, "
      "'signing-key': <'k1'>, 'upstream': <'biomcp'>, 'upstream-state': <'running'>, "
      "'n-grants': <uint32 2>, 'n-clients': <uint32 1>}",
      self->provider, self->redirect_uri);

  if (self->server_error != NULL)
    refuse (invocation, self->server_error);
  else if (self->secret_error != NULL && g_str_equal (method, "SetSecret"))
    refuse (invocation, self->secret_error);
  else if (g_str_equal (method, "GetStatus"))
    return_value (invocation, "a{sv}", status);
  else if (g_str_equal (method, "Diagnose"))
    return_value (invocation, "a(ssss)", self->findings);
  else if (g_str_equal (method, "CreateClient"))
    create_client (self, arguments, invocation);
  else if (g_str_equal (method, "SetSecret"))
    take_secret (self, arguments, invocation);
  else if (g_str_equal (method, "ListKeys"))
    return_value (invocation, "aa{sv}", keys);
  else if (g_str_equal (method, "RotateKeys"))
    {
      g_autofree char *text = g_variant_print (arguments, FALSE);

      g_string_append_printf (self->log, "RotateKeys %s;", text);
      g_dbus_method_invocation_return_value (invocation, NULL);
    }
  else
    {
      self->n_reloads++;
      g_dbus_method_invocation_return_value (invocation, NULL);
    }
}

static void
on_call (GDBusConnection *bus,
         const char *sender,
         const char *path,
         const char *interface,
         const char *method,
         GVariant *arguments,
         GDBusMethodInvocation *invocation,
         gpointer user_data)
{
  FakeService *self = user_data;

  if (g_str_has_suffix (interface, ".Broker1"))
    call_broker (self, method, arguments, invocation);
  else if (g_str_has_suffix (interface, ".Server1"))
    call_server (self, method, arguments, invocation);
  else if (g_str_has_suffix (interface, ".ObjectManager"))
    return_value (invocation, "a{oa{sa{sv}}}", objects);
  else
    {
      if (g_str_equal (method, "Close"))
        self->n_closed++;
      else
        g_string_append_printf (self->log, "%s %s;", method,
                                path + strlen (BMA_OBJECT_PATH));
      g_dbus_method_invocation_return_value (invocation, NULL);
    }
}

static const GDBusInterfaceVTable vtable = { .method_call = on_call };

static void export(FakeService *self, const char *path, const char *interface)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (xml, &error);
  GDBusInterfaceInfo *info = NULL;

  g_assert_no_error (error);
  info = g_dbus_node_info_lookup_interface (node, interface);
  g_dbus_connection_register_object (self->bus, path, info, &vtable, self, NULL, &error);
  g_assert_no_error (error);
}

static void
on_name_acquired (GDBusConnection *bus, const char *name, gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
}

static void
own_name (FakeService *self)
{
  gboolean acquired = FALSE;

  self->name_id = g_bus_own_name_on_connection (self->bus, BMA_BUS_NAME,
                                                G_BUS_NAME_OWNER_FLAGS_NONE,
                                                on_name_acquired, NULL, &acquired, NULL);
  while (!acquired)
    g_main_context_iteration (NULL, TRUE);
}

FakeService *
fake_service_new (const char *address)
{
  FakeService *self = g_new0 (FakeService, 1);
  g_autoptr (GError) error = NULL;

  self->provider = "local";
  self->redirect_uri = "";
  self->findings = "[('ok', 'service', 'It runs', '')]";
  self->log = g_string_new (NULL);
  self->bus = g_dbus_connection_new_for_address_sync (
      address,
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
          G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, &error);
  g_assert_no_error (error);
  export(self, BMA_OBJECT_PATH, "org.biomcp.Auth.Broker1");
  export(self, BMA_OBJECT_PATH, "org.biomcp.Auth.Server1");
  export(self, BMA_OBJECT_PATH, "org.freedesktop.DBus.ObjectManager");
  export(self, BMA_OBJECT_PATH "/grant/2", "org.biomcp.Auth.Grant1");
  export(self, BMA_OBJECT_PATH "/grant/10", "org.biomcp.Auth.Grant1");
  export(self, BMA_OBJECT_PATH "/client/3", "org.biomcp.Auth.Client1");
  own_name (self);
  return self;
}

void
fake_service_free (FakeService *self)
{
  g_clear_handle_id (&self->name_id, g_bus_unown_name);
  g_dbus_connection_close_sync (self->bus, NULL, NULL);
  g_clear_object (&self->bus);
  g_string_free (self->log, TRUE);
  g_free (self->options);
  g_free (self->scopes);
  g_free (self->secret);
  g_free (self);
}
