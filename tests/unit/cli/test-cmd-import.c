/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cli-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#include "bma-cli-config.h"

#define TOML                                                                             \
  "name = \"biomcp-worker\"\n[vars]\nREMOTE_MCP_SERVER_URL = \"http://127.0.0.1:9\"\n"   \
  "STYTCH_PROJECT_ID = \"project-test-1\"\nSTYTCH_PUBLIC_TOKEN = "                       \
  "\"public-token-test-1\"\n"                                                            \
  "[[kv_namespaces]]\nbinding = \"OAUTH_KV\"\nid = \"0\"\n"
#define DEV_VARS "STYTCH_SECRET=secret-test-canary\n"

/* Owned: the path of a file with this text in a folder of the test's. */
static char *
make_file (const char *name, const char *text)
{
  char *path = g_build_filename (g_get_user_cache_dir (), name, NULL);

  g_mkdir_with_parents (g_get_user_cache_dir (), 0700);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

static char *
read_config (void)
{
  g_autofree char *path = bma_cli_config_get_path ();
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, NULL);
  return text;
}

static void
test_done (CliFixture *self, gconstpointer data)
{
  g_autofree char *toml = make_file ("wrangler.toml", TOML);
  g_autofree char *vars = make_file (".dev.vars", DEV_VARS);
  g_autofree char *line = g_strdup_printf ("import %s %s", toml, vars);
  g_autofree char *text = NULL;

  self->service->findings = "[('ok', 'sign-in', 'Stytch answers', '')]";
  cli_fixture_run (self, NULL, line);
  g_assert_cmpint (self->code, ==, 0);
  g_assert_cmpuint (self->service->n_reloads, ==, 1);
  g_assert_cmpstr (self->service->secret, ==, "stytch-secret=secret-test-canary");
  g_assert_nonnull (strstr (self->err, "STYTCH_SECRET goes to the keyring"));
  g_assert_nonnull (strstr (self->out, "http://127.0.0.1:8417/callback?tx={}\n"));
  g_assert_nonnull (strstr (self->out, "Stytch answers"));
  g_assert_null (strstr (self->out, "canary"));
  g_assert_null (strstr (self->err, "canary"));
  text = read_config ();
  g_assert_nonnull (strstr (text, "upstream=http://127.0.0.1:9\n"));
  g_assert_null (strstr (text, "canary"));
}

static void
test_json (CliFixture *self, gconstpointer data)
{
  g_autofree char *toml = make_file ("wrangler.toml", TOML);
  g_autofree char *vars = make_file (".dev.vars", DEV_VARS);
  g_autofree char *line = g_strdup_printf ("import --json %s %s", toml, vars);

  self->service->findings = "[('ok', 'sign-in', 'Stytch answers', '')]";
  cli_fixture_run (self, NULL, line);
  g_assert_cmpint (self->code, ==, 0);
  g_assert_nonnull (strstr (self->out, "\"stytch/project-id\" : \"project-test-1\""));
  g_assert_nonnull (strstr (self->out, "\"stytch-secret\""));
  g_assert_null (strstr (self->out, "canary"));
}

static void
test_incomplete (CliFixture *self, gconstpointer data)
{
  g_autofree char *toml = make_file ("wrangler.toml", TOML);
  g_autofree char *line = g_strdup_printf ("import %s", toml);
  g_autofree char *text = NULL;

  cli_fixture_run (self, NULL, line);
  g_assert_cmpint (self->code, ==, 1);
  g_assert_nonnull (strstr (self->err, "STYTCH_SECRET is not set"));
  g_assert_cmpuint (self->service->n_reloads, ==, 0);
  text = read_config ();
  g_assert_null (text);
  cli_fixture_run (self, NULL, "import");
  g_assert_cmpint (self->code, ==, 64);
}

/* The service knows how people sign in, which may need no redirect. */
static void
test_redirect_url (CliFixture *self, gconstpointer data)
{
  g_autofree char *toml = make_file ("wrangler.toml", TOML);
  g_autofree char *vars = make_file (".dev.vars", DEV_VARS);
  g_autofree char *line = g_strdup_printf ("import %s %s", toml, vars);

  self->service->provider = "stytch";
  self->service->redirect_uri = "http://127.0.0.1:8417/callback";
  cli_fixture_run (self, NULL, line);
  g_assert_nonnull (strstr (self->out, "  http://127.0.0.1:8417/callback\n"));
  self->service->redirect_uri = "";
  cli_fixture_run (self, NULL, line);
  g_assert_null (strstr (self->out, "Register this redirect URL"));
}

/* What the service does not accept is taken back. */
static void
test_refused (CliFixture *self, gconstpointer data)
{
  g_autofree char *toml = make_file ("wrangler.toml", TOML);
  g_autofree char *vars = make_file (".dev.vars", DEV_VARS);
  g_autofree char *line = g_strdup_printf ("import %s %s", toml, vars);
  g_autofree char *path = bma_cli_config_get_path ();
  g_autofree char *text = NULL;

  g_assert_true (bma_cli_config_save (path, "[service]\n# mine\n", NULL));
  self->service->server_error = "Failed";
  cli_fixture_run (self, NULL, line);
  g_assert_cmpint (self->code, ==, 1);
  g_assert_nonnull (strstr (self->err, "the old one is back"));
  text = read_config ();
  g_assert_cmpstr (text, ==, "[service]\n# mine\n");
  g_assert_null (self->service->secret);
}

static void
tear_down (CliFixture *self, gconstpointer data)
{
  g_autofree char *path = bma_cli_config_get_path ();

  g_unlink (path);
  cli_fixture_tear_down (self, data);
}

int
main (int argc, char **argv)
{
  cli_fixture_init (argc, argv);
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add ("/cli/cmd-import/writes-settings-and-keeps-secrets", CliFixture, NULL,
              cli_fixture_set_up, test_done, tear_down);
  g_test_add ("/cli/cmd-import/prints-json", CliFixture, NULL, cli_fixture_set_up,
              test_json, tear_down);
  g_test_add ("/cli/cmd-import/writes-nothing-when-something-is-missing", CliFixture,
              NULL, cli_fixture_set_up, test_incomplete, tear_down);
  g_test_add ("/cli/cmd-import/asks-the-service-for-the-redirect-url", CliFixture, NULL,
              cli_fixture_set_up, test_redirect_url, tear_down);
  g_test_add ("/cli/cmd-import/takes-back-what-the-service-refuses", CliFixture, NULL,
              cli_fixture_set_up, test_refused, tear_down);
  return g_test_run ();
}
