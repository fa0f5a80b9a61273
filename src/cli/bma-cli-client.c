/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-cli-client.h"

#include <string.h>
#include <unistd.h>

#include "bma-cli-print.h"
#include "bma-names.h"

/* What the service's errors mean to a script; everything else is a plain failure. */
static const struct
{
  const char *name;
  BmaCliExit code;
} exit_codes[] = {
  { "InteractionRequired", BMA_CLI_EXIT_PERSON },
  { "NotSignedIn", BMA_CLI_EXIT_PERSON },
  { "AccessDenied", BMA_CLI_EXIT_REFUSED },
  { "Cancelled", BMA_CLI_EXIT_REFUSED },
  { "KeyringLocked", BMA_CLI_EXIT_LATER },
  { "KeyringMissing", BMA_CLI_EXIT_LATER },
  { "Offline", BMA_CLI_EXIT_LATER },
  { "RateLimited", BMA_CLI_EXIT_LATER },
};

/* MCP clients start programs with few variables, and none that names the bus. */
static char *
find_bus (void)
{
  const char *address = g_getenv ("DBUS_SESSION_BUS_ADDRESS");
  const char *folder = g_getenv ("XDG_RUNTIME_DIR");
  g_autofree char *usual = g_strdup_printf ("/run/user/%u", (unsigned int) getuid ());
  g_autofree char *socket = NULL;
  g_autofree char *escaped = NULL;

  if (address != NULL && *address != '\0')
    return g_strdup (address);
  socket =
      g_build_filename (folder != NULL && *folder != '\0' ? folder : usual, "bus", NULL);
  if (!g_file_test (socket, G_FILE_TEST_EXISTS))
    return NULL;
  escaped = g_dbus_address_escape_value (socket);
  return g_strconcat ("unix:path=", escaped, NULL);
}

/**
 * bma_cli_client_connect:
 * @error: return location for an error
 *
 * Connects to the session bus. None is ever started.
 *
 * Returns: (transfer full) (nullable): the connection
 *
 * Errors: %G_IO_ERROR_NOT_FOUND when there is no session bus.
 */
GDBusConnection *
bma_cli_client_connect (GError **error)
{
  g_autofree char *address = find_bus ();
  g_autoptr (GError) local_error = NULL;
  GDBusConnection *bus = NULL;

  if (address != NULL)
    bus = g_dbus_connection_new_for_address_sync (
        address,
        G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
            G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
        NULL, NULL, &local_error);
  if (bus == NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                 "There is no session bus (%s). Run this in a desktop session, or below "
                 "dbus-run-session.",
                 local_error != NULL ? local_error->message
                                     : "DBUS_SESSION_BUS_ADDRESS is not set");
  return bus;
}

/**
 * bma_cli_client_call:
 * @bus: the session bus
 * @path: an object of the service
 * @method: INTERFACE.METHOD
 * @arguments: (nullable): a tuple; a floating reference is taken
 * @reply_type: type of the answer
 * @limit_ms: how long to wait, in milliseconds
 * @error: return location for an error
 *
 * Calls the service, which the bus starts if need be, and waits for the answer.
 *
 * Returns: (transfer full) (nullable): the answer
 */
GVariant *
bma_cli_client_call (GDBusConnection *bus,
                     const char *path,
                     const char *method,
                     GVariant *arguments,
                     const char *reply_type,
                     int limit_ms,
                     GError **error)
{
  const char *dot = strrchr (method, '.');
  g_autofree char *interface = g_strndup (method, (size_t) (dot - method));

  return g_dbus_connection_call_sync (bus, BMA_BUS_NAME, path, interface, dot + 1,
                                      arguments, G_VARIANT_TYPE (reply_type),
                                      G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION,
                                      limit_ms, NULL, error);
}

/**
 * bma_cli_client_call_void:
 * @bus: the session bus
 * @path: an object of the service
 * @method: INTERFACE.METHOD
 * @arguments: (nullable): a tuple; a floating reference is taken
 * @error: return location for an error
 *
 * Calls a method that answers nothing.
 *
 * Returns: whether it worked
 */
gboolean
bma_cli_client_call_void (GDBusConnection *bus,
                          const char *path,
                          const char *method,
                          GVariant *arguments,
                          GError **error)
{
  g_autoptr (GVariant) reply = bma_cli_client_call (bus, path, method, arguments, "()",
                                                    BMA_CLI_CALL_LIMIT_MS, error);

  return reply != NULL;
}

/**
 * bma_cli_client_is_absent:
 * @error: why a call failed
 *
 * Returns: whether nobody has the name and the bus does not know how to start the service
 */
gboolean
bma_cli_client_is_absent (const GError *error)
{
  return g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN) ||
         g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER);
}

/**
 * bma_cli_client_is_unknown_object:
 * @error: why a call failed
 *
 * Returns: whether the object of the call does not exist
 */
gboolean
bma_cli_client_is_unknown_object (const GError *error)
{
  g_autofree char *name = bma_cli_client_get_error_name (error);

  return g_strcmp0 (name, BMA_DBUS_ERROR_PREFIX "NotFound") == 0 ||
         g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_OBJECT) ||
         g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_INTERFACE) ||
         g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD);
}

/**
 * bma_cli_client_get_error_name:
 * @error: why a call failed
 *
 * Returns: (transfer full) (nullable): the D-Bus name of the error, if it came over the
 * bus
 */
char *
bma_cli_client_get_error_name (const GError *error)
{
  return g_dbus_error_is_remote_error (error) ? g_dbus_error_get_remote_error (error)
                                              : NULL;
}

/**
 * bma_cli_client_get_exit_for_name:
 * @name: (nullable): D-Bus name of an error
 *
 * Returns: the exit code that stands for it
 */
BmaCliExit
bma_cli_client_get_exit_for_name (const char *name)
{
  if (name == NULL || !g_str_has_prefix (name, BMA_DBUS_ERROR_PREFIX))
    return BMA_CLI_EXIT_FAILED;
  name += strlen (BMA_DBUS_ERROR_PREFIX);
  for (size_t i = 0; i < G_N_ELEMENTS (exit_codes); i++)
    {
      if (g_str_equal (name, exit_codes[i].name))
        return exit_codes[i].code;
    }
  return BMA_CLI_EXIT_FAILED;
}

/**
 * bma_cli_client_get_exit:
 * @error: what went wrong
 *
 * Returns: the exit code that stands for it
 */
BmaCliExit
bma_cli_client_get_exit (const GError *error)
{
  g_autofree char *name = bma_cli_client_get_error_name (error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return BMA_CLI_EXIT_REFUSED;
  return bma_cli_client_get_exit_for_name (name);
}

/**
 * bma_cli_client_describe:
 * @error: what went wrong
 *
 * Returns: (transfer full): it in words for a person, with what to do
 */
char *
bma_cli_client_describe (const GError *error)
{
  g_autoptr (GError) bare = g_error_copy (error);
  g_autofree char *name = bma_cli_client_get_error_name (error);
  g_autofree char *text = NULL;

  if (bma_cli_client_is_absent (error))
    return g_strdup ("The service " BMA_BUS_NAME " is not installed on this session bus. "
                     "Install biomcp-auth, or start it from its source with ./dev run.");
  if (g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY) ||
      g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_TIMEOUT) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return g_strdup ("The service did not answer. Look at its log: "
                     "journalctl --user -u biomcp-auth");
  (void) g_dbus_error_strip_remote_error (bare);
  text = bma_cli_print_clean (bare->message);
  if (g_strcmp0 (name, BMA_DBUS_ERROR_PREFIX "NotSignedIn") == 0)
    return g_strconcat (text, " (biomcp-auth sign-in does it)", NULL);
  return g_steal_pointer (&text);
}

/**
 * bma_cli_client_fail:
 * @error: what went wrong
 *
 * Tells the person on standard error.
 *
 * Returns: the exit code that stands for it
 */
BmaCliExit
bma_cli_client_fail (const GError *error)
{
  g_autofree char *what = bma_cli_client_describe (error);

  g_printerr ("biomcp-auth: %s\n", what);
  return bma_cli_client_get_exit (error);
}
