/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "bma-client-document.h"
#include "bma-clock-dummy.h"
#include "bma-document-source.h"
#include "bma-fetch-budget.h"
#include "bma-network-dummy.h"

int __lsan_is_turned_off (void);

/* See tests/unit/net/test-http-client-tls.c. */
int
__lsan_is_turned_off (void)
{
  return 1;
}

#define URL "https://client.example/c.json"

typedef struct
{
  BmaLoopbackServer server;
  BmaNetworkDummy *network;
  BmaClockDummy *clock;
  BmaClientSource *source;
  unsigned int n_requests;
  unsigned int status;
  const char *content_type;
  const char *cache_control;
  const char *keys;
  char *body;
  gboolean hangs;
} Fixture;

static void
on_request (SoupServer *server,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer user_data)
{
  Fixture *self = user_data;
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  self->n_requests++;
  if (g_str_equal (path, "/jwks"))
    {
      soup_server_message_set_status (message, self->status, NULL);
      soup_server_message_set_response (message, "application/jwk-set+json",
                                        SOUP_MEMORY_STATIC, self->keys,
                                        strlen (self->keys));
      return;
    }
  if (self->hangs)
    {
      soup_server_message_pause (message);
      return;
    }
  if (self->status == 302)
    {
      soup_server_message_set_redirect (message, 302, "https://other.example/c.json");
      return;
    }
  if (self->cache_control != NULL)
    soup_message_headers_replace (headers, "Cache-Control", self->cache_control);
  soup_server_message_set_status (message, self->status, NULL);
  soup_server_message_set_response (message, self->content_type, SOUP_MEMORY_COPY,
                                    self->body, strlen (self->body));
}

static void
set_up (Fixture *self, gconstpointer data)
{
  uint16_t port = bma_network_dummy_start_server (&self->server);

  soup_server_add_handler (self->server.server, NULL, on_request, self, NULL);
  self->network = bma_network_dummy_new ();
  self->clock = bma_clock_dummy_new ();
  bma_network_dummy_set_server (self->network, port);
  bma_network_dummy_add_host (self->network, "client.example", BMA_NETWORK_DUMMY_PUBLIC);
  bma_network_dummy_add_host (self->network, "other.example", BMA_NETWORK_DUMMY_PUBLIC);
  self->source =
      bma_document_source_new (BMA_NETWORK (self->network), BMA_CLOCK (self->clock));
  self->status = 200;
  self->content_type = "application/json";
  self->body = g_strdup ("{\"client_id\":\"" URL "\",\"client_name\":\"App\","
                         "\"redirect_uris\":[\"https://client.example/cb\"]}");
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_clear_object (&self->source);
  g_clear_object (&self->network);
  g_clear_object (&self->clock);
  bma_loopback_server_stop (&self->server);
  g_free (self->body);
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(BmaClientAnswer **) user_data =
      bma_client_source_lookup_finish (BMA_CLIENT_SOURCE (source), result);
}

static void
on_keys (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(BmaClientAnswer **) user_data =
      bma_client_source_load_keys_finish (BMA_CLIENT_SOURCE (source), result);
}

static BmaClientAnswer *
look_up (Fixture *self, const char *url)
{
  BmaClientAnswer *answer = NULL;

  bma_client_source_lookup_async (self->source, url, NULL, on_answer, &answer);
  while (answer == NULL)
    g_main_context_iteration (NULL, TRUE);
  return answer;
}

static void
assert_fresh_for (Fixture *self, const char *cache_control, int64_t seconds)
{
  g_autoptr (BmaClientAnswer) answer = NULL;
  int64_t now_s = bma_clock_now_s (BMA_CLOCK (self->clock));

  self->cache_control = cache_control;
  answer = look_up (self, URL);
  g_assert_nonnull (answer->client);
  g_assert_cmpint (answer->client->fetched_at_s, ==, now_s);
  g_assert_cmpint (answer->client->fresh_until_s, ==, now_s + seconds);
}

static void
test_freshness (Fixture *self, gconstpointer data)
{
  assert_fresh_for (self, NULL, BMA_DOCUMENT_FRESH_S);
  assert_fresh_for (self, "max-age=600", 600);
  assert_fresh_for (self, "max-age=1", BMA_DOCUMENT_MIN_FRESH_S);
  assert_fresh_for (self, "no-store", BMA_DOCUMENT_MIN_FRESH_S);
  assert_fresh_for (self, "max-age=31536000", BMA_DOCUMENT_MAX_FRESH_S);
  /* Who asks keeps it, not the source. */
  g_assert_cmpuint (self->n_requests, ==, 5);
}

static void
assert_fails (Fixture *self, const char *url, BmaOauthErrorCode code)
{
  g_autoptr (BmaClientAnswer) answer = look_up (self, url);

  g_test_message ("%s: %s", answer->error.description, answer->message);
  g_assert_null (answer->client);
  g_assert_cmpint (answer->error.code, ==, code);
  g_assert_nonnull (answer->message);
}

static void
test_bad_answers (Fixture *self, gconstpointer data)
{
  static const unsigned int statuses[] = { 201, 204, 206, 302, 304, 401, 404, 500, 503 };
  g_autofree char *good = g_strdup (self->body);
  int64_t pause_s = BMA_FETCH_BUDGET_WINDOW_S + BMA_FETCH_BUDGET_MAX_PAUSE_S;

  for (size_t i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      self->status = statuses[i];
      assert_fails (self, URL, BMA_OAUTH_TEMPORARILY_UNAVAILABLE);
      bma_clock_dummy_advance_s (self->clock, pause_s);
    }
  self->status = 200;
  self->content_type = "text/html";
  assert_fails (self, URL, BMA_OAUTH_TEMPORARILY_UNAVAILABLE);
  bma_clock_dummy_advance_s (self->clock, pause_s);
  self->content_type = "application/json";
  g_free (self->body);
  self->body = g_strnfill (BMA_CLIENT_DOCUMENT_MAX_BYTES + 1, ' ');
  assert_fails (self, URL, BMA_OAUTH_TEMPORARILY_UNAVAILABLE);
  bma_clock_dummy_advance_s (self->clock, pause_s);
  g_free (self->body);
  self->body = g_strdup ("{}");
  assert_fails (self, URL, BMA_OAUTH_INVALID_CLIENT_METADATA);
  bma_clock_dummy_advance_s (self->clock, pause_s);
  g_free (self->body);
  self->body = g_steal_pointer (&good);
  /* The document of another address. */
  assert_fails (self, URL "?x", BMA_OAUTH_INVALID_CLIENT_METADATA);
  g_assert_cmpuint (self->n_requests, ==, G_N_ELEMENTS (statuses) + 4);
}

static void
test_bad_addresses (Fixture *self, gconstpointer data)
{
  bma_network_dummy_add_host (self->network, "inside.example", "10.0.0.1");
  assert_fails (self, "https://inside.example/c", BMA_OAUTH_TEMPORARILY_UNAVAILABLE);
  assert_fails (self, "https://127.0.0.1/c", BMA_OAUTH_TEMPORARILY_UNAVAILABLE);
  assert_fails (self, "https://nowhere.example/c", BMA_OAUTH_TEMPORARILY_UNAVAILABLE);
  assert_fails (self, "https://client.example/a/../c", BMA_OAUTH_INVALID_CLIENT_METADATA);
  assert_fails (self, "https://client.example/", BMA_OAUTH_INVALID_CLIENT_METADATA);
  g_assert_cmpuint (self->n_requests, ==, 0);
  g_assert_true (bma_client_source_is_available (self->source));
}

static void
test_one_fetch (Fixture *self, gconstpointer data)
{
  BmaClientAnswer *answers[5] = { NULL };

  for (size_t i = 0; i < G_N_ELEMENTS (answers); i++)
    bma_client_source_lookup_async (self->source, URL, NULL, on_answer, &answers[i]);
  for (size_t i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      while (answers[i] == NULL)
        g_main_context_iteration (NULL, TRUE);
      g_assert_nonnull (answers[i]->client);
      bma_client_answer_free (answers[i]);
    }
  g_assert_cmpuint (self->n_requests, ==, 1);
}

static void
test_pause (Fixture *self, gconstpointer data)
{
  self->status = 500;
  assert_fails (self, URL, BMA_OAUTH_TEMPORARILY_UNAVAILABLE);
  self->status = 200;
  assert_fails (self, URL, BMA_OAUTH_TEMPORARILY_UNAVAILABLE);
  g_assert_cmpuint (self->n_requests, ==, 1);
  bma_clock_dummy_advance_s (self->clock, BMA_FETCH_BUDGET_FIRST_PAUSE_S);
  {
    g_autoptr (BmaClientAnswer) answer = look_up (self, URL);

    g_assert_nonnull (answer->client);
  }
  g_assert_cmpuint (self->n_requests, ==, 2);
}

/* Hosts that do not answer hold up so many fetches and no more. */
static void
test_slow (Fixture *self, gconstpointer data)
{
  BmaClientAnswer *answers[BMA_FETCH_BUDGET_MAX_RUNNING] = { NULL };

  self->hangs = TRUE;
  for (size_t i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autofree char *url = g_strdup_printf ("https://client.example/%zu", i);

      bma_client_source_lookup_async (self->source, url, NULL, on_answer, &answers[i]);
    }
  while (self->n_requests < G_N_ELEMENTS (answers))
    g_main_context_iteration (NULL, TRUE);
  assert_fails (self, "https://other.example/c", BMA_OAUTH_TEMPORARILY_UNAVAILABLE);
  /* They end when their server does. */
  bma_loopback_server_stop (&self->server);
  for (size_t i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      while (answers[i] == NULL)
        g_main_context_iteration (NULL, TRUE);
      g_assert_null (answers[i]->client);
      bma_client_answer_free (answers[i]);
    }
  bma_network_dummy_set_server (self->network,
                                bma_network_dummy_start_server (&self->server));
}

static void
test_availability (Fixture *self, gconstpointer data)
{
  bma_network_dummy_add_host (self->network, "silent.example", "");
  g_assert_true (bma_client_source_is_available (self->source));
  bma_network_dummy_set_available (self->network, FALSE);
  g_assert_false (bma_client_source_is_available (self->source));
  bma_network_dummy_set_available (self->network, TRUE);

  assert_fails (self, "https://silent.example/c", BMA_OAUTH_TEMPORARILY_UNAVAILABLE);
  g_assert_false (bma_client_source_is_available (self->source));
  bma_clock_dummy_advance_s (self->clock, BMA_DOCUMENT_OFFLINE_S - 1);
  g_assert_false (bma_client_source_is_available (self->source));
  bma_clock_dummy_advance_s (self->clock, 1);
  g_assert_true (bma_client_source_is_available (self->source));

  assert_fails (self, "https://silent.example/c", BMA_OAUTH_TEMPORARILY_UNAVAILABLE);
  g_assert_false (bma_client_source_is_available (self->source));
  bma_client_answer_free (look_up (self, URL));
  g_assert_true (bma_client_source_is_available (self->source));
}

#define KEYS "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"A\",\"y\":\"B\"}]}"

/* Keys that are published elsewhere are fetched along, with the guard. */
static void
test_keys (Fixture *self, gconstpointer data)
{
  int64_t pause_s = BMA_FETCH_BUDGET_WINDOW_S + BMA_FETCH_BUDGET_MAX_PAUSE_S;
  g_autoptr (BmaClientAnswer) answer = NULL;

  g_free (self->body);
  self->body = g_strdup ("{\"client_id\":\"" URL "\",\"client_name\":\"App\","
                         "\"redirect_uris\":[\"https://client.example/cb\"],"
                         "\"token_endpoint_auth_method\":\"private_key_jwt\","
                         "\"jwks_uri\":\"https://other.example/jwks\"}");
  self->cache_control = "max-age=86400";
  self->keys = KEYS;
  answer = look_up (self, URL);
  g_assert_nonnull (answer->client);
  g_assert_cmpstr (answer->client->jwks, ==, KEYS);
  g_assert_cmpuint (self->n_requests, ==, 2);
  /* Not for a day, like the document: the keys did not say. */
  g_assert_cmpint (answer->client->fresh_until_s, ==,
                   answer->client->fetched_at_s + BMA_DOCUMENT_FRESH_S);
  g_assert_cmpstr (bma_network_dummy_get_routes (self->network), ==,
                   BMA_NETWORK_DUMMY_PUBLIC ":443 " BMA_NETWORK_DUMMY_PUBLIC ":443");

  self->keys = "{\"keys\":[{\"kty\":\"EC\",\"d\":\"A\"}]}";
  assert_fails (self, URL, BMA_OAUTH_TEMPORARILY_UNAVAILABLE);
  bma_clock_dummy_advance_s (self->clock, pause_s);
  self->keys = "not json";
  assert_fails (self, URL, BMA_OAUTH_TEMPORARILY_UNAVAILABLE);
  bma_clock_dummy_advance_s (self->clock, pause_s);
  bma_network_dummy_add_host (self->network, "other.example", "127.0.0.1");
  self->keys = KEYS;
  bma_client_answer_free (look_up (self, URL));
  assert_fails (self, URL, BMA_OAUTH_TEMPORARILY_UNAVAILABLE);
}

/* A client that registered need not have a document. */
static void
test_registered_keys (Fixture *self, gconstpointer data)
{
  g_autoptr (BmaClient) client = bma_client_new ("00ff");
  BmaClientAnswer *answer = NULL;

  client->auth_method = g_strdup (BMA_CLIENT_AUTH_PRIVATE_KEY);
  client->jwks_uri = g_strdup ("https://client.example/jwks");
  self->keys = KEYS;
  bma_client_source_load_keys_async (self->source, client, NULL, on_keys, &answer);
  while (answer == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_nonnull (answer->client);
  g_assert_cmpstr (answer->client->jwks, ==, KEYS);
  g_assert_null (client->jwks);
  bma_client_answer_free (answer);
}

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/clients/document-source/is-fresh-within-bounds", test_freshness);
  ADD ("/clients/document-source/only-a-good-200-counts", test_bad_answers);
  ADD ("/clients/document-source/asks-no-bad-address", test_bad_addresses);
  ADD ("/clients/document-source/many-wait-for-one-fetch", test_one_fetch);
  ADD ("/clients/document-source/a-failure-is-not-kept-but-pauses", test_pause);
  ADD ("/clients/document-source/slow-hosts-hold-up-few", test_slow);
  ADD ("/clients/document-source/fetches-the-keys-along", test_keys);
  ADD ("/clients/document-source/fetches-keys-of-registered-clients",
       test_registered_keys);
  ADD ("/clients/document-source/is-available-while-the-network-is", test_availability);
  return g_test_run ();
}
