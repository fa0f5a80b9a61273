/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "dbus-fixture.h"

#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <string.h>
#include <unistd.h>

/* What would speak HTTP. */
typedef struct
{
  int fd;                /* owned, -1 while there is none */
  BmaEndpoint *endpoint; /* owned, nullable */
  gboolean is_closed;
  gboolean is_busy;
} Adopter;

static void
on_closed (BmaEndpoint *endpoint, Adopter *adopter)
{
  adopter->is_closed = TRUE;
}

static void
adopter_clear (Adopter *self)
{
  if (self->endpoint != NULL)
    g_signal_handlers_disconnect_by_data (self->endpoint, self);
  g_clear_object (&self->endpoint);
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
}

static gboolean
adopt (int fd, BmaEndpoint *endpoint, gpointer user_data, GError **error)
{
  Adopter *self = user_data;

  if (self->is_busy)
    {
      close (fd);
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_BUSY, "busy");
      return FALSE;
    }
  adopter_clear (self);
  self->fd = fd;
  self->endpoint = g_object_ref (endpoint);
  g_signal_connect (endpoint, "closed", G_CALLBACK (on_closed), self);
  return TRUE;
}

static GVariant *
arguments (const char *options)
{
  g_autoptr (GVariant)
      dict = g_variant_parse (G_VARIANT_TYPE ("a{sv}"), options, NULL, NULL, NULL);

  return g_variant_new ("(@a{sv})", dict);
}

/* Returns the caller's end. */
static int
open_endpoint (Fixture *f, Caller *caller, const char *options, GVariant **details)
{
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GVariant) reply = caller_call (caller, f, ROOT, BROKER, "OpenEndpoint",
                                            arguments (options), NULL, &fds, NULL);
  int32_t handle = -1;

  g_variant_get (reply, "(h@a{sv})", &handle, details);
  return g_unix_fd_list_get (fds, handle, NULL);
}

static char *
refuse_endpoint (Fixture *f, Caller *caller, const char *options)
{
  return caller_error (caller, f, ROOT, BROKER, "OpenEndpoint", arguments (options));
}

static void
test_hands_out_a_socket (Fixture *f, gconstpointer setup)
{
  Adopter adopter = { -1 };
  g_autofree char *grant = fixture_allow (f, &f->app, "always");
  g_autoptr (GVariant) details = NULL;
  g_autofree const char **scopes = NULL;
  char text[8] = "";
  const char *value = NULL;
  int fd = -1;

  bma_dbus_service_set_adopt (f->service, adopt, &adopter);
  fd = open_endpoint (f, &f->app, "{'correlation-id': <'c-1'>}", &details);
  g_assert_cmpint (write (adopter.fd, "hello", 5), ==, 5);
  g_assert_cmpint (read (fd, text, sizeof text), ==, 5);
  /* The service must not block on it. */
  g_assert_true (fcntl (adopter.fd, F_GETFL) & O_NONBLOCK);
  g_assert_false (fcntl (fd, F_GETFL) & O_NONBLOCK);
  g_assert_true (g_variant_lookup (details, "url", "&s", &value));
  g_assert_cmpstr (value, ==, "http://localhost/mcp");
  g_assert_true (g_variant_lookup (details, "resource", "&s", &value));
  g_assert_cmpstr (value, ==, "http://127.0.0.1:8417/mcp");
  g_assert_true (g_variant_lookup (details, "issuer", "&s", &value));
  g_assert_cmpstr (value, ==, "http://127.0.0.1:8417");
  g_assert_true (g_variant_lookup (details, "grant", "&o", &value));
  g_assert_cmpstr (value, ==, grant);
  g_assert_true (g_variant_lookup (details, "scopes", "^a&s", &scopes));
  g_assert_cmpuint (g_strv_length ((char **) scopes), ==, 1);
  g_assert_cmpstr (scopes[0], ==, "mcp");
  g_assert_cmpuint (g_variant_n_children (details), ==, 5);
  g_assert_cmpint (bma_endpoint_check (adopter.endpoint).error.code, ==, BMA_OAUTH_OK);
  close (fd);
  adopter_clear (&adopter);
}

static void
test_refuses (Fixture *f, gconstpointer setup)
{
  Adopter adopter = { -1 };
  g_autofree char *unserved = NULL;
  g_autofree char *consent = NULL;
  g_autofree char *option = NULL;
  g_autofree char *scope = NULL;
  g_autofree char *resource = NULL;
  g_autofree char *other = NULL;
  g_autofree char *busy = NULL;
  g_autofree char *grant = NULL;

  unserved = refuse_endpoint (f, &f->app, "@a{sv} {}");
  bma_dbus_service_set_adopt (f->service, adopt, &adopter);
  consent = refuse_endpoint (f, &f->app, "@a{sv} {}");
  grant = fixture_allow (f, &f->app, "always");
  option = refuse_endpoint (f, &f->app, "{'min-valid-s': <uint32 1>}");
  scope = refuse_endpoint (f, &f->app, "{'scopes': <['everything']>}");
  resource = refuse_endpoint (f, &f->app, "{'resource': <'http://else'>}");
  other = refuse_endpoint (f, &f->other, "@a{sv} {}");
  adopter.is_busy = TRUE;
  busy = refuse_endpoint (f, &f->app, "@a{sv} {}");
  g_assert_cmpstr (unserved, ==, ERROR "Failed");
  g_assert_cmpstr (consent, ==, ERROR "InteractionRequired");
  g_assert_cmpstr (option, ==, ERROR "InvalidArgument");
  g_assert_cmpstr (scope, ==, ERROR "InvalidScope");
  g_assert_cmpstr (resource, ==, ERROR "InvalidResource");
  g_assert_cmpstr (other, ==, ERROR "InteractionRequired");
  g_assert_cmpstr (busy, ==, ERROR "RateLimited");
  g_assert_null (adopter.endpoint);
}

/* The caller's end may live on in a child of it: that is not the caller. */
static void
test_ends_with_caller (Fixture *f, gconstpointer setup)
{
  Adopter adopter = { -1 };
  g_autofree char *grant = fixture_allow (f, &f->app, "always");
  g_autoptr (GVariant) details = NULL;
  int fd = -1;

  bma_dbus_service_set_adopt (f->service, adopt, &adopter);
  fd = open_endpoint (f, &f->app, "@a{sv} {}", &details);
  fixture_leave (f, &f->app);
  while (!adopter.is_closed)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (bma_endpoint_check (adopter.endpoint).error.code, ==,
                   BMA_OAUTH_INVALID_TOKEN);
  close (fd);
  adopter_clear (&adopter);
}

static void
test_ends_with_grant (Fixture *f, gconstpointer setup)
{
  Adopter adopter = { -1 };
  g_autofree char *grant = fixture_allow (f, &f->app, "always");
  g_autoptr (GVariant) details = NULL;
  g_autoptr (GVariant) reply = NULL;
  int fd = -1;

  bma_dbus_service_set_adopt (f->service, adopt, &adopter);
  fd = open_endpoint (f, &f->app, "@a{sv} {}", &details);
  reply = caller_ok (&f->app, f, grant, GRANT, "Revoke", NULL);
  while (!adopter.is_closed)
    g_main_context_iteration (NULL, TRUE);
  close (fd);
  adopter_clear (&adopter);
}

/* For the one that has the key, shown at once or before. */
static void
test_paired (Fixture *f, gconstpointer setup)
{
  Adopter adopter = { -1 };
  const char *sender = g_dbus_connection_get_unique_name (f->other.bus);
  g_autofree char *path = fixture_request (f, &f->host, "{'pair': <true>}");
  g_autofree char *title = NULL;
  g_autofree char *options = NULL;
  g_autofree char *refused = NULL;
  g_autofree char *printed = NULL;
  g_autoptr (GVariant) result = NULL;
  g_autoptr (GVariant) key = NULL;
  g_autoptr (GVariant) details = NULL;
  g_autoptr (GVariant) again = NULL;

  bma_dbus_service_set_adopt (f->service, adopt, &adopter);
  caller_wait (&f->host, f, "Progress");
  title = fixture_press (f, "allow", "always");
  g_variant_get (caller_wait (&f->host, f, "Response")->body, "(u@a{sv})", NULL, &result);
  key = g_variant_lookup_value (result, "pairing-key", G_VARIANT_TYPE_BYTESTRING);
  printed = g_variant_print (key, TRUE);
  options = g_strdup_printf ("{'pairing-key': <%s>}", printed);
  bma_peer_resolver_dummy_name (BMA_PEER_RESOLVER_DUMMY (f->resolver),
                                bma_peer_new (sender, sender, BMA_TRUST_CLAIMED, NULL, 0,
                                              1));
  refused = refuse_endpoint (f, &f->other, "@a{sv} {}");
  g_assert_cmpstr (refused, ==, ERROR "InteractionRequired");
  close (open_endpoint (f, &f->other, options, &details));
  close (open_endpoint (f, &f->other, "@a{sv} {}", &again));
  adopter_clear (&adopter);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/dbus/endpoint/hands-out-a-socket", Fixture, NULL, fixture_set_up,
              test_hands_out_a_socket, fixture_tear_down);
  g_test_add ("/dbus/endpoint/refuses", Fixture, NULL, fixture_set_up, test_refuses,
              fixture_tear_down);
  g_test_add ("/dbus/endpoint/ends-with-caller", Fixture, NULL, fixture_set_up,
              test_ends_with_caller, fixture_tear_down);
  g_test_add ("/dbus/endpoint/ends-with-grant", Fixture, NULL, fixture_set_up,
              test_ends_with_grant, fixture_tear_down);
  g_test_add ("/dbus/endpoint/takes-a-pairing-key", Fixture, NULL, fixture_set_up,
              test_paired, fixture_tear_down);
  return g_test_run ();
}
