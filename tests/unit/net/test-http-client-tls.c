/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A server whose certificate nobody vouches for. */

#include "http-fixture.h"

#include "bma-loopback-server.h"

int __lsan_is_turned_off (void);

/* LeakSanitizer of GCC 12 crashes over the thread-local data that a TLS handshake leaves
 * in GIO's threads. valgrind looks for leaks in this test. */
int
__lsan_is_turned_off (void)
{
  return 1;
}

static void
on_request (SoupServer *server,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer user_data)
{
  g_assert_not_reached ();
}

static void
test_untrusted_certificate (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "untrusted.pem", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsCertificate)
      certificate = g_tls_certificate_new_from_file (path, &error);
  g_autoptr (BmaHttpClient) client = bma_http_client_new ();
  g_auto (Outcome) outcome = { 0 };
  g_autofree char *uri = NULL;
  BmaLoopbackServer server;

  g_assert_no_error (error);
  bma_loopback_server_start (&server, certificate);
  soup_server_add_handler (server.server, NULL, on_request, NULL, NULL);
  uri = g_strconcat (server.origin, "/?secret=hidden", NULL);
  outcome_get (&outcome, client, uri);
  g_assert_error (outcome.error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
  g_assert_true (g_str_has_prefix (outcome.error->message, "127.0.0.1 shows"));
  g_assert_null (strstr (outcome.error->message, "hidden"));
  bma_loopback_server_stop (&server);
}

int
main (int argc, char **argv)
{
  /* Nobody listens there: what goes through the proxy does not arrive. */
  g_setenv ("https_proxy", "http://127.0.0.1:1", TRUE);
  g_unsetenv ("no_proxy");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/net/http-client/untrusted-certificate", test_untrusted_certificate);

  return g_test_run ();
}
