/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "dbus-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#include "bma-entropy-dummy.h"
#include "bma-uri-opener-desktop.h"

#define PAGE "http://127.0.0.1:8417/authorize?approval=x&y=$(touch)"

static const char portal_xml[] =
    "<node><interface name='org.freedesktop.portal.OpenURI'><method name='OpenURI'>"
    "<arg type='s' direction='in'/><arg type='s' direction='in'/>"
    "<arg type='a{sv}' direction='in'/><arg type='o' direction='out'/>"
    "</method></interface></node>";

/* What a portal answers and was asked. */
typedef struct
{
  uint32_t response;
  char *uri; /* owned */
} Portal;

static void
on_open_uri (GDBusConnection *connection,
             const char *sender,
             const char *path,
             const char *interface,
             const char *method,
             GVariant *arguments,
             GDBusMethodInvocation *invocation,
             gpointer user_data)
{
  Portal *portal = user_data;
  g_autoptr (GVariant) options = NULL;
  g_autofree char *name = g_strdelimit (g_strdup (sender + 1), ".", '_');
  g_autofree char *handle = NULL;
  const char *token = NULL;

  g_variant_get (arguments, "(ss@a{sv})", NULL, &portal->uri, &options);
  g_assert_true (g_variant_lookup (options, "handle_token", "&s", &token));
  handle = g_strdup_printf ("/org/freedesktop/portal/desktop/request/%s/%s", name, token);
  /* Before the reply, as a quick portal may. */
  g_dbus_connection_emit_signal (connection, sender, handle,
                                 "org.freedesktop.portal.Request", "Response",
                                 g_variant_new ("(ua{sv})", portal->response, NULL),
                                 NULL);
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(o)", handle));
}

static void
start_portal (Fixture *f, Portal *portal)
{
  static const GDBusInterfaceVTable vtable = { .method_call = on_open_uri };
  g_autoptr (GDBusNodeInfo) info = g_dbus_node_info_new_for_xml (portal_xml, NULL);
  g_autoptr (GVariant) reply = NULL;

  g_dbus_connection_register_object (f->other.bus, "/org/freedesktop/portal/desktop",
                                     info->interfaces[0], &vtable, portal, NULL, NULL);
  reply = g_dbus_connection_call_sync (
      f->other.bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
      "org.freedesktop.DBus", "RequestName",
      g_variant_new ("(su)", "org.freedesktop.portal.Desktop", 4u), NULL,
      G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
  g_assert_nonnull (reply);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static gboolean
open_page (Fixture *f, GError **error)
{
  g_autoptr (BmaEntropyDummy) entropy = bma_entropy_dummy_new ();
  g_autoptr (BmaUriOpener)
      opener = bma_uri_opener_desktop_new (f->service_bus, BMA_ENTROPY (entropy));
  g_autoptr (GAsyncResult) result = NULL;

  bma_uri_opener_open_async (opener, PAGE, "", "token", NULL, on_opened, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return bma_uri_opener_open_finish (opener, result, error);
}

static void
test_through_portal (Fixture *f, gconstpointer setup)
{
  Portal portal = { 0, NULL };
  g_autoptr (GError) error = NULL;

  start_portal (f, &portal);
  g_assert_true (open_page (f, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (portal.uri, ==, PAGE);
  g_free (portal.uri);
}

static void
test_portal_fails (Fixture *f, gconstpointer setup)
{
  Portal portal = { 1, NULL };
  g_autoptr (GError) error = NULL;

  start_portal (f, &portal);
  g_assert_false (open_page (f, &error));
  g_assert_nonnull (error);
  g_free (portal.uri);
}

static char *
await_file (const char *path)
{
  char *content = NULL;

  while (!g_file_get_contents (path, &content, NULL, NULL) || *content == '\0')
    {
      g_clear_pointer (&content, g_free);
      g_thread_yield ();
    }
  return content;
}

/* Without a portal $BROWSER is started; the address is one word, whatever is in it. */
static void
test_with_browser (Fixture *f, gconstpointer setup)
{
  g_autofree char *folder = g_dir_make_tmp ("browser-XXXXXX", NULL);
  g_autofree char *shown = g_build_filename (folder, "shown", NULL);
  g_autofree char *script = g_build_filename (folder, "browser", NULL);
  g_autofree char *text = g_strdup_printf ("#!/bin/sh\necho \"$#\" \"$1\" >%s.part\n"
                                           "mv %s.part %s\n",
                                           shown, shown, shown);
  g_autofree char *browsers = g_strconcat ("/no/such/browser:", script, NULL);
  g_autofree char *content = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (
      g_file_set_contents_full (script, text, -1, G_FILE_SET_CONTENTS_NONE, 0700, NULL));
  g_setenv ("BROWSER", browsers, TRUE);
  g_assert_true (open_page (f, &error));
  g_assert_no_error (error);
  content = await_file (shown);
  g_assert_cmpstr (content, ==, "1 " PAGE "\n");
  g_unsetenv ("BROWSER");
  g_unlink (shown);
  g_unlink (script);
  g_rmdir (folder);
}

static void
test_command (void)
{
  g_auto (GStrv) plain = bma_uri_opener_desktop_make_command ("firefox -P 'my own'", "u");
  g_auto (GStrv) place = bma_uri_opener_desktop_make_command ("surf %s -x", "u; rm");
  const char *const expected_plain[] = { "firefox", "-P", "my own", "u", NULL };
  const char *const expected_place[] = { "surf", "u; rm", "-x", NULL };

  g_assert_cmpstrv (plain, expected_plain);
  g_assert_cmpstrv (place, expected_place);
  g_assert_null (bma_uri_opener_desktop_make_command ("", "u"));
  g_assert_null (bma_uri_opener_desktop_make_command ("broken 'quote", "u"));
}

#define ADD(name, func)                                                                  \
  g_test_add ("/dbus/uri-opener/" name, Fixture, NULL, fixture_set_up, func,             \
              fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("portal-comes-first", test_through_portal);
  ADD ("portal-failure-is-told", test_portal_fails);
  ADD ("browser-is-second", test_with_browser);
  g_test_add_func ("/dbus/uri-opener/address-is-one-word", test_command);
  return g_test_run ();
}
