/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>

#include "bma-clock-dummy.h"
#include "bma-entropy-dummy.h"
#include "bma-served-run.h"
#include "bma-served.h"

typedef struct
{
  BmaClockDummy *clock;
  BmaEntropyDummy *entropy;
  BmaUpstream *upstream;
  char *folder;
} Fixture;

static Fixture *
fixture_new (const char *arguments)
{
  Fixture *self = g_new0 (Fixture, 1);
  g_autoptr (BmaConfig) config = bma_config_new ();
  BmaUpstreamParts parts = { .keeper = g_getenv ("BMA_KEEPER") };

  self->clock = bma_clock_dummy_new ();
  self->entropy = bma_entropy_dummy_new ();
  self->folder = g_dir_make_tmp ("bma-served-XXXXXX", NULL);
  config->command = g_strdup_printf ("'%s' %s", g_getenv ("BMA_STDIO_SERVER"), arguments);
  parts.clock = BMA_CLOCK (self->clock);
  parts.entropy = BMA_ENTROPY (self->entropy);
  parts.runtime_folder = self->folder;
  self->upstream = bma_upstream_new (config, &parts);
  return self;
}

static void
fixture_free (Fixture *self)
{
  bma_upstream_stop (self->upstream, "the test is over");
  g_assert_finalize_object (self->upstream);
  g_assert_finalize_object (self->clock);
  g_object_unref (self->entropy);
  /* Nothing is left in it. */
  g_assert_cmpint (g_rmdir (self->folder), ==, 0);
  g_free (self->folder);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

static void
keep_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static BmaServedPlace *
await_place (Fixture *self, GAsyncResult **result, GError **error)
{
  g_autoptr (GAsyncResult) kept = NULL;

  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  kept = g_steal_pointer (result);
  return bma_upstream_reach_finish (self->upstream, kept, error);
}

static BmaServedPlace *
reach (Fixture *self, GError **error)
{
  GAsyncResult *result = NULL;

  bma_upstream_reach_async (self->upstream, NULL, keep_result, &result);
  return await_place (self, &result, error);
}

static void
test_one_start (void)
{
  g_autoptr (Fixture) fixture = fixture_new ("listen {port} {secret-file}");
  g_autoptr (BmaServedPlace) first = NULL;
  g_autoptr (BmaServedPlace) second = NULL;
  GAsyncResult *results[2] = { NULL };

  g_assert_false (bma_upstream_is_stdio (fixture->upstream));
  for (size_t i = 0; i < G_N_ELEMENTS (results); i++)
    bma_upstream_reach_async (fixture->upstream, NULL, keep_result, &results[i]);
  g_assert_cmpstr (bma_upstream_get_state (fixture->upstream), ==, "starting");
  first = await_place (fixture, &results[0], NULL);
  second = await_place (fixture, &results[1], NULL);
  g_assert_cmpstr (bma_upstream_get_state (fixture->upstream), ==, "running");
  g_assert_cmpstr (first->address, ==, second->address);
  g_assert_true (g_str_has_prefix (first->address, "http://127.0.0.1:"));
  g_assert_true (g_str_has_suffix (first->address, "/mcp"));
  g_assert_null (first->socket);
  g_assert_cmpuint (bma_secret_get_size (first->secret), >=, 32);
}

static void
test_idle (void)
{
  g_autoptr (Fixture) fixture = fixture_new ("listen {port}");
  BmaServedPlace *place = reach (fixture, NULL);

  g_assert_null (place->secret);
  bma_clock_dummy_advance_s (fixture->clock, 1000);
  bma_upstream_check (fixture->upstream);
  g_assert_true (bma_upstream_is_busy (fixture->upstream));
  bma_served_place_free (place);
  bma_clock_dummy_advance_s (fixture->clock, 299);
  bma_upstream_check (fixture->upstream);
  g_assert_true (bma_upstream_is_busy (fixture->upstream));
  bma_clock_dummy_advance_s (fixture->clock, 1);
  bma_upstream_check (fixture->upstream);
  g_assert_false (bma_upstream_is_busy (fixture->upstream));
  g_assert_cmpstr (bma_upstream_get_state (fixture->upstream), ==, "stopped");
  /* It is there again when somebody needs it. */
  bma_served_place_free (reach (fixture, NULL));
}

static void
test_failure (void)
{
  g_autoptr (Fixture) fixture = fixture_new ("crash {port}");
  g_autoptr (GError) error = NULL;

  g_assert_null (reach (fixture, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "no database"));
  g_assert_cmpstr (bma_upstream_get_state (fixture->upstream), ==, "failed");
  g_clear_error (&error);
  g_assert_null (reach (fixture, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
  bma_clock_dummy_advance_s (fixture->clock, 1);
  g_clear_error (&error);
  g_assert_null (reach (fixture, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
  g_assert_cmpint (bma_upstream_get_wait_s (fixture->upstream), ==, 2);
}

static BmaServedRun *
make_run (Fixture *self, const char *word, const char *address)
{
  const char *const words[] = { "server", word, NULL };
  const BmaServedRunParts parts = { BMA_ENTROPY (self->entropy), self->folder, words,
                                    address };
  BmaServedRun *run = bma_served_run_new (&parts, NULL);

  g_assert_nonnull (run);
  return run;
}

static void
test_run (void)
{
  g_autoptr (Fixture) fixture = fixture_new ("listen {port}");
  g_autoptr (BmaServedRun)
      run = make_run (fixture, "{socket}", "http://127.0.0.1:8080/a/mcp?b=c");
  g_autoptr (BmaServedRun) other = make_run (fixture, "{socket}", "http://[::1]:1/");
  g_autoptr (BmaServedRun) fixed = make_run (fixture, "-", "http://[::1]:1/mcp");

  g_assert_cmpstr (run->address, ==, "http://localhost/a/mcp?b=c");
  g_assert_cmpstr (g_unix_socket_address_get_path (G_UNIX_SOCKET_ADDRESS (run->socket)),
                   ==, run->words[1]);
  g_assert_true (g_str_has_prefix (run->words[1], fixture->folder));
  g_assert_cmpstr (other->address, ==, "http://localhost/");
  g_assert_cmpstr (other->words[1], !=, run->words[1]);
  g_assert_cmpstr (fixed->address, ==, "http://[::1]:1/mcp");
  g_assert_null (fixed->socket);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/upstream/served/one-start-for-all", test_one_start);
  g_test_add_func ("/upstream/served/idle-ones-stop", test_idle);
  g_test_add_func ("/upstream/served/starts-that-fail-wait-longer", test_failure);
  g_test_add_func ("/upstream/served/where-a-run-is", test_run);
  return g_test_run ();
}
