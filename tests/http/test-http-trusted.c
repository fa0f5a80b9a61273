/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Tokens of trusted issuers at /mcp. */

#include "http-fixture.h"

#include <string.h>

#include "bma-jws.h"
#include "bma-key-source-dummy.h"

#define ISSUER  "https://idp.example"
#define PROJECT "project-test-1"
#define STYTCH  "stytch.com/" PROJECT
#define API     "https://test.stytch.com"
#define JWKS    API "/v1/sessions/jwks/" PROJECT
#define NOW     BMA_CLOCK_DUMMY_START_S
#define SESSION ",\"https://stytch.com/session\":{\"id\":\"session-test-1\"}"

typedef struct
{
  HttpFixture *http;
  BmaKeySourceDummy *keys;
  BmaKey *key;
  BmaKey *other;
} Trusted;

/* Making one takes a while. */
static BmaKey *rs256_key = NULL;

static void
trusted_start (Trusted *self)
{
  self->http = http_fixture_new (NULL);
  self->keys = bma_key_source_dummy_new ();
  if (rs256_key == NULL)
    rs256_key = bma_key_generate (BMA_ALGORITHM_RS256, NULL);
  self->key = bma_key_ref (rs256_key);
  self->other = bma_key_generate (BMA_ALGORITHM_ES256, NULL);
  g_strfreev (self->http->config->trusted_issuers);
  self->http->config->trusted_issuers = g_strsplit ("stytch " ISSUER, " ", -1);
  self->http->config->stytch_project_id = g_strdup (PROJECT);
  self->http->config->stytch_api_url = g_strdup (API);
  bma_broker_set_trusted_keys (self->http->broker, BMA_KEY_SOURCE (self->keys));
  bma_key_source_dummy_publish (self->keys, ISSUER, self->key);
  bma_key_source_dummy_publish (self->keys, JWKS, self->key);
}

static void
trusted_stop (Trusted *self)
{
  http_fixture_free (self->http);
  g_object_unref (self->keys);
  bma_key_unref (self->key);
  bma_key_unref (self->other);
}

static HttpAnswer *
call (Trusted *self, const BmaSecret *token)
{
  g_autofree char *bearer = g_strconcat ("Bearer ", bma_secret_peek (token), NULL);

  return http_call (self->http, "POST", "/mcp", "application/json", "{}", "Authorization",
                    bearer, NULL);
}

/* @claims: members of the payload; RESOURCE stands for our URL. */
static HttpAnswer *
call_with (Trusted *self, BmaKey *key, const char *typ, const char *claims)
{
  g_auto (GStrv) parts = g_strsplit (claims, "RESOURCE", -1);
  g_autofree char *inner = g_strjoinv (self->http->config->resources[0], parts);
  g_autofree char *payload = g_strconcat ("{", inner, "}", NULL);
  g_autoptr (BmaSecret) token = bma_jws_sign (key, typ, payload, NULL);

  return call (self, token);
}

#define TIMES "\"iat\":1767225600,\"exp\":1767225900"
#define GOOD                                                                             \
  "\"iss\":\"" ISSUER "\",\"sub\":\"ada\",\"aud\":\"RESOURCE\",\"scope\":\"mcp "         \
  "x\"," TIMES
#define GOOD_STYTCH                                                                      \
  "\"iss\":\"" STYTCH "\",\"sub\":\"user-test-1\",\"aud\":[\"" PROJECT                   \
  "\"],\"nbf\":1767225600," TIMES

static void
test_accepted (void)
{
  static const struct
  {
    const char *typ;
    const char *claims;
  } cases[] = {
    { "at+jwt", GOOD },
    { "application/AT+JWT", GOOD },
    { "JWT", GOOD },
    { "at+jwt",
      "\"iss\":\"" ISSUER "\",\"sub\":\"ada\",\"aud\":[\"x\",\"RESOURCE\"],\"scp\":"
      "[\"mcp\"]," TIMES },
    { "at+jwt", "\"iss\":\"" ISSUER "\",\"sub\":\"ada\",\"aud\":\"RESOURCE\",\"scp\":"
                "\"mcp y\",\"client_id\":\"c\"," TIMES },
    /* A Stytch session, by project and by domain; a Connected Apps token. */
    { "JWT", GOOD_STYTCH SESSION },
    { "JWT", "\"iss\":\"" API "\",\"sub\":\"user-test-1\",\"aud\":[\"" PROJECT
             "\"]," TIMES SESSION },
    { "JWT", GOOD_STYTCH ",\"scope\":\"openid mcp\",\"client_id\":\"connected-app\"" },
  };
  Trusted trusted;

  trusted_start (&trusted);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (HttpAnswer)
          answer = call_with (&trusted, trusted.key, cases[i].typ, cases[i].claims);

      g_test_message ("%s %s", cases[i].typ, cases[i].claims);
      g_assert_cmpuint (answer->status, ==, 202);
      /* The MCP server never sees it. */
      g_assert_null (strstr (trusted.http->upstream_seen, "Authorization"));
    }
  /* One fetch for each of the two issuers. */
  g_assert_cmpuint (bma_key_source_dummy_get_n_loads (trusted.keys), ==, 2);
  trusted_stop (&trusted);
}

static void
test_refused (void)
{
  static const struct
  {
    const char *typ;
    const char *claims;
    unsigned int status;
  } cases[] = {
    { "JWT", "\"iss\":\"https://evil.example\",\"sub\":\"a\",\"aud\":\"RESOURCE\"", 401 },
    { "at+jwt",
      "\"iss\":\"" ISSUER
      "/\",\"sub\":\"a\",\"aud\":\"RESOURCE\",\"scope\":\"mcp\"," TIMES,
      401 },
    { "at+jwt",
      "\"iss\":\"" ISSUER "\",\"sub\":\"a\",\"aud\":\"https://other.example/mcp\","
      "\"scope\":\"mcp\"," TIMES,
      401 },
    { "at+jwt", "\"iss\":\"" ISSUER "\",\"sub\":\"a\",\"scope\":\"mcp\"," TIMES, 401 },
    /* The audience of the project is Stytch's alone. */
    { "at+jwt",
      "\"iss\":\"" ISSUER "\",\"sub\":\"a\",\"aud\":\"" PROJECT
      "\",\"scope\":\"mcp\"," TIMES,
      401 },
    { "at+jwt", "\"iss\":\"" ISSUER "\",\"sub\":\"a\",\"aud\":\"RESOURCE\"," TIMES, 401 },
    { "at+jwt",
      "\"iss\":\"" ISSUER "\",\"sub\":\"a\",\"aud\":\"RESOURCE\"," TIMES SESSION, 401 },
    { "at+jwt",
      "\"iss\":\"" ISSUER "\",\"sub\":\"a\",\"aud\":\"RESOURCE\",\"scope\":[\"mcp\"],"
      "\"scp\":\"mcp\"," TIMES,
      401 },
    { "at+jwt", "\"iss\":\"" ISSUER "\",\"aud\":\"RESOURCE\",\"scope\":\"mcp\"," TIMES,
      401 },
    { "at+jwt",
      "\"iss\":\"" ISSUER "\",\"sub\":\"\",\"aud\":\"RESOURCE\",\"scope\":\"mcp\"," TIMES,
      401 },
    { "at+jwt",
      "\"iss\":\"" ISSUER "\",\"sub\":\"a\",\"aud\":\"RESOURCE\",\"scope\":\"mcp\","
      "\"iat\":1767225000,\"exp\":1767225600",
      401 },
    { "at+jwt",
      "\"iss\":\"" ISSUER "\",\"sub\":\"a\",\"aud\":\"RESOURCE\",\"scope\":\"mcp\","
      "\"exp\":1767225900",
      401 },
    { "at+jwt", GOOD ",\"nbf\":1767225700", 401 },
    { "at+jwt", GOOD ",\"cnf\":{\"jkt\":\"x\"}", 401 },
    { "JWT", GOOD ",\"nonce\":\"n\"", 401 },
    { "JWT", GOOD ",\"at_hash\":\"n\"", 401 },
    { "logout+jwt", GOOD, 401 },
    { "dpop+jwt", GOOD, 401 },
    { "at+jwt",
      "\"iss\":\"" ISSUER "\",\"sub\":\"a\",\"aud\":\"RESOURCE\",\"scope\":\"x\"," TIMES,
      403 },
    { "at+jwt",
      "\"iss\":\"" ISSUER "\",\"sub\":\"a\",\"aud\":\"RESOURCE\",\"scope\":\"\"," TIMES,
      403 },
    { "JWT", GOOD_STYTCH, 401 },
    { "JWT", GOOD_STYTCH SESSION ",\"scope\":\"openid\"", 403 },
    { "JWT", GOOD_STYTCH ",\"https://stytch.com/session\":true", 401 },
    { "JWT",
      "\"iss\":\"stytch.com/project-test-2\",\"sub\":\"u\",\"aud\":[\"" PROJECT
      "\"]," TIMES SESSION,
      401 },
    { "JWT",
      "\"iss\":\"" STYTCH "\",\"sub\":\"u\",\"aud\":[\"project-test-2\"]," TIMES SESSION,
      401 },
    { "JWT",
      "\"iss\":\"" STYTCH "\",\"sub\":\"u\",\"aud\":[\"connected-app-test-1\"],"
      "\"nonce\":\"n\"," TIMES,
      401 },
  };
  Trusted trusted;

  trusted_start (&trusted);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (HttpAnswer)
          answer = call_with (&trusted, trusted.key, cases[i].typ, cases[i].claims);

      g_test_message ("%s %s", cases[i].typ, cases[i].claims);
      g_assert_cmpuint (answer->status, ==, cases[i].status);
      g_assert_nonnull (http_answer_header (answer, "WWW-Authenticate"));
    }
  g_assert_null (trusted.http->upstream_seen);
  trusted_stop (&trusted);
}

/* The signature decides, and the key its algorithm. */
static void
test_forged (void)
{
  g_autoptr (HttpAnswer) unknown = NULL;
  g_autoptr (HttpAnswer) crossed = NULL;
  g_autoptr (HttpAnswer) none = NULL;
  g_autoptr (BmaSecret) unsigned_token = NULL;
  Trusted trusted;

  trusted_start (&trusted);
  /* Published by Stytch only. */
  bma_key_source_dummy_publish (trusted.keys, JWKS, trusted.other);
  unknown = call_with (&trusted, trusted.other, "at+jwt", GOOD);
  g_assert_cmpuint (unknown->status, ==, 401);
  crossed = call_with (&trusted, trusted.key, "JWT", GOOD_STYTCH SESSION);
  g_assert_cmpuint (crossed->status, ==, 401);
  /* {"alg":"none","kid":"x","typ":"at+jwt"} of the trusted issuer */
  unsigned_token = bma_secret_new ("eyJhbGciOiJub25lIiwia2lkIjoieCIsInR5cCI6ImF0K2p3dCJ9."
                                   "eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlIn0.");
  none = call (&trusted, unsigned_token);
  g_assert_cmpuint (none->status, ==, 401);
  trusted_stop (&trusted);
}

static void
test_not_trusted (void)
{
  g_autoptr (HttpAnswer) answer = NULL;
  Trusted trusted;

  trusted_start (&trusted);
  g_strfreev (trusted.http->config->trusted_issuers);
  trusted.http->config->trusted_issuers = g_new0 (char *, 1);
  answer = call_with (&trusted, trusted.key, "at+jwt", GOOD);
  g_assert_cmpuint (answer->status, ==, 401);
  g_assert_cmpuint (bma_key_source_dummy_get_n_loads (trusted.keys), ==, 0);
  trusted_stop (&trusted);
}

/* Naming ourselves does not get around grants and revocation. */
static void
test_ourselves (void)
{
  g_autoptr (HttpAnswer) answer = NULL;
  g_autofree char *claims = NULL;
  Trusted trusted;

  trusted_start (&trusted);
  g_strfreev (trusted.http->config->trusted_issuers);
  trusted.http->config->trusted_issuers = g_strsplit (trusted.http->origin, " ", -1);
  bma_key_source_dummy_publish (trusted.keys, trusted.http->origin, trusted.key);
  claims = g_strdup_printf ("\"iss\":\"%s\",\"sub\":\"a\",\"aud\":\"RESOURCE\",\"scope\":"
                            "\"mcp\"," TIMES,
                            trusted.http->origin);
  answer = call_with (&trusted, trusted.key, "at+jwt", claims);
  g_assert_cmpuint (answer->status, ==, 401);
  g_assert_cmpuint (bma_key_source_dummy_get_n_loads (trusted.keys), ==, 0);
  trusted_stop (&trusted);
}

static void
test_down (void)
{
  g_autoptr (HttpAnswer) down = NULL;
  g_autoptr (HttpAnswer) still = NULL;
  g_autoptr (HttpAnswer) up = NULL;
  Trusted trusted;

  trusted_start (&trusted);
  bma_key_source_dummy_set_down (trusted.keys, TRUE);
  down = call_with (&trusted, trusted.key, "at+jwt", GOOD);
  g_assert_cmpuint (down->status, ==, 503);
  g_assert_cmpstr (http_answer_header (down, "Retry-After"), ==, "17");
  g_assert_null (http_answer_header (down, "WWW-Authenticate"));
  still = call_with (&trusted, trusted.key, "at+jwt", GOOD);
  g_assert_cmpuint (still->status, ==, 503);
  g_assert_cmpuint (bma_key_source_dummy_get_n_loads (trusted.keys), ==, 1);
  bma_key_source_dummy_set_down (trusted.keys, FALSE);
  bma_key_source_dummy_expire (trusted.keys);
  up = call_with (&trusted, trusted.key, "at+jwt", GOOD);
  g_assert_cmpuint (up->status, ==, 202);
  trusted_stop (&trusted);
}

/* A key that its issuer takes back takes remembered tokens with it; so does time. */
static void
test_withdrawn (void)
{
  g_autoptr (HttpAnswer) first = NULL;
  g_autoptr (HttpAnswer) again = NULL;
  g_autoptr (HttpAnswer) withdrawn = NULL;
  g_autoptr (HttpAnswer) newer = NULL;
  g_autoptr (HttpAnswer) late = NULL;
  Trusted trusted;

  trusted_start (&trusted);
  first = call_with (&trusted, trusted.key, "at+jwt", GOOD);
  again = call_with (&trusted, trusted.key, "at+jwt", GOOD);
  g_assert_cmpuint (first->status, ==, 202);
  g_assert_cmpuint (again->status, ==, 202);
  bma_key_source_dummy_publish (trusted.keys, ISSUER, trusted.other);
  bma_key_source_dummy_expire (trusted.keys);
  withdrawn = call_with (&trusted, trusted.key, "at+jwt", GOOD);
  g_assert_cmpuint (withdrawn->status, ==, 401);
  newer = call_with (&trusted, trusted.other, "at+jwt", GOOD);
  g_assert_cmpuint (newer->status, ==, 202);
  bma_clock_dummy_advance_s (trusted.http->clock, 300);
  late = call_with (&trusted, trusted.other, "at+jwt", GOOD);
  g_assert_cmpuint (late->status, ==, 401);
  trusted_stop (&trusted);
}

/* Sessions of the MCP server belong to issuer, person and client. */
static void
test_sessions (void)
{
  g_autoptr (HttpAnswer) first = NULL;
  g_autoptr (HttpAnswer) other = NULL;
  g_autoptr (BmaSecret) eve = NULL;
  g_autofree char *payload = NULL;
  g_autofree char *bearer = NULL;
  Trusted trusted;

  trusted_start (&trusted);
  first = call_with (&trusted, trusted.key, "at+jwt", GOOD);
  g_assert_cmpuint (first->status, ==, 202);
  g_assert_cmpstr (http_answer_header (first, "Mcp-Session-Id"), ==, "session-1");
  payload = g_strdup_printf ("{\"iss\":\"" ISSUER "\",\"sub\":\"eve\",\"aud\":\"%s\","
                             "\"scope\":\"mcp\"," TIMES "}",
                             trusted.http->config->resources[0]);
  eve = bma_jws_sign (trusted.key, "at+jwt", payload, NULL);
  bearer = g_strconcat ("Bearer ", bma_secret_peek (eve), NULL);
  other = http_call (trusted.http, "POST", "/mcp", "application/json", "{}",
                     "Authorization", bearer, "Mcp-Session-Id", "session-1", NULL);
  g_assert_cmpuint (other->status, ==, 403);
  trusted_stop (&trusted);
}

static void
on_diagnosed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GVariant **) user_data =
      bma_broker_diagnose_finish (BMA_BROKER (source), result, NULL);
}

static char *
find_level (GVariant *findings, const char *issuer)
{
  GVariantIter iter;
  const char *level = NULL;
  const char *check = NULL;
  const char *what = NULL;

  g_variant_iter_init (&iter, findings);
  while (g_variant_iter_next (&iter, "(&s&s&s&s)", &level, &check, &what, NULL))
    if (g_str_equal (check, "trusted-issuer") && strstr (what, issuer) != NULL)
      return g_strdup (level);
  return NULL;
}

static void
test_doctor (void)
{
  static const gboolean down[] = { FALSE, TRUE };

  for (size_t i = 0; i < G_N_ELEMENTS (down); i++)
    {
      g_autoptr (GVariant) findings = NULL;
      g_autofree char *of_stytch = NULL;
      g_autofree char *of_issuer = NULL;
      Trusted trusted;

      trusted_start (&trusted);
      bma_key_source_dummy_set_down (trusted.keys, down[i]);
      bma_broker_diagnose_async (trusted.http->broker, NULL, on_diagnosed, &findings);
      while (findings == NULL)
        g_main_context_iteration (NULL, TRUE);
      of_stytch = find_level (findings, "issuer stytch");
      of_issuer = find_level (findings, "issuer " ISSUER);
      g_assert_cmpstr (of_stytch, ==, down[i] ? "error" : "ok");
      g_assert_cmpstr (of_issuer, ==, down[i] ? "error" : "ok");
      trusted_stop (&trusted);
    }
}

int
main (int argc, char **argv)
{
  int status = 0;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http/trusted/takes-good-tokens-of-others", test_accepted);
  g_test_add_func ("/http/trusted/refuses-all-others", test_refused);
  g_test_add_func ("/http/trusted/refuses-forged-tokens", test_forged);
  g_test_add_func ("/http/trusted/nobody-is-trusted-by-default", test_not_trusted);
  g_test_add_func ("/http/trusted/we-are-no-trusted-issuer", test_ourselves);
  g_test_add_func ("/http/trusted/keys-that-are-down-are-no-refusal", test_down);
  g_test_add_func ("/http/trusted/a-withdrawn-key-ends-its-tokens", test_withdrawn);
  g_test_add_func ("/http/trusted/sessions-belong-to-their-holder", test_sessions);
  g_test_add_func ("/http/trusted/doctor-tells-of-each-issuer", test_doctor);
  status = g_test_run ();
  g_clear_pointer (&rs256_key, bma_key_unref);
  return status;
}
