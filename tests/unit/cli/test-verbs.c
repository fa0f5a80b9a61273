/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cli-fixture.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static void
test_usage (CliFixture *self, gconstpointer data)
{
  cli_fixture_run (self, NULL, "");
  g_assert_cmpint (self->code, ==, 64);
  cli_fixture_run (self, NULL, "nonsense");
  g_assert_cmpint (self->code, ==, 64);
  cli_fixture_run (self, NULL, "status surplus");
  g_assert_cmpint (self->code, ==, 64);
  cli_fixture_run (self, NULL, "status --nonsense");
  g_assert_cmpint (self->code, ==, 64);
  cli_fixture_run (self, NULL, "--help");
  g_assert_cmpint (self->code, ==, 0);
  cli_fixture_run (self, NULL, "--version");
  g_assert_cmpint (self->code, ==, 0);
  g_assert_cmpstr (self->out, ==, "biomcp-auth " BMA_VERSION "\n");
}

static void
test_help (CliFixture *self, gconstpointer data)
{
  static const char *const verbs[] = { "status", "token", "run", "clients add" };

  for (size_t i = 0; i < G_N_ELEMENTS (verbs); i++)
    {
      g_autofree char *asked = g_strconcat ("help ", verbs[i], NULL);
      g_autofree char *line = g_strconcat (verbs[i], " --help", NULL);
      g_autofree char *out = NULL;

      cli_fixture_run (self, NULL, asked);
      g_assert_cmpint (self->code, ==, 0);
      g_assert_nonnull (strstr (self->out, "biomcp-auth"));
      out = g_steal_pointer (&self->out);
      cli_fixture_run (self, NULL, line);
      g_assert_cmpstr (self->out, ==, out);
    }
  cli_fixture_run (self, NULL, "help");
  g_assert_cmpint (self->code, ==, 0);
  g_assert_nonnull (strstr (self->out, "Exit codes"));
  cli_fixture_run (self, NULL, "help nonsense");
  g_assert_cmpint (self->code, ==, 64);
}

static void
test_typing_error (CliFixture *self, gconstpointer data)
{
  cli_fixture_run (self, NULL, "sttaus");
  g_assert_cmpint (self->code, ==, 64);
  g_assert_cmpstr (self->err, ==,
                   "biomcp-auth: “sttaus” is not a verb\n"
                   "Did you mean “biomcp-auth status”?\n");
  cli_fixture_run (self, NULL, "frobnicate");
  g_assert_cmpint (self->code, ==, 64);
  g_assert_null (strstr (self->err, "Did you mean"));
  g_assert_nonnull (strstr (self->err, "Usage"));
}

static void
test_status (CliFixture *self, gconstpointer data)
{
  g_auto (GStrv) lines = NULL;

  cli_fixture_run (self, NULL, "status");
  g_assert_cmpint (self->code, ==, 0);
  lines = g_strsplit (self->out, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 4);
  g_assert_cmpstr (lines[0], ==, "Signed in as ada (local); 2 grants, 1 client");
  g_assert_true (g_str_has_suffix (lines[1], ", upstream biomcp, running"));
  g_assert_null (strchr (self->out, '\033'));
  cli_fixture_run (self, NULL, "status --json");
  g_assert_nonnull (strstr (self->out, "\"n-grants\" : 2"));
}

static void
test_server_errors (CliFixture *self, gconstpointer data)
{
  self->service->server_error = "AccessDenied";
  cli_fixture_run (self, NULL, "status");
  g_assert_cmpint (self->code, ==, 3);
  self->service->server_error = "RateLimited";
  cli_fixture_run (self, NULL, "status");
  g_assert_cmpint (self->code, ==, 4);
}

static void
test_no_service (CliFixture *self, gconstpointer data)
{
  g_clear_handle_id (&self->service->name_id, g_bus_unown_name);
  cli_fixture_run (self, NULL, "status");
  g_assert_cmpint (self->code, ==, 1);
  g_assert_nonnull (strstr (self->err, "not installed"));
  cli_fixture_run (self, NULL, "doctor --json");
  g_assert_cmpint (self->code, ==, 1);
  g_assert_nonnull (strstr (self->out, "\"check\" : \"service\""));
}

static void
test_no_bus (CliFixture *self, gconstpointer data)
{
  self->no_bus = TRUE;
  cli_fixture_run (self, NULL, "token");
  g_assert_cmpint (self->code, ==, 1);
  g_assert_nonnull (strstr (self->err, "no session bus"));
  cli_fixture_run (self, NULL, "doctor");
  g_assert_cmpint (self->code, ==, 1);
  g_assert_nonnull (strstr (self->out, "session-bus"));
}

/* By number, with the name of the client, and without what a stranger wrote for the
 * terminal. */
static void
test_grants_list (CliFixture *self, gconstpointer data)
{
  g_auto (GStrv) lines = NULL;

  cli_fixture_run (self, NULL, "grants");
  g_assert_cmpint (self->code, ==, 0);
  lines = g_strsplit (self->out, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 4);
  g_assert_true (g_str_has_prefix (lines[1], "2   org.example.App [2J"));
  g_assert_true (g_str_has_prefix (lines[2], "10  Some Editor"));
  g_assert_nonnull (strstr (lines[2], "mcp read  always    never"));
  g_assert_null (strchr (self->out, '\033'));
  cli_fixture_run (self, NULL, "grants list --json");
  g_assert_nonnull (strstr (self->out, "\"id\" : \"10\""));
  g_assert_nonnull (strstr (self->out, "\"client-id\" : \"c-1\""));
}

static void
test_grants_revoke (CliFixture *self, gconstpointer data)
{
  cli_fixture_run (self, NULL, "grants revoke 2");
  g_assert_cmpint (self->code, ==, 0);
  g_assert_cmpstr (self->service->log->str, ==, "Revoke /grant/2;");
  cli_fixture_run (self, NULL, "grants revoke --all --json");
  g_assert_cmpint (self->code, ==, 0);
  g_assert_cmpstr (self->service->log->str, ==,
                   "Revoke /grant/2;Revoke /grant/2;Revoke /grant/10;");
  cli_fixture_run (self, NULL, "grants revoke 99");
  g_assert_cmpint (self->code, ==, 1);
  g_assert_nonnull (strstr (self->err, "no grant 99"));
  cli_fixture_run (self, NULL, "grants revoke ../x");
  g_assert_cmpint (self->code, ==, 1);
  cli_fixture_run (self, NULL, "grants revoke");
  g_assert_cmpint (self->code, ==, 64);
  cli_fixture_run (self, NULL, "grants --all");
  g_assert_cmpint (self->code, ==, 64);
}

static void
test_clients (CliFixture *self, gconstpointer data)
{
  cli_fixture_run (self, NULL, "clients");
  g_assert_cmpint (self->code, ==, 0);
  g_assert_nonnull (strstr (self->out, "3   Some Editor  registered"));
  cli_fixture_run (self, NULL, "clients --json");
  g_assert_nonnull (strstr (self->out, "\"redirect-uris\""));
  cli_fixture_run (self, NULL, "clients remove 3");
  g_assert_cmpint (self->code, ==, 0);
  g_assert_cmpstr (self->service->log->str, ==, "Remove /client/3;");
  cli_fixture_run (self, NULL, "clients remove");
  g_assert_cmpint (self->code, ==, 64);
}

static void
test_keys_list (CliFixture *self, gconstpointer data)
{
  g_auto (GStrv) lines = NULL;

  cli_fixture_run (self, NULL, "keys");
  g_assert_cmpint (self->code, ==, 0);
  lines = g_strsplit (self->out, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 4);
  g_assert_true (g_str_has_prefix (lines[0], "ID "));
  g_assert_true (g_str_has_prefix (lines[1], "k-1 "));
  g_assert_nonnull (strstr (lines[1], "ES256      active    2023-11-1"));
  g_assert_nonnull (strstr (lines[2], "RS256      retiring "));
  g_assert_null (strchr (self->out, '\033'));
  cli_fixture_run (self, NULL, "keys list --json");
  g_assert_cmpint (self->code, ==, 0);
  g_assert_nonnull (strstr (self->out, "\"signs-from\" : 1700000300"));
  cli_fixture_run (self, NULL, "keys list k-1");
  g_assert_cmpint (self->code, ==, 64);
  cli_fixture_run (self, NULL, "keys list --now");
  g_assert_cmpint (self->code, ==, 64);
  cli_fixture_run (self, NULL, "keys remove");
  g_assert_cmpint (self->code, ==, 64);
  g_assert_cmpstr (self->service->log->str, ==, "");
}

static void
test_keys_rotate (CliFixture *self, gconstpointer data)
{
  cli_fixture_run (self, NULL, "keys rotate");
  g_assert_cmpint (self->code, ==, 0);
  g_assert_cmpstr (self->service->log->str, ==, "RotateKeys (false,);");
  g_assert_nonnull (strstr (self->out, "No token ends."));
  cli_fixture_run (self, NULL, "keys rotate --now");
  g_assert_cmpint (self->code, ==, 0);
  g_assert_cmpstr (self->service->log->str, ==,
                   "RotateKeys (false,);RotateKeys (true,);");
  g_assert_nonnull (strstr (self->out, "All access tokens have ended"));
  cli_fixture_run (self, NULL, "keys rotate --json");
  g_assert_nonnull (strstr (self->out, "\"state\" : \"active\""));
  self->service->server_error = "KeyringLocked";
  cli_fixture_run (self, NULL, "keys rotate --now");
  g_assert_cmpint (self->code, ==, 4);
  self->service->server_error = "RateLimited";
  cli_fixture_run (self, NULL, "keys rotate");
  g_assert_cmpint (self->code, ==, 4);
  self->service->server_error = "AccessDenied";
  cli_fixture_run (self, NULL, "keys");
  g_assert_cmpint (self->code, ==, 3);
}

static void
test_clients_add (CliFixture *self, gconstpointer data)
{
  g_autofree char *keys = NULL;
  g_autofree char *line = NULL;
  int fd = g_file_open_tmp ("keys-XXXXXX", &keys, NULL);

  g_assert_cmpint (write (fd, "{\"keys\":[]}", 11), ==, 11);
  close (fd);
  cli_fixture_run (self, NULL, "clients add --name Robot --scope mcp --scope read");
  g_assert_cmpint (self->code, ==, 0);
  g_assert_cmpstr (self->out, ==,
                   "client id      c-2\nclient secret  s3cret\n"
                   "The secret is not kept and not shown again.\n");
  g_assert_cmpstr (self->service->log->str, ==,
                   "CreateClient ({'name': <'Robot'>, 'scopes': <['mcp', 'read']>},);");
  cli_fixture_run (self, NULL, "clients add --name Robot --json");
  g_assert_nonnull (strstr (self->out, "\"client-secret\" : \"s3cret\""));
  line = g_strconcat ("clients add --name R --resource-server --jwks ", keys, NULL);
  cli_fixture_run (self, NULL, line);
  g_assert_cmpint (self->code, ==, 0);
  g_assert_cmpstr (self->out, ==, "client id      c-2\n");
  g_assert_nonnull (strstr (self->service->log->str, "'jwks': <'{\"keys\":[]}'>"));
  g_assert_nonnull (strstr (self->service->log->str, "'resource-server': <true>"));
  cli_fixture_run (self, NULL, "clients add");
  g_assert_cmpint (self->code, ==, 64);
  cli_fixture_run (self, NULL, "clients add --name R --jwks /nonexistent");
  g_assert_cmpint (self->code, ==, 64);
  cli_fixture_run (self, NULL, "clients add --name R surplus");
  g_assert_cmpint (self->code, ==, 64);
  self->service->server_error = "InvalidArgument";
  cli_fixture_run (self, NULL, "clients add --name R");
  g_assert_cmpint (self->code, ==, 1);
  g_assert_cmpint (g_unlink (keys), ==, 0);
}

static void
test_doctor (CliFixture *self, gconstpointer data)
{
  cli_fixture_run (self, NULL, "doctor");
  g_assert_cmpint (self->code, ==, 0);
  g_assert_cmpstr (self->out, ==, "ok       service      It runs\n");
  self->service->findings = "[('ok', 'service', 'It runs', ''), "
                            "('warning', 'signed-in', 'Nobody is', 'Sign in')]";
  cli_fixture_run (self, NULL, "doctor");
  g_assert_cmpint (self->code, ==, 1);
  g_assert_nonnull (strstr (self->out, "→ Sign in\n"));
  cli_fixture_run (self, NULL, "doctor --json");
  g_assert_cmpint (self->code, ==, 1);
  g_assert_nonnull (strstr (self->out, "\"what-to-do\" : \"Sign in\""));
}

int
main (int argc, char **argv)
{
  cli_fixture_init (argc, argv);
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  cli_fixture_add ("/cli/main/usage", test_usage);
  cli_fixture_add ("/cli/main/help", test_help);
  cli_fixture_add ("/cli/main/typing-error", test_typing_error);
  cli_fixture_add ("/cli/status/lines-and-json", test_status);
  cli_fixture_add ("/cli/client/errors-become-codes", test_server_errors);
  cli_fixture_add ("/cli/client/no-service", test_no_service);
  cli_fixture_add ("/cli/client/no-bus", test_no_bus);
  cli_fixture_add ("/cli/grants/list", test_grants_list);
  cli_fixture_add ("/cli/grants/revoke", test_grants_revoke);
  cli_fixture_add ("/cli/clients/list-and-remove", test_clients);
  cli_fixture_add ("/cli/keys/list", test_keys_list);
  cli_fixture_add ("/cli/keys/rotate", test_keys_rotate);
  cli_fixture_add ("/cli/clients/add-shows-the-secret-once", test_clients_add);
  cli_fixture_add ("/cli/doctor/codes", test_doctor);
  return g_test_run ();
}
