/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-cli-import.h"

#include <string.h>

static BmaCliImport *
plan (const char *dev_vars)
{
  g_autoptr (BmaCliWorker) worker = bma_cli_worker_new ();
  g_autoptr (GError) error = NULL;

  bma_cli_worker_read_dev_vars (worker, dev_vars, strlen (dev_vars), &error);
  g_assert_no_error (error);
  return bma_cli_import_plan (worker);
}

static char *
list_secrets (const BmaCliImport *self)
{
  GString *out = g_string_new (NULL);

  for (unsigned int i = 0; i < self->secrets->len; i++)
    g_string_append_printf (
        out, "%s ", ((BmaCliImportSecret *) g_ptr_array_index (self->secrets, i))->kind);
  return g_string_free (out, FALSE);
}

static gboolean
has_line (GPtrArray *lines, const char *part)
{
  for (unsigned int i = 0; i < lines->len; i++)
    if (strstr (g_ptr_array_index (lines, i), part) != NULL)
      return TRUE;
  return FALSE;
}

/* The first Worker: Stytch without saying so, a short secret, patterns of origins. */
static void
test_first_worker (void)
{
  g_autoptr (BmaCliImport) self =
      plan ("REMOTE_MCP_SERVER_URL=https://mcp.example\nDEBUG=true\n"
            "ALLOWED_ORIGINS=https://claude.ai,https://*.claude.ai,http://localhost:*\n"
            "STYTCH_PROJECT_ID=project-live-1\nSTYTCH_SECRET=secret-live-canary\n"
            "STYTCH_PUBLIC_TOKEN=public-token-live-1\n"
            "STYTCH_API_URL=https://api.stytch.example/v1\n"
            "STYTCH_OAUTH_URL=https://api.stytch.example/v1/public/oauth/github/start\n"
            "JWT_SECRET=short\nBQ_DATASET=logs\nELSE=1\n");
  g_autofree char *text = bma_cli_config_describe (self->entries);
  g_autofree char *kinds = list_secrets (self);

  g_assert_cmpuint (self->problems->len, ==, 0);
  g_assert_cmpstr (text, ==,
                   "  [identity]\n  provider=stytch\n\n"
                   "  [stytch]\n  project-id=project-live-1\n"
                   "  public-token=public-token-live-1\n"
                   "  api-url=https://api.stytch.example/v1\n  methods=github\n\n"
                   "  [resource]\n  upstream=https://mcp.example\n\n"
                   "  [cors]\n  allowed-origins=https://claude.ai\n");
  g_assert_cmpstr (kinds, ==, "stytch-secret ");
  g_assert_true (has_line (self->notes, "JWT_SECRET is shorter than 32"));
  g_assert_true (has_line (self->notes, "https://*.claude.ai is a pattern"));
  g_assert_true (has_line (self->notes, "DEBUG is left out"));
  g_assert_true (has_line (self->notes, "BQ_DATASET is left out"));
  g_assert_true (has_line (self->notes, "ELSE is left out"));
  g_assert_false (has_line (self->notes, "canary"));
}

/* Its successor: a provider by name, a long secret, a token for the MCP server. */
static void
test_successor (void)
{
  g_autoptr (BmaCliImport) self =
      plan ("IDENTITY_PROVIDER=oauth\nOAUTH_ISSUER=https://id.example\n"
            "OAUTH_CLIENT_ID=me\nOAUTH_CLIENT_SECRET=canary\nOAUTH_SCOPES=openid email\n"
            "OAUTH_TOKEN_URL=https://id.example/token\n"
            "JWT_SECRET=0123456789012345678901234567890123\n"
            "REMOTE_MCP_AUTH_TOKEN=01234567890123456789012345678901\n"
            "ALLOWED_ORIGINS=http://localhost:6274, *\n");
  g_autofree char *text = bma_cli_config_describe (self->entries);
  g_autofree char *kinds = list_secrets (self);

  g_assert_cmpuint (self->problems->len, ==, 0);
  g_assert_cmpstr (text, ==,
                   "  [identity]\n  provider=oidc\n\n"
                   "  [oidc]\n  issuer=https://id.example\n  client-id=me\n"
                   "  scopes=openid email\n\n"
                   "  [tokens]\n  algorithm=HS256\n\n"
                   "  [cors]\n  allowed-origins=http://localhost:6274;*\n");
  g_assert_cmpstr (kinds, ==, "oidc-client-secret upstream-token jwt-secret ");
  g_assert_true (has_line (self->notes, "OAUTH_TOKEN_URL is left out"));
}

static void
test_problems (void)
{
  static const struct
  {
    const char *vars;
    const char *problem;
  } cases[] = {
    { "IDENTITY_PROVIDER=stytch\nSTYTCH_PROJECT_ID=project-test-1\n"
      "STYTCH_PUBLIC_TOKEN=public-token-test-1\n",
      "STYTCH_SECRET is not set" },
    { "IDENTITY_PROVIDER=oauth\nOAUTH_CLIENT_ID=x\n", "OAUTH_ISSUER is not set" },
    { "IDENTITY_PROVIDER=google\n", "neither stytch nor oauth" },
    { "STYTCH_PROJECT_ID=project-test-xxxxxxxx-xxxx\n",
      "STYTCH_PROJECT_ID is the placeholder" },
    { "STYTCH_SECRET=secret-test-xxxxxxxx-xxxx\n", "STYTCH_SECRET is the placeholder" },
    { "STYTCH_OAUTH_URL=https://x.example/start\n",
      "STYTCH_OAUTH_URL is not of the form" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (BmaCliImport) self = plan (cases[i].vars);

      g_assert_true (has_line (self->problems, cases[i].problem));
    }
}

static void
test_notes (void)
{
  g_autoptr (BmaCliImport)
      self = plan ("IDENTITY_PROVIDER=disabled\n"
                   "JWT_SECRET=your-secret-key-at-least-32-characters-long\n"
                   "ALLOWED_ORIGINS=chrome-extension://x\n");
  g_autofree char *text = bma_cli_config_describe (self->entries);

  g_assert_cmpstr (text, ==, "  [identity]\n  provider=local\n");
  g_assert_cmpuint (self->secrets->len, ==, 0);
  g_assert_true (has_line (self->notes, "IDENTITY_PROVIDER=disabled"));
  g_assert_true (has_line (self->notes, "JWT_SECRET is the placeholder"));
  g_assert_true (has_line (self->notes, "chrome-extension://x is not the origin"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/import/takes-the-first-worker-over", test_first_worker);
  g_test_add_func ("/cli/import/takes-its-successor-over", test_successor);
  g_test_add_func ("/cli/import/tells-what-is-missing", test_problems);
  g_test_add_func ("/cli/import/tells-what-is-not-as-it-was", test_notes);
  return g_test_run ();
}
