/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-bus-traffic.h"
#include "bma-clock-dummy.h"
#include "bma-idle-watch.h"

static void
test_quiet (void)
{
  g_autoptr (BmaClockDummy) clock = bma_clock_dummy_new ();
  g_autoptr (BmaIdleWatch) watch = bma_idle_watch_new (BMA_CLOCK (clock));

  bma_clock_dummy_advance_s (clock, 99);
  g_assert_false (bma_idle_watch_check (watch, FALSE, 0, 100));
  bma_clock_dummy_advance_s (clock, 1);
  g_assert_true (bma_idle_watch_check (watch, FALSE, 0, 100));
}

static void
test_events (void)
{
  g_autoptr (BmaClockDummy) clock = bma_clock_dummy_new ();
  g_autoptr (BmaIdleWatch) watch = bma_idle_watch_new (BMA_CLOCK (clock));

  bma_clock_dummy_advance_s (clock, 100);
  g_assert_false (bma_idle_watch_check (watch, FALSE, 7, 100));
  bma_clock_dummy_advance_s (clock, 99);
  g_assert_false (bma_idle_watch_check (watch, FALSE, 7, 100));
  bma_clock_dummy_advance_s (clock, 1);
  g_assert_true (bma_idle_watch_check (watch, FALSE, 7, 100));
  /* Counts may wrap. */
  g_assert_false (bma_idle_watch_check (watch, FALSE, 0, 100));
}

static void
test_busy (void)
{
  g_autoptr (BmaClockDummy) clock = bma_clock_dummy_new ();
  g_autoptr (BmaIdleWatch) watch = bma_idle_watch_new (BMA_CLOCK (clock));

  bma_clock_dummy_advance_s (clock, 1000);
  g_assert_false (bma_idle_watch_check (watch, TRUE, 0, 100));
  bma_clock_dummy_advance_s (clock, 99);
  g_assert_false (bma_idle_watch_check (watch, FALSE, 0, 100));
  bma_clock_dummy_advance_s (clock, 1);
  g_assert_true (bma_idle_watch_check (watch, FALSE, 0, 100));
}

static void
test_interval (void)
{
  g_assert_cmpuint (bma_idle_watch_get_interval_s (600), ==, 150);
  g_assert_cmpuint (bma_idle_watch_get_interval_s (1), ==, 1);
  g_assert_cmpuint (bma_idle_watch_get_interval_s (0), ==, 1);
}

static void
keep_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/* Calls that nobody answers yet. */
typedef struct
{
  GDBusMethodInvocation *last; /* owned, nullable */
} Callee;

static void
on_method_call (GDBusConnection *bus,
                const char *sender,
                const char *path,
                const char *interface,
                const char *method,
                GVariant *arguments,
                GDBusMethodInvocation *invocation,
                gpointer user_data)
{
  ((Callee *) user_data)->last = invocation;
}

static GDBusConnection *
connect_to (const char *address)
{
  return g_dbus_connection_new_for_address_sync (
      address,
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
          G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, NULL);
}

static void
send_unanswerable (GDBusConnection *from, GDBusConnection *to)
{
  g_autoptr (GDBusMessage)
      message = g_dbus_message_new_method_call (g_dbus_connection_get_unique_name (to),
                                                "/nowhere", "org.biomcp.Test", "Wait");

  g_dbus_message_set_flags (message, G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED);
  g_assert_true (g_dbus_connection_send_message (from, message,
                                                 G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL,
                                                 NULL));
}

static void
test_traffic (void)
{
  static const GDBusInterfaceVTable vtable = { .method_call = on_method_call };
  g_autoptr (GTestDBus) daemon = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (
      "<node><interface name='org.biomcp.Test'><method name='Wait'/></interface></node>",
      NULL);
  g_autoptr (GDBusConnection) mine = NULL;
  g_autoptr (GDBusConnection) other = NULL;
  g_autoptr (BmaBusTraffic) traffic = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  Callee callee = { NULL };

  g_test_dbus_up (daemon);
  mine = connect_to (g_test_dbus_get_bus_address (daemon));
  other = connect_to (g_test_dbus_get_bus_address (daemon));
  traffic = bma_bus_traffic_new (mine);
  g_dbus_connection_register_object (mine, "/a", node->interfaces[0], &vtable, &callee,
                                     NULL, NULL);
  g_assert_cmpuint (bma_bus_traffic_get_n_calls (traffic), ==, 0);
  g_assert_true (bma_bus_traffic_is_answered (traffic));

  g_dbus_connection_call (other, g_dbus_connection_get_unique_name (mine), "/a",
                          "org.biomcp.Test", "Wait", NULL, NULL, 0, -1, NULL, keep_result,
                          &result);
  while (callee.last == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (bma_bus_traffic_get_n_calls (traffic), ==, 1);
  g_assert_false (bma_bus_traffic_is_answered (traffic));
  g_dbus_method_invocation_return_value (callee.last, NULL);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (bma_bus_traffic_is_answered (traffic));
  g_clear_object (&result);

  /* What nobody here knows is answered too. */
  g_dbus_connection_call (other, g_dbus_connection_get_unique_name (mine), "/nowhere",
                          "org.biomcp.Test", "Wait", NULL, NULL, 0, -1, NULL, keep_result,
                          &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (bma_bus_traffic_get_n_calls (traffic), ==, 2);
  g_assert_true (bma_bus_traffic_is_answered (traffic));
  g_clear_object (&result);

  /* Nor does what GDBus answers though nobody asked for that make up for another call. */
  send_unanswerable (other, mine);
  g_dbus_connection_call (other, g_dbus_connection_get_unique_name (mine), "/nowhere",
                          "org.biomcp.Test", "Wait", NULL, NULL, 0, -1, NULL, keep_result,
                          &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (bma_bus_traffic_get_n_calls (traffic), ==, 4);
  g_assert_true (bma_bus_traffic_is_answered (traffic));
  g_clear_pointer (&traffic, bma_bus_traffic_free);
  g_clear_object (&mine);
  g_clear_object (&other);
  g_test_dbus_down (daemon);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/daemon/idle/after-the-time", test_quiet);
  g_test_add_func ("/daemon/idle/from-the-last-event", test_events);
  g_test_add_func ("/daemon/idle/from-the-last-busy-look", test_busy);
  g_test_add_func ("/daemon/idle/looks-now-and-then", test_interval);
  g_test_add_func ("/daemon/idle/calls-on-the-bus-count", test_traffic);
  return g_test_run ();
}
