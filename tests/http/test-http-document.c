/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Clients that name themselves by the URL of a document. */

#include <string.h>

#include "bma-code.h"
#include "bma-document-source.h"
#include "bma-login.h"
#include "bma-network-dummy.h"
#include "http-fixture.h"

int __lsan_is_turned_off (void);

/* See tests/unit/net/test-http-client-tls.c. */
int
__lsan_is_turned_off (void)
{
  return 1;
}

#define URL     "https://client.example/c.json"
#define KEYS    "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"A\",\"y\":\"B\"}]}"
#define ESCAPED "https%3A%2F%2Fclient.example%2Fc.json"

typedef struct
{
  BmaLoopbackServer server;
  BmaNetworkDummy *network;
  BmaClientSource *source;
  HttpFixture *http;
  unsigned int n_requests;
  unsigned int status;
  char *more;          /* members of the document besides its id and its name */
  char *cache_control; /* nullable */
} Fixture;

static void
on_request (SoupServer *server,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer user_data)
{
  Fixture *self = user_data;
  g_autofree char *body = g_strdup_printf ("{\"client_id\":\"" URL
                                           "\",\"client_name\":\"Some <App>\",%s}",
                                           self->more);

  self->n_requests++;
  if (g_str_equal (path, "/jwks"))
    {
      g_free (body);
      body = g_strdup (KEYS);
    }
  if (self->cache_control != NULL)
    soup_message_headers_replace (soup_server_message_get_response_headers (message),
                                  "Cache-Control", self->cache_control);
  soup_server_message_set_status (message, self->status, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_COPY, body,
                                    strlen (body));
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->http = http_fixture_new (NULL);
  self->network = bma_network_dummy_new ();
  bma_network_dummy_set_server (self->network,
                                bma_network_dummy_start_server (&self->server));
  bma_network_dummy_add_host (self->network, "client.example", BMA_NETWORK_DUMMY_PUBLIC);
  soup_server_add_handler (self->server.server, NULL, on_request, self, NULL);
  self->source = bma_document_source_new (BMA_NETWORK (self->network),
                                          BMA_CLOCK (self->http->clock));
  bma_broker_set_client_sources (self->http->broker, self->source, NULL);
  self->status = 200;
  self->more = g_strdup ("\"redirect_uris\":[\"http://127.0.0.1/callback\","
                         "\"https://client.example/cb\"]");
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  http_fixture_free (self->http);
  g_clear_object (&self->source);
  g_clear_object (&self->network);
  bma_loopback_server_stop (&self->server);
  g_free (self->more);
}

static void
set_more (Fixture *self, const char *more)
{
  g_free (self->more);
  self->more = g_strdup (more);
}

static HttpAnswer *
authorize (Fixture *self, const char *accept)
{
  g_autofree char *query = http_authorize_query (self->http, ESCAPED, "");

  return http_call (self->http, "GET", query, NULL, NULL, "Accept", accept, NULL);
}

static void
assert_shown (Fixture *self, unsigned int status, const char *error)
{
  g_autoptr (HttpAnswer) page = authorize (self, "text/html");
  g_autoptr (HttpAnswer) json = authorize (self, "application/json");
  g_autofree char *told = http_answer_member (json, "error");

  g_test_message ("%s %s", page->body, json->body);
  g_assert_cmpuint (page->status, ==, status);
  g_assert_null (http_answer_header (page, "Location"));
  g_assert_nonnull (strstr (page->body, "id=\"message\""));
  g_assert_true (json->status >= 400);
  if (error != NULL)
    g_assert_cmpstr (told, ==, error);
}

static gboolean
is_advertised (Fixture *self, const char *path)
{
  g_autoptr (HttpAnswer) answer = http_call (self->http, "GET", path, NULL, NULL, NULL);
  const BmaJsonLimits limits = BMA_JSON_LIMITS_DEFAULT;
  g_autoptr (JsonObject)
      object = bma_json_parse_object (answer->body, strlen (answer->body), &limits, NULL);

  return json_object_get_boolean_member_with_default (
      object, "client_id_metadata_document_supported", FALSE);
}

static void
test_metadata (Fixture *self, gconstpointer data)
{
  static const char *const paths[] = { "/.well-known/oauth-authorization-server",
                                       "/.well-known/openid-configuration" };

  for (size_t i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_assert_true (is_advertised (self, paths[i]));
      bma_network_dummy_set_available (self->network, FALSE);
      g_assert_false (is_advertised (self, paths[i]));
      bma_network_dummy_set_available (self->network, TRUE);
    }
  bma_broker_set_client_sources (self->http->broker, NULL, NULL);
  g_assert_false (is_advertised (self, paths[0]));
  assert_shown (self, 401, "invalid_client");
}

static void
test_whole_flow (Fixture *self, gconstpointer data)
{
  g_autoptr (HttpAnswer) page = authorize (self, "text/html");
  g_autofree char *code = NULL;
  g_autofree char *refresh = NULL;
  g_autoptr (HttpAnswer) tokens = NULL;
  g_autoptr (HttpAnswer) refreshed = NULL;

  g_assert_cmpuint (page->status, ==, 200);
  g_assert_nonnull (strstr (page->body, "id=\"client-host\">client.example<"));
  g_assert_nonnull (strstr (page->body, "id=\"redirect-host\">127.0.0.1<"));
  g_assert_nonnull (strstr (page->body, ">Some &lt;App&gt;<"));
  g_assert_null (strstr (page->body, "id=\"loopback-only\""));
  code = http_get_code (self->http, ESCAPED);
  tokens = http_redeem (self->http, ESCAPED, code);
  g_assert_cmpuint (tokens->status, ==, 200);
  refresh = http_answer_member (tokens, "refresh_token");
  refreshed = http_refresh (self->http, ESCAPED, refresh);
  g_assert_cmpuint (refreshed->status, ==, 200);
  g_assert_cmpuint (self->n_requests, ==, 1);
}

static void
test_cache (Fixture *self, gconstpointer data)
{
  g_autofree char *client_id = bma_client_make_record_id (URL);
  const BmaClient *client = NULL;

  self->cache_control = (char *) "max-age=600";
  http_answer_free (authorize (self, "text/html"));
  bma_clock_dummy_advance_s (self->http->clock, 599);
  http_answer_free (authorize (self, "text/html"));
  g_assert_cmpuint (self->n_requests, ==, 1);
  bma_clock_dummy_advance_s (self->http->clock, 1);
  set_more (self, "\"redirect_uris\":[\"https://client.example/new\"]");
  assert_shown (self, 400, "invalid_request");
  g_assert_cmpuint (self->n_requests, ==, 2);
  client = bma_store_lookup (BMA_STORE (self->http->store), &bma_client_type, client_id);
  g_assert_cmpstr (client->redirect_uris[0], ==, "https://client.example/new");
  g_assert_cmpstr (client->origin, ==, BMA_CLIENT_ORIGIN_DOCUMENT);
}

/* What was known before does not help when it is stale and cannot be read again. */
static void
test_failures (Fixture *self, gconstpointer data)
{
  g_autoptr (HttpAnswer) good = authorize (self, "text/html");

  g_assert_cmpuint (good->status, ==, 200);
  bma_clock_dummy_advance_s (self->http->clock, BMA_DOCUMENT_FRESH_S);
  self->status = 404;
  assert_shown (self, 503, "temporarily_unavailable");
  bma_clock_dummy_advance_s (self->http->clock, 600);
  self->status = 200;
  set_more (self, "\"redirect_uris\":[\"https://client.example/cb\"],"
                  "\"client_secret\":\"x\"");
  assert_shown (self, 400, NULL);
  bma_clock_dummy_advance_s (self->http->clock, 600);
  set_more (self, "\"redirect_uris\":[\"http://127.0.0.1/callback\"]");
  g_clear_pointer (&good, http_answer_free);
  good = authorize (self, "text/html");
  g_assert_cmpuint (good->status, ==, 200);
  g_assert_nonnull (strstr (good->body, "id=\"loopback-only\""));
}

static void
test_bad_url (Fixture *self, gconstpointer data)
{
  static const char *const ids[] = { "https%3A%2F%2Fclient.example",
                                     "https%3A%2F%2Fclient.example%2Fa%2F..%2Fc",
                                     "https%3A%2F%2Fu%40client.example%2Fc",
                                     "https%3A%2F%2Fclient.example%2Fc%23f" };

  for (size_t i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autofree char *query = http_authorize_query (self->http, ids[i], "");
      g_autoptr (HttpAnswer)
          answer = http_call (self->http, "GET", query, NULL, NULL, NULL);

      g_assert_cmpuint (answer->status, ==, 400);
      g_assert_null (http_answer_header (answer, "Location"));
    }
  g_assert_cmpuint (self->n_requests, ==, 0);
}

static void
test_confidential (Fixture *self, gconstpointer data)
{
  g_autofree char *code = NULL;
  g_autofree char *error = NULL;
  g_autoptr (HttpAnswer) tokens = NULL;

  set_more (self,
            "\"redirect_uris\":[\"http://127.0.0.1/callback\"],"
            "\"token_endpoint_auth_method\":\"private_key_jwt\",\"jwks\":{"
            "\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"A\",\"y\":\"B\"}]}");
  code = http_get_code (self->http, ESCAPED);
  tokens = http_redeem (self->http, ESCAPED, code);
  error = http_answer_member (tokens, "error");
  g_assert_cmpuint (tokens->status, ==, 401);
  g_assert_cmpstr (error, ==, "invalid_client");
}

/* Any program can say that it is this one. */
static void
test_not_remembered (Fixture *self, gconstpointer data)
{
  g_autofree char *code = http_get_code (self->http, ESCAPED);
  g_autoptr (HttpAnswer) again = authorize (self, "text/html");
  g_autofree char *silent = http_authorize_query (self->http, ESCAPED, "&prompt=none");
  g_autoptr (HttpAnswer)
      refused = http_call (self->http, "GET", silent, NULL, NULL, NULL);
  g_autofree char *error = http_answer_location_parameter (refused, "error");

  g_assert_nonnull (code);
  g_assert_cmpuint (again->status, ==, 200);
  g_assert_cmpstr (error, ==, "interaction_required");
}

/* A client that registered with a jwks_uri is read before it begins, and every so often.
 */
static void
test_registered_keys (Fixture *self, gconstpointer data)
{
  g_autoptr (HttpAnswer)
      registered = http_call (self->http, "POST", "/register", "application/json",
                              "{\"redirect_uris\":[\"http://127.0.0.1/callback\"],"
                              "\"token_endpoint_auth_method\":\"private_key_jwt\","
                              "\"jwks_uri\":\"https://client.example/jwks\"}",
                              NULL);
  g_autofree char *id = http_answer_member (registered, "client_id");
  g_autofree char *token = http_answer_member (registered, "registration_access_token");
  g_autofree char *bearer = g_strconcat ("Bearer ", token, NULL);
  g_autofree char *path = g_strconcat ("/register/", id, NULL);
  g_autofree char *query = http_authorize_query (self->http, id, "");
  g_autoptr (HttpAnswer) page = http_call (self->http, "GET", query, NULL, NULL, NULL);
  g_autoptr (HttpAnswer) failed = NULL;
  g_autoptr (HttpAnswer) own = NULL;
  const BmaClient *client =
      bma_store_lookup (BMA_STORE (self->http->store), &bma_client_type, id);

  g_assert_cmpuint (page->status, ==, 200);
  g_assert_cmpstr (client->jwks, ==, KEYS);
  g_assert_nonnull (client->management_hash);
  http_answer_free (http_call (self->http, "GET", query, NULL, NULL, NULL));
  g_assert_cmpuint (self->n_requests, ==, 1);
  own = http_call (self->http, "GET", path, NULL, NULL, "Authorization", bearer, NULL);
  g_assert_nonnull (strstr (own->body, "\"jwks_uri\""));
  g_assert_null (strstr (own->body, "\"jwks\""));

  self->status = 404;
  bma_clock_dummy_advance_s (self->http->clock, BMA_DOCUMENT_FRESH_S);
  failed = http_call (self->http, "GET", query, NULL, NULL, NULL);
  g_assert_cmpuint (failed->status, ==, 503);
  g_assert_null (http_answer_header (failed, "Location"));
}

/* Nothing that a GET begins is kept: not for a client that is not known, not before the
 * person has decided. */
static void
test_no_side_effects (Fixture *self, gconstpointer data)
{
  static const BmaRecordType *const types[] = { &bma_client_type, &bma_grant_type,
                                                &bma_login_type, &bma_code_type };
  g_autofree char *id = http_register (self->http);
  g_autofree char *known = http_authorize_query (self->http, id, "");
  g_autofree char *unknown = http_authorize_query (self->http, "nobody", "");
  const char *const queries[] = { known, unknown };
  static const char *const accepts[] = { "text/html", "application/json" };

  for (size_t i = 0; i < 4; i++)
    http_answer_free (http_call (self->http, "GET", queries[i / 2], NULL, NULL, "Accept",
                                 accepts[i % 2], NULL));
  for (size_t i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr (GPtrArray)
          records = bma_store_list (BMA_STORE (self->http->store), types[i]);

      g_assert_cmpuint (records->len, ==, types[i] == &bma_client_type ? 1 : 0);
    }
}

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/http/document/is-advertised-while-it-can-be-fetched", test_metadata);
  ADD ("/http/document/a-client-gets-its-tokens", test_whole_flow);
  ADD ("/http/document/consent-on-this-machine-is-not-remembered", test_not_remembered);
  ADD ("/http/document/is-fetched-again-when-it-is-stale", test_cache);
  ADD ("/http/document/a-failed-fetch-ends-the-request", test_failures);
  ADD ("/http/document/bad-urls-are-not-fetched", test_bad_url);
  ADD ("/http/document/a-key-makes-it-confidential", test_confidential);
  ADD ("/http/document/keys-of-registered-clients-are-read", test_registered_keys);
  ADD ("/http/document/a-get-keeps-nothing", test_no_side_effects);
  return g_test_run ();
}
