/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cli-fixture.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "bma-cli-config.h"

#define GOOD "project-test-1\npublic-token-test-2\nsecret-test-canary\n"

static void
assert_private (const char *path, unsigned int mode)
{
  GStatBuf info;

  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 07777, ==, mode);
}

static void
test_done (CliFixture *self, gconstpointer data)
{
  g_autofree char *path = bma_cli_config_get_path ();
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *text = NULL;

  cli_fixture_run (self, GOOD, "setup stytch");
  g_assert_cmpint (self->code, ==, 0);
  g_assert_cmpuint (self->service->n_reloads, ==, 1);
  g_assert_cmpstr (self->service->secret, ==, "stytch-secret=secret-test-canary");
  g_assert_nonnull (strstr (self->out, "http://127.0.0.1:8417/callback?tx={}\n"));
  g_assert_nonnull (strstr (self->out, "Restart"));
  g_assert_nonnull (strstr (self->err, "project-id=project-test-1"));
  g_assert_null (strstr (self->out, "canary"));
  g_assert_null (strstr (self->err, "canary"));
  g_file_get_contents (path, &text, NULL, NULL);
  g_assert_nonnull (strstr (text, "public-token=public-token-test-2\n"));
  g_assert_null (strstr (text, "canary"));
  assert_private (path, 0600);
  assert_private (folder, 0700);
}

/* The service uses it already: what it says of sign-ins counts. */
static void
test_again (CliFixture *self, gconstpointer data)
{
  cli_fixture_run (self, GOOD, "setup stytch");
  self->service->provider = "stytch";
  self->service->findings = "[('error', 'upstream', 'Not this', ''), "
                            "('ok', 'sign-in', 'Stytch answers', '')]";
  cli_fixture_run (self, GOOD, "setup stytch");
  g_assert_cmpint (self->code, ==, 0);
  g_assert_nonnull (strstr (self->out, "Stytch answers"));
  g_assert_null (strstr (self->out, "Not this"));
  g_assert_null (strstr (self->out, "Restart"));
  self->service->findings = "[('error', 'sign-in', 'Wrong secret', 'Copy it again')]";
  cli_fixture_run (self, GOOD, "setup stytch --json");
  g_assert_cmpint (self->code, ==, 1);
  g_assert_nonnull (strstr (self->out, "\"restart-needed\" : false"));
  g_assert_nonnull (strstr (self->out, "Wrong secret"));
}

/* What has to be registered depends on how people sign in. */
static void
test_redirect_urls (CliFixture *self, gconstpointer data)
{
  cli_fixture_run (self, GOOD, "setup stytch");
  g_assert_nonnull (strstr (self->out, "/callback?tx={}\nThe {} belongs to it"));
  g_assert_nonnull (strstr (self->out, "callback=fixed"));
  self->service->provider = "stytch";
  self->service->redirect_uri = "http://127.0.0.1:8417/callback";
  cli_fixture_run (self, GOOD, "setup stytch");
  g_assert_nonnull (strstr (self->out, "Sign-up:\n  http://127.0.0.1:8417/callback\n"));
  g_assert_null (strstr (self->out, "{}"));
  self->service->redirect_uri = "";
  cli_fixture_run (self, GOOD, "setup stytch");
  g_assert_nonnull (strstr (self->out, "need no redirect URL"));
  cli_fixture_run (self, GOOD, "setup stytch --json");
  g_assert_nonnull (strstr (self->out, "\"redirect-urls\" : []"));
}

static void
test_mixed (CliFixture *self, gconstpointer data)
{
  g_autofree char *path = bma_cli_config_get_path ();

  cli_fixture_run (self, "project-live-1\npublic-token-test-2\nsecret-live-canary\n",
                   "setup stytch");
  g_assert_cmpint (self->code, ==, 1);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  cli_fixture_run (self, "project-test-1\npublic-token-test-2\nsecret-live-canary\n",
                   "setup stytch");
  g_assert_cmpint (self->code, ==, 1);
  g_assert_null (strstr (self->err, "canary"));
  g_assert_null (self->service->secret);
}

static void
test_wrong (CliFixture *self, gconstpointer data)
{
  g_autofree char *path = bma_cli_config_get_path ();

  cli_fixture_run (self, "project-test-1\nsecret-test-canary\nx\n", "setup stytch");
  g_assert_cmpint (self->code, ==, 1);
  g_assert_nonnull (strstr (self->err, "This is a secret, not the public token"));
  g_assert_null (strstr (self->err, "canary"));
  cli_fixture_run (self, "project-test-1\n", "setup stytch");
  g_assert_cmpint (self->code, ==, 1);
  cli_fixture_run (self, NULL, "setup nonsense");
  g_assert_cmpint (self->code, ==, 64);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_null (self->service->secret);
}

static void
test_oidc (CliFixture *self, gconstpointer data)
{
  g_autofree char *path = bma_cli_config_get_path ();
  g_autofree char *text = NULL;

  self->service->findings = "[('ok', 'sign-in', 'The provider answers', '')]";
  cli_fixture_run (self, "https://idp.example/a/\nbiomcp\nsecret-canary\n", "setup oidc");
  g_assert_cmpint (self->code, ==, 0);
  g_assert_cmpuint (self->service->n_reloads, ==, 1);
  g_assert_cmpstr (self->service->secret, ==, "oidc-client-secret=secret-canary");
  g_assert_nonnull (strstr (self->out, "  http://127.0.0.1:8417/callback\n"));
  g_assert_null (strstr (self->out, "canary"));
  g_assert_null (strstr (self->err, "canary"));
  g_file_get_contents (path, &text, NULL, NULL);
  g_assert_nonnull (strstr (text, "provider=oidc\n"));
  g_assert_nonnull (strstr (text, "issuer=https://idp.example/a/\nclient-id=biomcp\n"));
  g_assert_null (strstr (text, "canary"));
  assert_private (path, 0600);
}

/* A public client has no secret; what was stored before stays as it is. */
static void
test_oidc_public (CliFixture *self, gconstpointer data)
{
  self->service->findings = "[('error', 'sign-in', 'It is down', 'Wait')]";
  cli_fixture_run (self, "https://idp.example\nbiomcp\n\n", "setup oidc --json");
  g_assert_cmpint (self->code, ==, 1);
  g_assert_null (self->service->secret);
  g_assert_nonnull (strstr (self->out, "It is down"));
  g_assert_nonnull (strstr (self->out, "/callback"));
}

static void
test_oidc_wrong (CliFixture *self, gconstpointer data)
{
  static const char *const inputs[] = {
    "http://idp.example\nbiomcp\n\n",    "idp.example\nbiomcp\n\n",
    "https://idp.example?x\nbiomcp\n\n", "https://idp.example\n\n\n",
    "https://idp.example\na b\n\n",
  };
  g_autofree char *path = bma_cli_config_get_path ();

  for (size_t i = 0; i < G_N_ELEMENTS (inputs); i++)
    {
      cli_fixture_run (self, inputs[i], "setup oidc");
      g_assert_cmpint (self->code, ==, 1);
      g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
    }
  g_assert_cmpuint (self->service->n_reloads, ==, 0);
}

static void
test_keyring_locked (CliFixture *self, gconstpointer data)
{
  self->service->secret_error = "KeyringLocked";
  cli_fixture_run (self, GOOD, "setup stytch");
  g_assert_cmpint (self->code, ==, 4);
  g_assert_nonnull (strstr (self->err, "The configuration is written"));
}

/* With what the service does not accept it would not start the next time. */
static void
test_refused (CliFixture *self, gconstpointer data)
{
  static const char *const runs[][2] = {
    { "setup stytch", GOOD },
    { "setup oidc", "https://idp.example\nbiomcp\nsecret-canary\n" },
  };
  g_autofree char *path = bma_cli_config_get_path ();

  g_assert_true (bma_cli_config_save (path, "[service]\n# mine\n", NULL));
  self->service->server_error = "Failed";
  for (size_t i = 0; i < G_N_ELEMENTS (runs); i++)
    {
      g_autofree char *text = NULL;

      cli_fixture_run (self, runs[i][1], runs[i][0]);
      g_assert_cmpint (self->code, ==, 1);
      g_assert_nonnull (strstr (self->err, "the old one is back"));
      g_assert_null (strstr (self->err, "The configuration is written"));
      g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
      g_assert_cmpstr (text, ==, "[service]\n# mine\n");
      g_assert_null (self->service->secret);
    }
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
  g_test_add ("/cli/setup/done", CliFixture, NULL, cli_fixture_set_up, test_done,
              tear_down);
  g_test_add ("/cli/setup/again", CliFixture, NULL, cli_fixture_set_up, test_again,
              tear_down);
  g_test_add ("/cli/setup/redirect-urls", CliFixture, NULL, cli_fixture_set_up,
              test_redirect_urls, tear_down);
  g_test_add ("/cli/setup/test-and-live-do-not-mix", CliFixture, NULL, cli_fixture_set_up,
              test_mixed, tear_down);
  g_test_add ("/cli/setup/wrong-input", CliFixture, NULL, cli_fixture_set_up, test_wrong,
              tear_down);
  g_test_add ("/cli/setup/openid-provider", CliFixture, NULL, cli_fixture_set_up,
              test_oidc, tear_down);
  g_test_add ("/cli/setup/openid-provider-without-a-secret", CliFixture, NULL,
              cli_fixture_set_up, test_oidc_public, tear_down);
  g_test_add ("/cli/setup/openid-provider-wrong-input", CliFixture, NULL,
              cli_fixture_set_up, test_oidc_wrong, tear_down);
  g_test_add ("/cli/setup/keyring-locked", CliFixture, NULL, cli_fixture_set_up,
              test_keyring_locked, tear_down);
  g_test_add ("/cli/setup/takes-back-what-the-service-refuses", CliFixture, NULL,
              cli_fixture_set_up, test_refused, tear_down);
  return g_test_run ();
}
