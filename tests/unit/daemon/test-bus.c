/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-bus.h"

#define NAME "org.biomcp.Test"

typedef struct
{
  GTestDBus *bus;         /* owned */
  GDBusConnection *mine;  /* owned */
  GDBusConnection *other; /* owned */
} Fixture;

static GDBusConnection *
connect_to (const char *address)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *connection = g_dbus_connection_new_for_address_sync (
      address,
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
          G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, &error);

  g_assert_no_error (error);
  return connection;
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (self->bus);
  self->mine = connect_to (g_test_dbus_get_bus_address (self->bus));
  self->other = connect_to (g_test_dbus_get_bus_address (self->bus));
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_clear_object (&self->mine);
  g_clear_object (&self->other);
  g_test_dbus_down (self->bus);
  g_clear_object (&self->bus);
}

static void
test_taken (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (bma_bus_has_owner (self->mine, NAME));
  g_assert_cmpint (bma_bus_take_name (self->other, NAME, &error), ==, BMA_BUS_OWNED);
  g_assert_no_error (error);
  g_assert_cmpint (bma_bus_take_name (self->other, NAME, &error), ==, BMA_BUS_OWNED);
  g_assert_true (bma_bus_has_owner (self->mine, NAME));
  g_assert_cmpint (bma_bus_take_name (self->mine, NAME, &error), ==, BMA_BUS_TAKEN);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
}

/* The other one goes once it has lost its name, as the daemon does. */
static void
on_lost (GDBusConnection *connection,
         const char *sender,
         const char *path,
         const char *interface,
         const char *signal,
         GVariant *arguments,
         gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  g_dbus_connection_close_sync (connection, NULL, NULL);
}

static void
test_replace (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean lost = FALSE;

  g_assert_cmpint (bma_bus_replace (self->other, NAME, &error), ==, BMA_BUS_OWNED);
  g_assert_no_error (error);
  bma_bus_watch_loss (self->other, NAME, on_lost, &lost);
  g_assert_cmpint (bma_bus_replace (self->mine, NAME, &error), ==, BMA_BUS_OWNED);
  g_assert_no_error (error);
  g_assert_true (lost);
  g_assert_true (g_dbus_connection_is_closed (self->other));
  g_assert_true (bma_bus_has_owner (self->mine, NAME));
}

static void
test_none (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = bma_bus_connect (&error);

  g_assert_no_error (error);
  g_assert_null (bus);
}

int
main (int argc, char **argv)
{
  g_unsetenv ("DBUS_SESSION_BUS_ADDRESS");
  g_setenv ("XDG_RUNTIME_DIR", "/nonexistent", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/daemon/bus/none-is-no-error", test_none);
  g_test_add ("/daemon/bus/name-taken", Fixture, NULL, set_up, test_taken, tear_down);
  g_test_add ("/daemon/bus/replace-waits", Fixture, NULL, set_up, test_replace,
              tear_down);
  return g_test_run ();
}
