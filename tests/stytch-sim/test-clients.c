/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Clients that are kept at Stytch, with the HTTP front before them and the simulator
 * behind. */

#include <string.h>

#include "bma-client.h"
#include "bma-stytch-clients.h"
#include "bma-text.h"
#include "http-fixture.h"
#include "sim-driver.h"
#include "stytch-fixture.h"

#define JSON      "application/json"
#define REDIRECTS "\"redirect_uris\":[\"http://127.0.0.1/callback\"]"
#define NOBODY    "connected-app-test-11111111-2222-3333-4444-555555555555"

static const char *program; /* path of the simulator */

typedef struct
{
  Sim sim;
  HttpFixture *http;
  BmaConfig *config;
  BmaHttpClient *client;
  BmaClientSource *directory;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  sim_start (&self->sim, program, STYTCH_PROJECT_ID, STYTCH_PUBLIC_TOKEN, STYTCH_SECRET);
  self->http = http_fixture_new (NULL);
  self->config = bma_config_new ();
  self->config->stytch_project_id = g_strdup (STYTCH_PROJECT_ID);
  self->config->stytch_public_token = g_strdup (STYTCH_PUBLIC_TOKEN);
  self->config->stytch_api_url = g_strdup (self->sim.origin);
  bma_keyring_dummy_put (self->http->keyring, BMA_KEYRING_KIND_STYTCH_SECRET,
                         STYTCH_PROJECT_ID, STYTCH_SECRET);
  self->client = bma_http_client_new ();
  self->directory = bma_stytch_clients_new (self->config,
                                            BMA_KEYRING (self->http->keyring),
                                            self->client, BMA_CLOCK (self->http->clock));
  bma_broker_set_client_sources (self->http->broker, NULL, self->directory);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  http_fixture_free (self->http);
  g_clear_object (&self->directory);
  g_clear_object (&self->client);
  bma_config_unref (self->config);
  sim_stop (&self->sim);
}

static HttpAnswer *
register_client (Fixture *self, const char *body)
{
  return http_call (self->http, "POST", "/register", JSON, body, NULL);
}

static void
test_relay (Fixture *self, gconstpointer data)
{
  static const unsigned int statuses[] = { 200, 201 };

  for (size_t i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      g_autofree char *json = g_strdup_printf ("{\"status\":%u}", statuses[i]);
      g_autoptr (HttpAnswer) answer = NULL;
      g_autofree char *id = NULL;
      g_autofree char *uri = NULL;
      g_autofree char *request_id = NULL;
      g_autofree char *code = NULL;
      g_autoptr (HttpAnswer) tokens = NULL;

      sim_switch (&self->sim, "registration", json);
      answer = register_client (self, "{" REDIRECTS ",\"client_name\":\"Mine\","
                                      "\"scope\":\"mcp\",\"application_type\":"
                                      "\"native\"}");
      g_assert_cmpuint (answer->status, ==, 201);
      id = http_answer_member (answer, "client_id");
      g_assert_true (g_str_has_prefix (id, "connected-app-test-"));
      /* Our shape: nothing of Stytch's, and nothing to manage it with here. */
      request_id = http_answer_member (answer, "request_id");
      g_assert_null (request_id);
      uri = http_answer_member (answer, "registration_client_uri");
      g_assert_null (uri);
      g_assert_null (strstr (answer->body, "client_secret"));
      g_assert_nonnull (strstr (answer->body, "\"application_type\":\"native\""));
      code = http_get_code (self->http, id);
      tokens = http_redeem (self->http, id, code);
      g_assert_cmpuint (tokens->status, ==, 200);
    }
}

static void
test_confidential (Fixture *self, gconstpointer data)
{
  g_autoptr (HttpAnswer) answer =
      register_client (self, "{" REDIRECTS
                             ",\"token_endpoint_auth_method\":\"client_secret_post\"}");
  g_autofree char *id = http_answer_member (answer, "client_id");
  g_autofree char *secret = http_answer_member (answer, "client_secret");
  g_autofree char *hash = NULL;
  g_autofree char *record_id = NULL;
  g_autofree char *query = NULL;
  g_autoptr (HttpAnswer) page = NULL;
  const BmaClient *client = NULL;

  g_assert_cmpuint (answer->status, ==, 201);
  g_assert_nonnull (secret);
  hash = bma_text_sha256_hex (secret);
  record_id = bma_client_make_record_id (id);
  client = bma_store_lookup (BMA_STORE (self->http->store), &bma_client_type, record_id);
  g_assert_cmpstr (client->secret_hash, ==, hash);
  /* A look-up does not tell the secret, so it must not forget it. */
  bma_clock_dummy_advance_s (self->http->clock, BMA_STYTCH_CLIENTS_FRESH_S);
  query = http_authorize_query (self->http, id, "");
  page = http_call (self->http, "GET", query, NULL, NULL, NULL);
  g_assert_cmpuint (page->status, ==, 200);
  client = bma_store_lookup (BMA_STORE (self->http->store), &bma_client_type, record_id);
  g_assert_cmpint (client->fetched_at_s, ==,
                   bma_clock_now_s (BMA_CLOCK (self->http->clock)));
  g_assert_cmpstr (client->auth_method, ==, BMA_CLIENT_AUTH_POST);
  g_assert_cmpstr (client->secret_hash, ==, hash);
}

static void
assert_register_fails (Fixture *self,
                       const char *body,
                       unsigned int status,
                       const char *error)
{
  g_autoptr (HttpAnswer) answer = register_client (self, body);
  g_autofree char *told = http_answer_member (answer, "error");

  g_test_message ("%s", answer->body);
  g_assert_cmpuint (answer->status, ==, status);
  g_assert_cmpstr (told, ==, error);
}

static void
test_refusals (Fixture *self, gconstpointer data)
{
  static const char path[] = "/v1/public/" STYTCH_PROJECT_ID "/oauth2/register";
  static const char *const faults[] = { "429", "500", "not-json", "truncated", "nulls" };

  /* Ours, before Stytch is asked. */
  assert_register_fails (self, "{\"redirect_uris\":[\"myapp:/c\"]}", 400,
                         "invalid_redirect_uri");
  assert_register_fails (self,
                         "{" REDIRECTS ",\"token_endpoint_auth_method\":"
                         "\"private_key_jwt\",\"jwks_uri\":\"https://a.example/j\"}",
                         400, "invalid_client_metadata");
  for (size_t i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autofree char *json =
          g_strdup_printf ("{\"path\":\"%s\",\"fault\":\"%s\",\"times\":1}", path,
                           faults[i]);

      sim_switch (&self->sim, "faults", json);
      assert_register_fails (self, "{" REDIRECTS "}", i < 2 || i == 3 ? 503 : 500,
                             i < 2 || i == 3 ? "temporarily_unavailable"
                                             : "server_error");
    }
  sim_switch (&self->sim, "registration", "{\"enabled\":false}");
  assert_register_fails (self, "{" REDIRECTS "}", 500, "server_error");
  {
    g_autoptr (GPtrArray)
        clients = bma_store_list (BMA_STORE (self->http->store), &bma_client_type);

    g_assert_cmpuint (clients->len, ==, 0);
  }
}

static HttpAnswer *
authorize (Fixture *self, const char *id)
{
  g_autofree char *query = http_authorize_query (self->http, id, "");

  return http_call (self->http, "GET", query, NULL, NULL, "Accept", "application/json",
                    NULL);
}

static void
forget (Fixture *self, const char *id)
{
  g_autoptr (BmaChange) change = bma_change_new ();
  g_autofree char *record_id = bma_client_make_record_id (id);

  bma_change_delete (change, &bma_client_type, record_id);
  bma_store_apply_lazily (BMA_STORE (self->http->store), change);
}

/* Registered at Stytch, but not through us. */
static void
test_lookup (Fixture *self, gconstpointer data)
{
  g_autoptr (HttpAnswer) answer = register_client (self, "{" REDIRECTS "}");
  g_autofree char *id = http_answer_member (answer, "client_id");
  g_autofree char *code = NULL;
  g_autoptr (HttpAnswer) tokens = NULL;

  forget (self, id);
  code = http_get_code (self->http, id);
  tokens = http_redeem (self->http, id, code);
  g_assert_cmpuint (tokens->status, ==, 200);
}

static void
assert_unknown (Fixture *self, const char *id, unsigned int status, const char *error)
{
  g_autoptr (HttpAnswer) answer = authorize (self, id);
  g_autofree char *told = http_answer_member (answer, "error");

  g_assert_cmpuint (answer->status, ==, status);
  g_assert_cmpstr (told, ==, error);
  g_assert_null (http_answer_header (answer, "Location"));
}

static void
test_unknown (Fixture *self, gconstpointer data)
{
  g_autoptr (HttpAnswer) answer = register_client (self, "{" REDIRECTS "}");
  g_autofree char *id = http_answer_member (answer, "client_id");
  g_autofree char *json = NULL;
  g_autoptr (HttpAnswer) page = NULL;

  assert_unknown (self, NOBODY, 401, "invalid_client");
  assert_unknown (self, "connected-app-test-a%2Fb", 401, "invalid_client");
  /* Gone at Stytch: found out when what we know is stale. */
  sim_switch (&self->sim, "reset", "{}");
  page = authorize (self, id);
  g_assert_cmpuint (page->status, ==, 200);
  bma_clock_dummy_advance_s (self->http->clock, BMA_STYTCH_CLIENTS_FRESH_S);
  assert_unknown (self, id, 401, "invalid_client");
  /* No secret, no look-up. */
  bma_keyring_dummy_put (self->http->keyring, BMA_KEYRING_KIND_STYTCH_SECRET,
                         STYTCH_PROJECT_ID, "secret-test-wrong");
  bma_clock_dummy_advance_s (self->http->clock, 600);
  assert_unknown (self, id, 500, "server_error");
}

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  program = argv[1];
  ADD ("/stytch-sim/clients/register-there", test_relay);
  ADD ("/stytch-sim/clients/secrets-are-kept-as-hashes", test_confidential);
  ADD ("/stytch-sim/clients/refusals-are-told-in-our-words", test_refusals);
  ADD ("/stytch-sim/clients/are-looked-up-there", test_lookup);
  ADD ("/stytch-sim/clients/unknown-there-is-unknown-here", test_unknown);
  return g_test_run ();
}
