/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "settings-fixture.h"

#define PROJECT "project-test-1"


static void
test_builtin (void)
{
  g_autoptr (Settings) settings = settings_new ();
  const char *environment[] = { "HOME=/", "STYTCH_SECRET=", "BIOMCP_AUTH_LISTEN=", NULL };

  g_assert_true (settings_load (settings, environment, NULL));
  g_assert_cmpstr (settings->config->listen_host, ==, "127.0.0.1");
  g_assert_cmpuint (settings->config->listen_port, ==, 8417);
  g_assert_cmpstr (settings->config->provider, ==, "local");
  g_assert_cmpuint (g_strv_length (settings->notices), ==, 0);
}

static void
test_first_found_wins (void)
{
  g_autoptr (Settings) settings = settings_new ();
  const char *environment[] = { "BIOMCP_AUTH_LISTEN=127.0.0.1:4", NULL };

  settings_write (settings->system[1], "[service]\nlisten=127.0.0.1:1\n"
                                       "[tokens]\naccess-lifetime-s=101\n"
                                       "refresh-lifetime-s=1001\ncode-lifetime-s=11\n");
  g_assert_true (settings_load (settings, NULL, NULL));
  g_assert_cmpuint (settings->config->listen_port, ==, 1);
  settings_write (settings->system[0], "[service]\nlisten=127.0.0.1:2\n"
                                       "[tokens]\naccess-lifetime-s=102\n"
                                       "refresh-lifetime-s=1002\n");
  g_assert_true (settings_load (settings, NULL, NULL));
  g_assert_cmpuint (settings->config->listen_port, ==, 2);
  settings_write (settings->user,
                  "[service]\nlisten=127.0.0.1:3\n[tokens]\naccess-lifetime-s=103\n");
  g_assert_true (settings_load (settings, NULL, NULL));
  g_assert_cmpuint (settings->config->listen_port, ==, 3);
  g_assert_true (settings_load (settings, environment, NULL));
  g_assert_cmpuint (settings->config->listen_port, ==, 4);
  g_assert_true (settings_load (settings, environment, "127.0.0.1:5"));
  g_assert_cmpuint (settings->config->listen_port, ==, 5);
  g_assert_cmpint (settings->config->access_lifetime_s, ==, 103);
  g_assert_cmpint (settings->config->refresh_lifetime_s, ==, 1002);
  g_assert_cmpint (settings->config->code_lifetime_s, ==, 11);
}

static void
test_every_value_is_checked (void)
{
  g_autoptr (Settings) settings = settings_new ();

  settings_write (settings->user, "[tokens]\ncode-lifetime-s=20\n");
  settings_write (settings->system[0], "[tokens]\ncode-lifetime-s=9\n");
  settings_assert_refused (
      settings, NULL, NULL, BMA_SETTINGS_ERROR_VALUE,
      "system.ini: [tokens] code-lifetime-s: that value is not accepted; "
      "accepted: a whole number from 10 to 600");
}

static void
test_lock (void)
{
  g_autoptr (Settings) settings = settings_new ();
  const char *environment[] = {
    "STYTCH_OAUTH_URL=https://evil.example.org/v1/public/oauth/github/start", NULL
  };
  g_autofree char *text = NULL;

  settings_write (settings->system[1],
                  "[lock]\nstytch=*\n[stytch]\nproject-id=" PROJECT "\n");
  settings_write (settings->system[0],
                  "[lock]\nservice=listen;public-url\n[service]\nlisten=[::1]:6\n");
  settings_write (settings->user,
                  "[service]\npublic-url=https://x.example.org\nallowed-hosts=x\n");
  g_assert_true (settings_load (settings, environment, "127.0.0.1:7"));
  g_assert_cmpstr (settings->config->listen_host, ==, "::1");
  g_assert_cmpuint (settings->config->listen_port, ==, 6);
  g_assert_null (settings->config->public_url);
  g_assert_cmpstr (settings->config->allowed_hosts[0], ==, "x");
  g_assert_cmpstr (settings->config->stytch_methods[0], ==, "google");
  g_assert_cmpstr (settings->config->stytch_api_url, ==, "https://test.stytch.com");
  text = g_strdup_printf ("%s: [service] public-url: ignored, the system's configuration "
                          "locks it",
                          settings->user);
  g_assert_cmpstrv (
      settings->notices,
      ((const char *[]){
          text,
          "environment: STYTCH_OAUTH_URL ([stytch] methods): ignored, the system's "
          "configuration locks it",
          "environment: STYTCH_OAUTH_URL ([stytch] api-url): ignored, the system's "
          "configuration locks it",
          "command line: --listen ([service] listen): ignored, the system's "
          "configuration "
          "locks it",
          NULL }));
}

static void
test_bad_lock (void)
{
  g_autoptr (Settings) settings = settings_new ();

  settings_write (settings->user, "[lock]\nservice=listen\n");
  settings_assert_refused (settings, NULL, NULL, BMA_SETTINGS_ERROR_UNKNOWN,
                           "user.ini: [lock]: only the system's file can lock settings");
  settings_write (settings->user, "");
  settings_write (settings->system[0], "[lock]\ncors=allowed-origins;typo\n");
  settings_assert_refused (
      settings, NULL, NULL, BMA_SETTINGS_ERROR_UNKNOWN,
      "system.ini: [lock] cors: expected is GROUP=KEY;KEY or GROUP=*; "
      "accepted are allowed-origins");
  settings_write (settings->system[0], "[lock]\nkeys=*\n");
  settings_assert_refused (
      settings, NULL, NULL, BMA_SETTINGS_ERROR_UNKNOWN,
      "system.ini: [lock] keys: expected is GROUP=KEY;KEY or GROUP=*; "
      "accepted are service, identity, stytch, oidc, tokens, resource, desktop, cors, "
      "limits, client");
}

static void
test_unknown (void)
{
  g_autoptr (Settings) settings = settings_new ();

  settings_write (settings->user, "[server]\nlisten=127.0.0.1:1\n");
  settings_assert_refused (
      settings, NULL, NULL, BMA_SETTINGS_ERROR_UNKNOWN,
      "user.ini: [server]: there is no such group; accepted are service, "
      "identity, stytch, oidc, tokens, resource, desktop, cors, limits, client NAME");
  settings_write (settings->user, "[resource]\nscope=mcp\n");
  settings_assert_refused (
      settings, NULL, NULL, BMA_SETTINGS_ERROR_UNKNOWN,
      "user.ini: [resource] scope: there is no such key; accepted are "
      "upstream, command, command-transport, idle-stop-s, scopes, trusted-issuers");
  settings_write (settings->user, "[resource]\nscopes[de]=mcp\n");
  settings_assert_refused (
      settings, NULL, NULL, BMA_SETTINGS_ERROR_UNKNOWN,
      "user.ini: [resource] scopes[de]: there is no such key; accepted are "
      "upstream, command, command-transport, idle-stop-s, scopes, trusted-issuers");
}

static void
test_not_a_file (void)
{
  g_autoptr (Settings) settings = settings_new ();
  BmaSettingsPlaces places = { .user_file_required = TRUE };
  g_autoptr (GError) error = NULL;
  g_autoptr (BmaConfig) config = NULL;
  g_auto (GStrv) notices = NULL;

  settings_write (settings->user, "# fine\n\n[service]\nsecret-test-abc\n");
  settings_assert_refused (
      settings, NULL, NULL, BMA_SETTINGS_ERROR_FILE,
      "user.ini: line 4: expected is a [group], a key=value or a # comment");
  settings_write (settings->user, "listen=127.0.0.1:1\n");
  settings_assert_refused (
      settings, NULL, NULL, BMA_SETTINGS_ERROR_FILE,
      "user.ini: line 1: expected is a [group], a key=value or a # comment");
  settings_write (settings->user, "[service]\nlisten=\xff\n");
  settings_assert_refused (
      settings, NULL, NULL, BMA_SETTINGS_ERROR_FILE,
      "user.ini: this is not a configuration file (UTF-8 text of at most "
      "262144 bytes)");
  places.user_file = "/nonexistent/config.ini";
  config = bma_settings_load (&places, &notices, &error);
  g_assert_null (config);
  g_assert_error (error, BMA_SETTINGS_ERROR, BMA_SETTINGS_ERROR_FILE);
}

static void
test_command_line (void)
{
  g_autoptr (Settings) settings = settings_new ();

  settings_assert_refused (
      settings, NULL, "nonsense", BMA_SETTINGS_ERROR_USAGE,
      "command line: --listen ([service] listen): that value is not accepted; "
      "accepted: ADDRESS:PORT, such as 127.0.0.1:8417 or [::1]:8417; port 0 takes a free "
      "one");
}

#define EXPOSED                                                                          \
  "[service] listen: other machines could reach that address; set [service] "            \
  "tls-certificate, tls-key and an https public-url that names this machine (such as "   \
  "https://auth.example.org), or listen on 127.0.0.1:8417"
#define STYTCH                                                                           \
  "[identity]\nprovider=stytch\n[stytch]\nproject-id=project-test-"                      \
  "11111111-1111-1111-1111-111111111111\npublic-token=public-token-test-"                \
  "11111111-1111-1111-1111-111111111111\n"

/* What would let strangers in, or let them in as the desktop user. */
static void
test_exposure (void)
{
  static const char *const addresses[] = { "0.0.0.0:1", "[::]:1", "192.0.2.1:1",
                                           "127.0.0.2:1" };
  static const char *const lacking[] = {
    "",
    "tls-certificate=/c\n",
    "public-url=https://a.example.org\n",
    "tls-certificate=/c\npublic-url=https://localhost\n",
    "tls-certificate=/c\npublic-url=https://127.0.0.1:8417\n",
    "tls-certificate=/c\npublic-url=https://[::1]\n",
  };
  g_autoptr (Settings) settings = settings_new ();

  for (size_t i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      for (size_t j = 0; j < G_N_ELEMENTS (lacking); j++)
        {
          g_autofree char *text = g_strconcat ("[service]\n", lacking[j], STYTCH, NULL);

          settings_write (settings->user, text);
          settings_assert_refused (settings, NULL, addresses[i],
                                   BMA_SETTINGS_ERROR_INCOMPLETE, EXPOSED);
        }
      settings_write (settings->user, "[service]\ntls-certificate=/c\n"
                                      "public-url=https://a.example.org\n" STYTCH);
      g_assert_true (settings_load (settings, NULL, addresses[i]));
      settings_write (settings->user, "[service]\ntls-certificate=/c\n"
                                      "public-url=https://a.example.org\n");
      settings_assert_refused (
          settings, NULL, addresses[i], BMA_SETTINGS_ERROR_INCOMPLETE,
          "[identity] provider: local would make you of everybody who can reach "
          "[service] "
          "listen; set provider to stytch or oidc, or listen on 127.0.0.1:8417");
    }
}

static void
test_certificate_fits (void)
{
  g_autoptr (Settings) settings = settings_new ();

  settings_write (settings->user, "[service]\ntls-key=/k\n");
  settings_assert_refused (settings, NULL, NULL, BMA_SETTINGS_ERROR_INCOMPLETE,
                           "[service] tls-key: set tls-certificate as well, or neither");
  settings_write (settings->user,
                  "[service]\ntls-certificate=/c\npublic-url=http://localhost:8417\n");
  settings_assert_refused (settings, NULL, NULL, BMA_SETTINGS_ERROR_INCOMPLETE,
                           "[service] public-url: with a tls-certificate the service "
                           "speaks https alone; make it an https URL, or leave it out");
  settings_write (settings->user, "[service]\ntls-certificate=/a/../c\ntls-key=/k/.\n");
  g_assert_true (settings_load (settings, NULL, NULL));
  g_assert_cmpstr (settings->config->tls_certificate, ==, "/c");
  g_assert_cmpstr (settings->config->tls_key, ==, "/k");
}

static void
test_secret_in_file (void)
{
  g_autoptr (Settings) settings = settings_new ();

  settings_write (settings->user, "[stytch]\nsecret=secret-test-1\n");
  settings_assert_refused (
      settings, NULL, NULL, BMA_SETTINGS_ERROR_SECRET,
      "user.ini: [stytch] secret: secrets are not accepted in this file; "
      "remove it and run “biomcp-auth setup stytch”, or put it into a file of "
      "[service] secrets-folder");
}

static void
test_stytch_fits_together (void)
{
  g_autoptr (Settings) settings = settings_new ();

  settings_write (settings->user, "[identity]\nprovider=stytch\n");
  settings_assert_refused (settings, NULL, NULL, BMA_SETTINGS_ERROR_INCOMPLETE,
                           "[identity] provider=stytch needs [stytch] project-id and "
                           "public-token; run “biomcp-auth setup stytch”");
  settings_write (settings->user,
                  "[stytch]\nproject-id=" PROJECT "\npublic-token=public-token-live-1\n");
  settings_assert_refused (
      settings, NULL, NULL, BMA_SETTINGS_ERROR_INCOMPLETE,
      "[stytch] public-token: one of project-id and public-token is a test "
      "credential, the other a live one; take both from the same environment");
  settings_write (settings->user,
                  "[stytch]\nproject-id=" PROJECT "\napi-url=https://api.stytch.com\n");
  settings_assert_refused (
      settings, NULL, NULL, BMA_SETTINGS_ERROR_INCOMPLETE,
      "[stytch] api-url: test projects live at https://test.stytch.com, live "
      "ones at https://api.stytch.com; the project id says otherwise");
  settings_write (settings->user, "[stytch]\nproject-id=project-live-1\n");
  g_assert_true (settings_load (settings, NULL, NULL));
  g_assert_cmpstr (settings->config->stytch_api_url, ==, "https://api.stytch.com");
}

/* Whichever of the two is there first. */
static void
test_shared_secret_fits_together (void)
{
  static const char message[] =
      "[tokens] algorithm=HS256 does not go with [resource] trusted-issuers: beside a "
      "shared secret no public keys are accepted, lest one be taken for the other; use "
      "ES256 or RS256, or remove the issuers";
  g_autoptr (Settings) settings = settings_new ();

  settings_write (settings->user, "[tokens]\nalgorithm=HS256\n"
                                  "[resource]\ntrusted-issuers=https://id.example.org\n");
  settings_assert_refused (settings, NULL, NULL, BMA_SETTINGS_ERROR_INCOMPLETE, message);
  settings_write (settings->system[0], "[tokens]\nalgorithm=HS256\n");
  settings_write (settings->user, "[resource]\ntrusted-issuers=https://id.example.org\n");
  settings_assert_refused (settings, NULL, NULL, BMA_SETTINGS_ERROR_INCOMPLETE, message);
  settings_write (settings->user, "[tokens]\nalgorithm=RS256\n"
                                  "[resource]\ntrusted-issuers=https://id.example.org\n");
  g_assert_true (settings_load (settings, NULL, NULL));
}

static void
test_keep_running (void)
{
  g_autoptr (Settings) settings = settings_new ();
  g_autoptr (BmaConfig) running = bma_config_new ();
  g_autofree char *names = NULL;

  settings_write (settings->user, "[service]\nlisten=127.0.0.1:0\n"
                                  "[tokens]\ncode-lifetime-s=20\n");
  g_assert_true (settings_load (settings, NULL, NULL));
  g_assert_null (bma_settings_keep_running (settings->config, running));
  g_assert_cmpuint (settings->config->listen_port, ==, 8417);
  g_assert_cmpint (settings->config->code_lifetime_s, ==, 20);

  settings_write (settings->user,
                  "[service]\nlisten=[::1]:8417\n[stytch]\nproject-id=" PROJECT "\n"
                  "methods=github;google\n[limits]\nmax-connections=20\n"
                  "[cors]\nallowed-origins=*\n");
  g_assert_true (settings_load (settings, NULL, NULL));
  names = bma_settings_keep_running (settings->config, running);
  g_assert_cmpstr (names, ==, "[service] listen, [limits] max-connections");
  g_assert_cmpstr (settings->config->listen_host, ==, "127.0.0.1");
  g_assert_cmpstr (settings->config->stytch_project_id, ==, PROJECT);
  g_assert_cmpstrv (settings->config->stytch_methods,
                    ((const char *[]){ "github", "google", NULL }));
  g_assert_cmpuint (settings->config->max_connections, ==, running->max_connections);
  g_assert_cmpstr (settings->config->cors_origins[0], ==, "*");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/daemon/settings/builtin", test_builtin);
  g_test_add_func ("/daemon/settings/first-found-wins", test_first_found_wins);
  g_test_add_func ("/daemon/settings/every-value-is-checked",
                   test_every_value_is_checked);
  g_test_add_func ("/daemon/settings/lock", test_lock);
  g_test_add_func ("/daemon/settings/bad-lock", test_bad_lock);
  g_test_add_func ("/daemon/settings/unknown-group-or-key", test_unknown);
  g_test_add_func ("/daemon/settings/not-a-file", test_not_a_file);
  g_test_add_func ("/daemon/settings/command-line", test_command_line);
  g_test_add_func ("/daemon/settings/strangers-are-kept-out", test_exposure);
  g_test_add_func ("/daemon/settings/certificate-fits-together", test_certificate_fits);
  g_test_add_func ("/daemon/settings/secret-in-file", test_secret_in_file);
  g_test_add_func ("/daemon/settings/stytch-fits-together", test_stytch_fits_together);
  g_test_add_func ("/daemon/settings/hs256-goes-with-no-trusted-issuer",
                   test_shared_secret_fits_together);
  g_test_add_func ("/daemon/settings/restart-settings-stay", test_keep_running);
  return g_test_run ();
}
