/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-remote-keys.h"

#include <string.h>

#include "bma-clock-dummy.h"
#include "bma-identity-provider.h"
#include "bma-key-cache.h"
#include "oidc-server.h"

#define HOUR_S (60 * 60)
#define DAY_S  (24 * HOUR_S)

typedef struct
{
  OidcServer server;
  BmaClockDummy *clock;
  BmaHttpClient *client;
  BmaKeySource *keys;
  char *jwks_uri;
  BmaKey *old;
  BmaKey *new;
} Fixture;

/* A key set with one or two keys. */
static void
publish (Fixture *self, const char *cache_control, BmaKey *a, BmaKey *b)
{
  g_autoptr (BmaKeyset) keys = bma_keyset_new ();
  g_autofree char *jwks = NULL;

  if (a != NULL)
    bma_keyset_add (keys, a);
  if (b != NULL)
    bma_keyset_add (keys, b);
  jwks = bma_keyset_to_jwks (keys);
  oidc_server_answer (&self->server, "/jwks", 200, cache_control, jwks);
}

static void
fixture_start (Fixture *self)
{
  oidc_server_start (&self->server);
  self->clock = bma_clock_dummy_new ();
  self->client = bma_http_client_new ();
  self->keys =
      BMA_KEY_SOURCE (bma_remote_keys_new (BMA_CLOCK (self->clock), self->client, 2));
  self->jwks_uri = g_strconcat (self->server.server.origin, "/jwks", NULL);
  self->old = bma_key_generate (BMA_ALGORITHM_ES256, NULL);
  self->new = bma_key_generate (BMA_ALGORITHM_ES256, NULL);
  publish (self, "max-age=3600", self->old, NULL);
}

static void
fixture_stop (Fixture *self)
{
  g_assert_cmpuint (G_OBJECT (self->keys)->ref_count, ==, 1);
  g_object_unref (self->keys);
  g_object_unref (self->client);
  g_object_unref (self->clock);
  oidc_server_stop (&self->server);
  g_free (self->jwks_uri);
  bma_key_unref (self->old);
  bma_key_unref (self->new);
}

typedef struct
{
  gboolean is_done;
  gboolean is_loaded;
  GError *error;
} Outcome;

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Outcome *outcome = user_data;

  outcome->is_loaded =
      bma_key_source_load_finish (BMA_KEY_SOURCE (source), result, &outcome->error);
  g_assert_true (outcome->is_loaded == (outcome->error == NULL));
  outcome->is_done = TRUE;
}

static void
await (Outcome *outcome)
{
  while (!outcome->is_done)
    g_main_context_iteration (NULL, TRUE);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static gboolean
load (Fixture *self, const BmaKeyPlace *place)
{
  Outcome outcome = { 0 };

  bma_key_source_load_async (self->keys, place, NULL, on_loaded, &outcome);
  await (&outcome);
  g_clear_error (&outcome.error);
  return outcome.is_loaded;
}

static BmaKeyFinding
find (Fixture *self, BmaKey *key)
{
  const BmaKeyPlace place = { .jwks_uri = self->jwks_uri };
  const BmaKeyset *keys = NULL;
  BmaKeyFinding finding =
      bma_key_source_find (self->keys, &place, bma_key_get_id (key), &keys);

  g_assert_true ((keys != NULL) == (finding == BMA_KEY_FOUND));
  if (keys != NULL)
    g_assert_nonnull (bma_keyset_lookup (keys, bma_key_get_id (key)));
  return finding;
}

/* As a caller does: fetch when that is wanted, then ask again. */
static BmaKeyFinding
use (Fixture *self, BmaKey *key)
{
  const BmaKeyPlace place = { .jwks_uri = self->jwks_uri };

  if (find (self, key) == BMA_KEY_WANTED)
    load (self, &place);
  return find (self, key);
}

static void
test_rotation (void)
{
  Fixture fixture;

  fixture_start (&fixture);
  g_assert_cmpint (find (&fixture, fixture.old), ==, BMA_KEY_WANTED);
  g_assert_cmpint (use (&fixture, fixture.old), ==, BMA_KEY_FOUND);
  /* The floor: an unknown key does not get the server asked again at once. */
  publish (&fixture, "max-age=3600", fixture.old, fixture.new);
  g_assert_cmpint (use (&fixture, fixture.new), ==, BMA_KEY_UNKNOWN);
  g_assert_cmpuint (oidc_server_count (&fixture.server, "GET /jwks"), ==, 1);
  bma_clock_dummy_advance_s (fixture.clock, BMA_KEY_CACHE_FLOOR_S);
  g_assert_cmpint (use (&fixture, fixture.old), ==, BMA_KEY_FOUND);
  g_assert_cmpuint (oidc_server_count (&fixture.server, "GET /jwks"), ==, 1);
  g_assert_cmpint (use (&fixture, fixture.new), ==, BMA_KEY_FOUND);
  g_assert_cmpuint (oidc_server_count (&fixture.server, "GET /jwks"), ==, 2);
  /* What is gone there is gone here, once the set is fetched again. */
  publish (&fixture, "max-age=3600", fixture.new, NULL);
  g_assert_cmpint (use (&fixture, fixture.old), ==, BMA_KEY_FOUND);
  bma_clock_dummy_advance_s (fixture.clock, HOUR_S);
  g_assert_cmpint (use (&fixture, fixture.old), ==, BMA_KEY_UNKNOWN);
  g_assert_cmpint (use (&fixture, fixture.new), ==, BMA_KEY_FOUND);
  fixture_stop (&fixture);
}

static void
test_freshness (void)
{
  static const struct
  {
    const char *cache_control;
    int64_t fresh_s;
  } cases[] = {
    { NULL, HOUR_S },         { "max-age=0", 300 },       { "no-store", 300 },
    { "max-age=7200", 7200 }, { "max-age=86400", DAY_S }, { "max-age=9999999", DAY_S },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Fixture fixture;

      fixture_start (&fixture);
      publish (&fixture, cases[i].cache_control, fixture.old, NULL);
      g_assert_cmpint (use (&fixture, fixture.old), ==, BMA_KEY_FOUND);
      bma_clock_dummy_advance_s (fixture.clock, cases[i].fresh_s - 1);
      g_assert_cmpint (find (&fixture, fixture.old), ==, BMA_KEY_FOUND);
      bma_clock_dummy_advance_s (fixture.clock, 1);
      g_assert_cmpint (find (&fixture, fixture.old), ==, BMA_KEY_WANTED);
      fixture_stop (&fixture);
    }
}

/* Known keys go on for a day; unknown ones are not refused, nobody can tell. */
static void
test_outage (void)
{
  Fixture fixture;
  const BmaKeyPlace place = { .jwks_uri = NULL };
  BmaKeyPlace here = place;

  fixture_start (&fixture);
  here.jwks_uri = fixture.jwks_uri;
  g_assert_cmpint (use (&fixture, fixture.old), ==, BMA_KEY_FOUND);
  oidc_server_answer (&fixture.server, "/jwks", 503, NULL, "");
  bma_clock_dummy_advance_s (fixture.clock, HOUR_S);
  g_assert_cmpint (find (&fixture, fixture.old), ==, BMA_KEY_WANTED);
  g_assert_cmpint (use (&fixture, fixture.old), ==, BMA_KEY_FOUND);
  g_assert_cmpint (use (&fixture, fixture.new), ==, BMA_KEY_UNREACHABLE);
  g_assert_cmpint (bma_key_source_get_retry_after_s (fixture.keys, &here), ==,
                   BMA_KEY_CACHE_FIRST_RETRY_S);
  g_assert_cmpuint (oidc_server_count (&fixture.server, "GET /jwks"), ==, 2);
  bma_clock_dummy_advance_s (fixture.clock, DAY_S - 1);
  g_assert_cmpint (use (&fixture, fixture.old), ==, BMA_KEY_FOUND);
  bma_clock_dummy_advance_s (fixture.clock, DAY_S);
  g_assert_cmpint (use (&fixture, fixture.old), ==, BMA_KEY_UNREACHABLE);
  /* And it heals. */
  publish (&fixture, NULL, fixture.old, NULL);
  bma_clock_dummy_advance_s (fixture.clock, BMA_KEY_CACHE_FLOOR_S);
  g_assert_cmpint (use (&fixture, fixture.old), ==, BMA_KEY_FOUND);
  g_assert_cmpint (use (&fixture, fixture.new), ==, BMA_KEY_UNKNOWN);
  fixture_stop (&fixture);
}

/* The network is there again: what failed, or is due soon, is fetched before anybody
 * waits. */
static void
test_early (void)
{
  Fixture fixture;

  fixture_start (&fixture);
  g_assert_cmpint (use (&fixture, fixture.old), ==, BMA_KEY_FOUND);
  bma_key_source_refresh_early (fixture.keys);
  bma_clock_dummy_advance_s (fixture.clock, HOUR_S - BMA_KEY_CACHE_EARLY_S - 1);
  bma_key_source_refresh_early (fixture.keys);
  g_assert_cmpuint (oidc_server_count (&fixture.server, "GET /jwks"), ==, 1);
  bma_clock_dummy_advance_s (fixture.clock, 1);
  oidc_server_answer (&fixture.server, "/jwks", 503, NULL, "");
  bma_key_source_refresh_early (fixture.keys);
  while (oidc_server_count (&fixture.server, "GET /jwks") < 2 ||
         G_OBJECT (fixture.keys)->ref_count > 1)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (find (&fixture, fixture.old), ==, BMA_KEY_FOUND);
  publish (&fixture, NULL, fixture.new, NULL);
  bma_key_source_refresh_early (fixture.keys);
  while (G_OBJECT (fixture.keys)->ref_count > 1)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (find (&fixture, fixture.new), ==, BMA_KEY_FOUND);
  g_assert_cmpuint (oidc_server_count (&fixture.server, "GET /jwks"), ==, 3);
  fixture_stop (&fixture);
}

static void
test_retries (void)
{
  static const int64_t expected_s[] = { 5, 7, 15, 30, 60, 60, 60 };
  BmaKeyCache cache;
  int64_t now_s = BMA_CLOCK_DUMMY_START_S;

  bma_key_cache_init (&cache);
  g_assert_cmpint (bma_key_cache_find (&cache, "k", now_s), ==, BMA_KEY_WANTED);
  for (size_t i = 0; i < G_N_ELEMENTS (expected_s); i++)
    {
      bma_key_cache_fail (&cache, now_s);
      g_assert_cmpint (bma_key_cache_find (&cache, "k", now_s), ==, BMA_KEY_UNREACHABLE);
      g_assert_cmpint (bma_key_cache_get_retry_after_s (&cache, now_s), ==,
                       expected_s[i]);
      now_s += expected_s[i];
      g_assert_cmpint (bma_key_cache_find (&cache, "k", now_s - 1), ==,
                       BMA_KEY_UNREACHABLE);
      g_assert_cmpint (bma_key_cache_find (&cache, "k", now_s), ==, BMA_KEY_WANTED);
    }
  /* A clock that was set back does not make it wait for ever. */
  g_assert_cmpint (bma_key_cache_find (&cache, "k", now_s - DAY_S), ==, BMA_KEY_WANTED);
  bma_key_cache_clear (&cache);
}

static void
test_one_fetch (void)
{
  Fixture fixture;
  Outcome outcomes[5] = { { 0 } };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  BmaKeyPlace place = { NULL, NULL };

  fixture_start (&fixture);
  place.jwks_uri = fixture.jwks_uri;
  fixture.server.holds = TRUE;
  for (size_t i = 0; i < G_N_ELEMENTS (outcomes); i++)
    bma_key_source_load_async (fixture.keys, &place, i == 0 ? cancellable : NULL,
                               on_loaded, &outcomes[i]);
  while (fixture.server.held->len == 0)
    g_main_context_iteration (NULL, TRUE);
  /* The one who started it leaves; the others get their answer. */
  g_cancellable_cancel (cancellable);
  oidc_server_release (&fixture.server);
  for (size_t i = 0; i < G_N_ELEMENTS (outcomes); i++)
    await (&outcomes[i]);
  g_assert_error (outcomes[0].error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&outcomes[0].error);
  for (size_t i = 1; i < G_N_ELEMENTS (outcomes); i++)
    g_assert_true (outcomes[i].is_loaded);
  g_assert_cmpuint (oidc_server_count (&fixture.server, "GET /jwks"), ==, 1);
  fixture_stop (&fixture);
}

static void
test_bad_answers (void)
{
  static const struct
  {
    unsigned int status;
    const char *body;
  } cases[] = {
    { 500, "" },
    { 404, "" },
    { 302, "" },
    { 200, "" },
    { 200, "x" },
    { 200, "{}" },
    { 200, "{\"keys\":{}}" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Fixture fixture;

      fixture_start (&fixture);
      oidc_server_answer (&fixture.server, "/jwks", cases[i].status, NULL, cases[i].body);
      g_assert_cmpint (use (&fixture, fixture.old), ==, BMA_KEY_UNREACHABLE);
      fixture_stop (&fixture);
    }
}

/* Of a mixed set only what can verify ES256 and RS256 is taken. */
static void
test_mixed_set (void)
{
  g_autofree char *jwks = NULL;
  Fixture fixture;

  fixture_start (&fixture);
  jwks = g_strdup_printf (
      "{\"keys\":[{\"kty\":\"oct\",\"kid\":\"%s\",\"k\":\"AAAA\"},{\"kty\":\"OKP\","
      "\"crv\":\"Ed25519\",\"kid\":\"x\",\"x\":\"AAAA\"},17,{},%s],\"status_code\":200}",
      bma_key_get_id (fixture.old), bma_key_get_public_jwk (fixture.new));
  oidc_server_answer (&fixture.server, "/jwks", 200, NULL, jwks);
  g_assert_cmpint (use (&fixture, fixture.new), ==, BMA_KEY_FOUND);
  g_assert_cmpint (use (&fixture, fixture.old), ==, BMA_KEY_UNKNOWN);
  fixture_stop (&fixture);
}

static void
publish_document (Fixture *self, const char *path, const char *issuer)
{
  g_autofree char *body =
      g_strdup_printf ("{\"issuer\":\"%s\",\"jwks_uri\":\"%s\"}", issuer, self->jwks_uri);

  oidc_server_answer (&self->server, path, 200, NULL, body);
}

static void
test_by_issuer (void)
{
  const BmaKeyset *keys = NULL;
  BmaKeyPlace place = { NULL, NULL };
  Fixture fixture;

  fixture_start (&fixture);
  place.issuer = fixture.server.server.origin;
  g_assert_false (load (&fixture, &place));
  g_assert_cmpuint (oidc_server_count (&fixture.server,
                                       "GET /.well-known/openid-configuration"),
                    ==, 1);
  publish_document (&fixture, "/.well-known/oauth-authorization-server",
                    "https://evil.example");
  g_assert_false (load (&fixture, &place));
  publish_document (&fixture, "/.well-known/oauth-authorization-server", place.issuer);
  g_assert_true (load (&fixture, &place));
  g_assert_cmpint (bma_key_source_find (fixture.keys, &place,
                                        bma_key_get_id (fixture.old), &keys),
                   ==, BMA_KEY_FOUND);
  /* The document is known now; only the keys are fetched. */
  g_string_truncate (fixture.server.seen, 0);
  g_assert_true (load (&fixture, &place));
  g_assert_cmpstr (fixture.server.seen->str, ==, "GET /jwks\n");
  /* Keys that cannot be fetched may have moved. */
  oidc_server_answer (&fixture.server, "/jwks", 404, NULL, "");
  g_assert_false (load (&fixture, &place));
  publish_document (&fixture, "/.well-known/openid-configuration", place.issuer);
  publish (&fixture, NULL, fixture.new, NULL);
  g_assert_true (load (&fixture, &place));
  g_assert_cmpuint (oidc_server_count (&fixture.server,
                                       "GET /.well-known/openid-configuration"),
                    ==, 1);
  fixture_stop (&fixture);
}

static void
test_bounded (void)
{
  Fixture fixture;
  const BmaKeyset *keys = NULL;

  fixture_start (&fixture);
  g_assert_cmpint (use (&fixture, fixture.old), ==, BMA_KEY_FOUND);
  for (int i = 0; i < 5; i++)
    {
      g_autofree char *uri = g_strdup_printf ("%s?%d", fixture.jwks_uri, i);
      BmaKeyPlace place = { NULL, uri };

      bma_clock_dummy_advance_s (fixture.clock, 1);
      g_assert_true (load (&fixture, &place));
      g_assert_cmpint (bma_key_source_find (fixture.keys, &place,
                                            bma_key_get_id (fixture.old), &keys),
                       ==, BMA_KEY_FOUND);
    }
  g_assert_cmpint (find (&fixture, fixture.old), ==, BMA_KEY_WANTED);
  fixture_stop (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  /* Failures are logged as warnings, which would end the test. */
  g_log_set_always_fatal (G_LOG_FATAL_MASK);
  g_test_add_func ("/oidc/remote-keys/keys-rotate-within-the-floor", test_rotation);
  g_test_add_func ("/oidc/remote-keys/cache-control-is-bounded", test_freshness);
  g_test_add_func ("/oidc/remote-keys/old-keys-survive-an-outage", test_outage);
  g_test_add_func ("/oidc/remote-keys/are-fetched-early-on-occasion", test_early);
  g_test_add_func ("/oidc/remote-keys/failures-are-retried-ever-later", test_retries);
  g_test_add_func ("/oidc/remote-keys/one-fetch-for-all-who-wait", test_one_fetch);
  g_test_add_func ("/oidc/remote-keys/bad-answers-are-failures", test_bad_answers);
  g_test_add_func ("/oidc/remote-keys/keys-of-other-kinds-are-ignored", test_mixed_set);
  g_test_add_func ("/oidc/remote-keys/finds-keys-by-issuer", test_by_issuer);
  g_test_add_func ("/oidc/remote-keys/memory-is-bounded", test_bounded);
  return g_test_run ();
}
