/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What is asked for strangers, with the guard on. */

#include "http-fixture.h"

#include "bma-loopback-server.h"
#include "bma-network-dummy.h"
#include "bma-network-system.h"

int __lsan_is_turned_off (void);

/* See test-http-client-tls.c. */
int
__lsan_is_turned_off (void)
{
  return 1;
}

typedef struct
{
  BmaLoopbackServer server;
  BmaNetworkDummy *network;
  BmaHttpClient *client;
  uint16_t port;
  unsigned int n_requests;
} Fixture;

static void
on_request (SoupServer *server,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer user_data)
{
  Fixture *self = user_data;

  self->n_requests++;
  if (g_str_equal (path, "/redirect"))
    {
      soup_server_message_set_redirect (message, 302, "https://other.example/");
      return;
    }
  soup_server_message_set_status (message, 200, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_STATIC, "{}",
                                    2);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->port = bma_network_dummy_start_server (&self->server);
  soup_server_add_handler (self->server.server, NULL, on_request, self, NULL);
  self->network = bma_network_dummy_new ();
  bma_network_dummy_set_server (self->network, self->port);
  self->client = bma_http_client_new_guarded (BMA_NETWORK (self->network));
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_clear_object (&self->client);
  g_clear_object (&self->network);
  bma_loopback_server_stop (&self->server);
}

static void
test_public (Fixture *self, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };

  bma_network_dummy_add_host (self->network, "client.example", BMA_NETWORK_DUMMY_PUBLIC);
  outcome_get (&outcome, self->client, "https://client.example:8443/a?b=c");
  assert_body (&outcome, "{}");
  g_assert_cmpstr (bma_network_dummy_get_routes (self->network), ==,
                   BMA_NETWORK_DUMMY_PUBLIC ":8443");
}

static void
test_name_is_verified (Fixture *self, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };

  bma_network_dummy_add_host (self->network, "stranger.example",
                              BMA_NETWORK_DUMMY_PUBLIC);
  outcome_get (&outcome, self->client, "https://stranger.example/");
  g_assert_error (outcome.error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
  g_assert_cmpuint (self->n_requests, ==, 0);
}

static void
assert_refused (Fixture *self, const char *uri)
{
  g_auto (Outcome) outcome = { 0 };

  g_test_message ("%s", uri);
  outcome_get (&outcome, self->client, uri);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
  g_assert_cmpuint (self->n_requests, ==, 0);
}

static void
test_inside (Fixture *self, gconstpointer data)
{
  static const char *const answers[] = {
    "127.0.0.1",
    "::1",
    "10.1.2.3",
    "fd00::1",
    "::ffff:127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::1",
    "0.0.0.0",
    /* One of several is enough. */
    BMA_NETWORK_DUMMY_PUBLIC " 127.0.0.1",
    "::1 " BMA_NETWORK_DUMMY_PUBLIC,
    BMA_NETWORK_DUMMY_PUBLIC " 2606:2800:220:1:248:1893:25c8:1946 169.254.169.254",
  };

  for (size_t i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autofree char *host = g_strdup_printf ("inside%zu.example", i);
      g_autofree char *uri = g_strdup_printf ("https://%s/", host);

      bma_network_dummy_add_host (self->network, host, answers[i]);
      assert_refused (self, uri);
    }
  assert_refused (self, "https://127.0.0.1/");
  assert_refused (self, "https://[::1]/");
  assert_refused (self, "https://[::ffff:7f00:1]/");
  g_assert_cmpstr (bma_network_dummy_get_routes (self->network), ==, "");
}

/* The name is looked up once; the next request sees the new answer and refuses it. */
static void
test_rebinding (Fixture *self, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };

  bma_network_dummy_add_host (self->network, "client.example", BMA_NETWORK_DUMMY_PUBLIC);
  bma_network_dummy_add_host (self->network, "client.example", "127.0.0.1");
  outcome_get (&outcome, self->client, "https://client.example/");
  assert_body (&outcome, "{}");
  g_assert_cmpuint (bma_network_dummy_get_n_lookups (self->network), ==, 1);
  g_assert_cmpstr (bma_network_dummy_get_routes (self->network), ==,
                   BMA_NETWORK_DUMMY_PUBLIC ":443");
  self->n_requests = 0;
  assert_refused (self, "https://client.example/");
  g_assert_cmpstr (bma_network_dummy_get_routes (self->network), ==,
                   BMA_NETWORK_DUMMY_PUBLIC ":443");
}

static void
test_redirect (Fixture *self, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };

  bma_network_dummy_add_host (self->network, "client.example", BMA_NETWORK_DUMMY_PUBLIC);
  bma_network_dummy_add_host (self->network, "other.example", BMA_NETWORK_DUMMY_PUBLIC);
  outcome_get (&outcome, self->client, "https://client.example/redirect");
  g_assert_no_error (outcome.error);
  g_assert_cmpuint (outcome.response->status, ==, 302);
  g_assert_cmpuint (self->n_requests, ==, 1);
}

static void
test_plain_http (Fixture *self, gconstpointer data)
{
  static const char *const uris[] = { "http://client.example/", "http://127.0.0.1/",
                                      "http://localhost/", "ftp://client.example/",
                                      "https://user@client.example/" };

  bma_network_dummy_add_host (self->network, "client.example", BMA_NETWORK_DUMMY_PUBLIC);
  for (size_t i = 0; i < G_N_ELEMENTS (uris); i++)
    {
      g_auto (Outcome) outcome = { 0 };

      outcome_get (&outcome, self->client, uris[i]);
      g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
    }
  g_assert_cmpuint (bma_network_dummy_get_n_lookups (self->network), ==, 0);
}

static void
test_network_failures (Fixture *self, gconstpointer data)
{
  g_auto (Outcome) unknown = { 0 };
  g_auto (Outcome) silent = { 0 };

  bma_network_dummy_add_host (self->network, "silent.example", "");
  outcome_get (&unknown, self->client, "https://nowhere.example/");
  g_assert_error (unknown.error, G_IO_ERROR, G_IO_ERROR_HOST_NOT_FOUND);
  outcome_get (&silent, self->client, "https://silent.example/");
  g_assert_error (silent.error, G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE);
}

/* However the system's resolver reads these, it is this machine, and somebody listens at
 * that port. */
static void
test_spellings_of_loopback (Fixture *self, gconstpointer data)
{
  static const char *const hosts[] = {
    "localhost", "127.0.0.1",  "127.1", "2130706433",         "0x7f000001",
    "0x7f.1",    "0177.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
    "0.0.0.0",   "[::]",       "0",     "127.0.0.1.",         "127.127.127.127"
  };
  g_autoptr (BmaNetwork) network = bma_network_system_new ();

  g_set_object (&self->client, NULL);
  self->client = bma_http_client_new_guarded (network);
  for (size_t i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      g_autofree char *uri = g_strdup_printf ("https://%s:%u/", hosts[i], self->port);
      g_auto (Outcome) outcome = { 0 };

      g_test_message ("%s", uri);
      outcome_get (&outcome, self->client, uri);
      g_assert_nonnull (outcome.error);
      /* Not resolved at all, or refused: never connected to. */
      if (!g_error_matches (outcome.error, G_IO_ERROR, G_IO_ERROR_HOST_NOT_FOUND) &&
          !g_error_matches (outcome.error, G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE) &&
          !g_error_matches (outcome.error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT))
        g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
    }
  g_assert_cmpuint (self->n_requests, ==, 0);
}

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  /* Nobody listens there: what goes through the proxy does not arrive. */
  g_setenv ("https_proxy", "http://127.0.0.1:1", TRUE);
  g_setenv ("http_proxy", "http://127.0.0.1:1", TRUE);
  g_unsetenv ("no_proxy");
  g_test_init (&argc, &argv, NULL);

  ADD ("/net/guarded-client/asks-public-hosts-directly", test_public);
  ADD ("/net/guarded-client/verifies-the-name", test_name_is_verified);
  ADD ("/net/guarded-client/refuses-what-points-inside", test_inside);
  ADD ("/net/guarded-client/looks-up-once-so-rebinding-gains-nothing", test_rebinding);
  ADD ("/net/guarded-client/follows-no-redirect", test_redirect);
  ADD ("/net/guarded-client/asks-https-only", test_plain_http);
  ADD ("/net/guarded-client/tells-network-from-name", test_network_failures);
  ADD ("/net/guarded-client/refuses-every-spelling-of-loopback",
       test_spellings_of_loopback);

  return g_test_run ();
}
