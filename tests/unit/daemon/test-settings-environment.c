/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "settings-fixture.h"

#define PROJECT "project-test-1"
#define TOKEN   "public-token-test-2"

static void
test_worker_names (void)
{
  g_autoptr (Settings) settings = settings_new ();
  const char *environment[] = {
    "IDENTITY_PROVIDER=stytch",
    "STYTCH_PROJECT_ID=" PROJECT,
    "STYTCH_PUBLIC_TOKEN=" TOKEN,
    "STYTCH_API_URL=https://test.stytch.com/v1",
    "STYTCH_OAUTH_URL=https://other.example.org/v1/public/oauth/github/start?x=1",
    "REMOTE_MCP_SERVER_URL=http://127.0.0.1:8080",
    "ALLOWED_ORIGINS=https://a.example.org, https://b.example.org",
    "BIOMCP_AUTH_PUBLIC_URL=https://auth.example.org",
    NULL,
  };
  const char *oauth_url[] = { environment[4], NULL };
  const char *openid[] = { "IDENTITY_PROVIDER=oauth",
                           "OAUTH_ISSUER=https://id.example.org/a/",
                           "OAUTH_CLIENT_ID=biomcp", "OAUTH_SCOPES=openid email", NULL };

  g_assert_true (settings_load (settings, environment, NULL));
  g_assert_cmpstr (settings->config->provider, ==, "stytch");
  g_assert_cmpstr (settings->config->stytch_project_id, ==, PROJECT);
  g_assert_cmpstr (settings->config->stytch_public_token, ==, TOKEN);
  g_assert_cmpstr (settings->config->stytch_api_url, ==, "https://test.stytch.com");
  g_assert_cmpstr (settings->config->stytch_methods[0], ==, "github");
  g_assert_cmpstr (settings->config->upstream, ==, "http://127.0.0.1:8080/mcp");
  g_assert_cmpstr (settings->config->cors_origins[1], ==, "https://b.example.org");
  g_assert_cmpstr (settings->config->public_url, ==, "https://auth.example.org");

  g_assert_true (settings_load (settings, oauth_url, NULL));
  g_assert_cmpstr (settings->config->stytch_api_url, ==, "https://other.example.org");

  g_assert_true (settings_load (settings, openid, NULL));
  g_assert_cmpstr (settings->config->provider, ==, "oidc");
  g_assert_cmpstr (settings->config->oidc_issuer, ==, "https://id.example.org/a/");
  g_assert_cmpstr (settings->config->oidc_client_id, ==, "biomcp");
  g_assert_cmpstr (settings->config->oidc_scopes[1], ==, "email");
}

static void
test_bad_environment (void)
{
  g_autoptr (Settings) settings = settings_new ();
  static const struct
  {
    const char *line;
    BmaSettingsError code;
    const char *message;
  } cases[] = {
    { "STYTCH_API_URL=test.stytch.com", BMA_SETTINGS_ERROR_VALUE,
      "environment: STYTCH_API_URL ([stytch] api-url): that value is not accepted; "
      "accepted: an https URL, or http on a loopback host, without path (a trailing /v1 "
      "is "
      "removed)" },
    { "STYTCH_OAUTH_URL=https://test.stytch.com/oauth", BMA_SETTINGS_ERROR_VALUE,
      "environment: STYTCH_OAUTH_URL: accepted is "
      "https://HOST/v1/public/oauth/METHOD/start" },
    { "STYTCH_OAUTH_URL=http://evil.example.org/v1/public/oauth/google/start",
      BMA_SETTINGS_ERROR_VALUE,
      "environment: STYTCH_OAUTH_URL ([stytch] api-url): that value is not accepted; "
      "accepted: an https URL, or http on a loopback host, without path (a trailing /v1 "
      "is "
      "removed)" },
    { "IDENTITY_PROVIDER=oauth", BMA_SETTINGS_ERROR_INCOMPLETE,
      "[identity] provider=oidc needs [oidc] issuer and client-id" },
    { "OAUTH_ISSUER=ftp://id.example.org", BMA_SETTINGS_ERROR_VALUE,
      "environment: OAUTH_ISSUER ([oidc] issuer): that value is not accepted; accepted: "
      "an https URL, or http on a loopback host, without query" },
    { "STYTCH_SECRET=secret-test-1", BMA_SETTINGS_ERROR_SECRET,
      "environment: STYTCH_SECRET: secrets are accepted neither on the command line nor "
      "in "
      "the daemon's environment; unset it: run “biomcp-auth setup stytch”" },
    { "JWT_SECRET=x", BMA_SETTINGS_ERROR_SECRET,
      "environment: JWT_SECRET: secrets are accepted neither on the command line nor in "
      "the daemon's environment; unset it: the service makes its own signing key" },
    { "OAUTH_CLIENT_SECRET=x", BMA_SETTINGS_ERROR_SECRET,
      "environment: OAUTH_CLIENT_SECRET: secrets are accepted neither on the command "
      "line "
      "nor in the daemon's environment; unset it: run “biomcp-auth import "
      "--from-environment”" },
    { "REMOTE_MCP_AUTH_TOKEN=x", BMA_SETTINGS_ERROR_SECRET,
      "environment: REMOTE_MCP_AUTH_TOKEN: secrets are accepted neither on the command "
      "line nor in the daemon's environment; unset it: run “biomcp-auth import "
      "--from-environment”" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    settings_assert_refused (settings, (const char *[]){ cases[i].line, NULL }, NULL,
                             cases[i].code, cases[i].message);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/daemon/settings-environment/names-of-the-worker", test_worker_names);
  g_test_add_func ("/daemon/settings-environment/refused", test_bad_environment);
  return g_test_run ();
}
