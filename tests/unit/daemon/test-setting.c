/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "bma-setting.h"
#include "settings-fixture.h"

#define NUMBER_FROM(least, most)                                                         \
  "that value is not accepted; accepted: a whole number from " least " to " most
#define NOT_ACCEPTED "that value is not accepted; accepted: "

#define COMMAND                                                                          \
  "a command line, quoted as for a shell but read by none, with at most one of {port} "  \
  "and {socket}"
#define SCOPES                                                                           \
  "at least one scope (RFC 6749, section 3.3), and METHOD=SCOPE or METHOD:NAME=SCOPE "   \
  "for what needs more, percent-encoded; at most 24 different scopes"

/* A line of the user's file that is refused, and the message after "user.ini: [group]
 * key: ". */
typedef struct
{
  const char *group;
  const char *key;
  const char *value;
  const char *message;
} Refusal;

static const Refusal refusals[] = {
  { "service", "public-url", "http://auth.example.org",
    NOT_ACCEPTED "an https URL, or http on a loopback host, without path and query" },
  { "service", "public-url", "https://auth.example.org/auth",
    NOT_ACCEPTED "an https URL, or http on a loopback host, without path and query" },
  { "service", "public-url", "",
    NOT_ACCEPTED "an https URL, or http on a loopback host, without path and query" },
  { "service", "allowed-hosts", "ok.example.org bad/host",
    NOT_ACCEPTED
    "host names as browsers send them, with the port unless it is 80 or 443" },
  { "service", "secrets-folder", "secrets", NOT_ACCEPTED "an absolute path" },
  { "service", "tls-certificate", "cert.pem", NOT_ACCEPTED "an absolute path" },
  { "service", "tls-key", "", NOT_ACCEPTED "an absolute path" },
  { "identity", "provider", "Local",
    NOT_ACCEPTED "local, stytch or oidc (oauth means oidc)" },
  { "stytch", "project-id", "secret-test-1234",
    NOT_ACCEPTED "a project id, project-test-... or project-live-..." },
  { "stytch", "public-token", "public-token-1234",
    NOT_ACCEPTED "a public token, public-token-test-... or public-token-live-..." },
  { "stytch", "api-url", "http://test.stytch.com",
    NOT_ACCEPTED "an https URL, or http on a loopback host, without path (a trailing /v1 "
                 "is removed)" },
  { "stytch", "api-url", "https://test.stytch.com/v2",
    NOT_ACCEPTED "an https URL, or http on a loopback host, without path (a trailing /v1 "
                 "is removed)" },
  { "stytch", "methods", "google;myspace",
    NOT_ACCEPTED
    "amazon, apple, bitbucket, coinbase, discord, facebook, figma, github, gitlab, "
    "google, linkedin, microsoft, salesforce, slack, snapchat, tiktok, twitch, twitter, "
    "yahoo, email-otp or magic-link" },
  { "stytch", "registration", "worker", NOT_ACCEPTED "local or stytch" },
  { "oidc", "issuer", "http://id.example.org",
    NOT_ACCEPTED "an https URL, or http on a loopback host, without query" },
  { "oidc", "issuer", "https://id.example.org/?tenant=1",
    NOT_ACCEPTED "an https URL, or http on a loopback host, without query" },
  { "oidc", "client-id", "two words",
    NOT_ACCEPTED "a client id of up to 256 characters, without spaces" },
  { "oidc", "scopes", "", NOT_ACCEPTED "at least one scope (RFC 6749, section 3.3)" },
  { "tokens", "access-lifetime-s", "59", NUMBER_FROM ("60", "86400") },
  { "tokens", "access-lifetime-s", "86401", NUMBER_FROM ("60", "86400") },
  { "tokens", "access-lifetime-s", "1h", NUMBER_FROM ("60", "86400") },
  { "tokens", "access-lifetime-s", "-60", NUMBER_FROM ("60", "86400") },
  { "tokens", "access-lifetime-s", "18446744073709551676", NUMBER_FROM ("60", "86400") },
  { "tokens", "refresh-lifetime-s", "299", NUMBER_FROM ("300", "31536000") },
  { "tokens", "code-lifetime-s", "601", NUMBER_FROM ("10", "600") },
  { "tokens", "login-lifetime-s", "3601", NUMBER_FROM ("60", "3600") },
  { "tokens", "algorithm", "none", NOT_ACCEPTED "ES256, RS256 or HS256" },
  { "tokens", "algorithm", "hs256", NOT_ACCEPTED "ES256, RS256 or HS256" },
  { "tokens", "rotate-keys-after-s", "86399", NUMBER_FROM ("86400", "315360000") },
  { "tokens", "rotate-keys-after-s", "315360001", NUMBER_FROM ("86400", "315360000") },
  { "resource", "upstream", "http://mcp.example.org/mcp",
    NOT_ACCEPTED
    "an https URL, or http on a loopback host; without a path its /mcp is meant" },
  { "resource", "upstream", "https://me:pw@mcp.example.org/mcp",
    NOT_ACCEPTED
    "an https URL, or http on a loopback host; without a path its /mcp is meant" },
  { "resource", "command", "", NOT_ACCEPTED COMMAND },
  { "resource", "command", "server 'unfinished", NOT_ACCEPTED COMMAND },
  { "resource", "command", "server {port} {socket}", NOT_ACCEPTED COMMAND },
  { "resource", "command-transport", "sse", NOT_ACCEPTED "auto, stdio or http" },
  { "resource", "idle-stop-s", "9", NUMBER_FROM ("10", "86400") },
  { "resource", "scopes", "", NOT_ACCEPTED SCOPES },
  { "resource", "scopes", "a\\\\b", NOT_ACCEPTED SCOPES },
  { "resource", "scopes", "tools/call=mcp:write", NOT_ACCEPTED SCOPES },
  { "resource", "scopes", "mcp tools/call:=x", NOT_ACCEPTED SCOPES },
  { "resource", "scopes", "mcp tools/call:%zz=x", NOT_ACCEPTED SCOPES },
  { "resource", "scopes", "mcp =x", NOT_ACCEPTED SCOPES },
  { "resource", "scopes",
    "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 a=25",
    NOT_ACCEPTED SCOPES },
  { "resource", "trusted-issuers", "stytch id.example.org",
    NOT_ACCEPTED
    "stytch, or issuers: https URLs, or http on a loopback host, without query" },
  { "cors", "allowed-origins", "null",
    NOT_ACCEPTED "origins such as https://app.example.org, or *" },
  { "cors", "allowed-origins", "https://app.example.org/page",
    NOT_ACCEPTED "origins such as https://app.example.org, or *" },
  { "service", "trusted-proxies", "10.0.0.1/8",
    NOT_ACCEPTED "addresses or ranges, such as 127.0.0.2 or 10.0.0.0/8" },
  { "service", "trusted-proxies", "proxy.example.org",
    NOT_ACCEPTED "addresses or ranges, such as 127.0.0.2 or 10.0.0.0/8" },
  { "service", "monitors", "192.0.2.7/33",
    NOT_ACCEPTED "addresses or ranges, such as 192.0.2.7 or 2001:db8::/32" },
  { "limits", "owner-requests-per-minute", "1000001", NUMBER_FROM ("0", "1000000") },
  { "limits", "register-per-minute", "-1", NUMBER_FROM ("0", "1000000") },
  { "limits", "authorize-per-minute", "many", NUMBER_FROM ("0", "1000000") },
  { "limits", "token-per-minute", "", NUMBER_FROM ("0", "1000000") },
  { "limits", "max-connections", "15", NUMBER_FROM ("16", "65536") },
  { "limits", "max-body-bytes", "1023", NUMBER_FROM ("1024", "67108864") },
  { "limits", "header-timeout-ms", "0", NUMBER_FROM ("100", "600000") },
  { "limits", "body-timeout-ms", "600001", NUMBER_FROM ("100", "600000") },
  { "limits", "idle-timeout-ms", "99", NUMBER_FROM ("100", "3600000") },
};

static void
test_refused (void)
{
  g_autoptr (Settings) settings = settings_new ();

  for (size_t i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      const Refusal *refusal = &refusals[i];
      g_autofree char *text =
          g_strdup_printf ("[%s]\n%s=%s\n", refusal->group, refusal->key, refusal->value);
      g_autofree char *expected = g_strdup_printf ("user.ini: [%s] %s: %s",
                                                   refusal->group, refusal->key,
                                                   refusal->message);
      g_autofree char *message = NULL;

      settings_write (settings->user, text);
      g_assert_false (settings_load (settings, NULL, NULL));
      message = settings_get_message (settings);
      g_assert_cmpstr (message, ==, expected);
    }
}

static void
test_accepted (void)
{
  g_autoptr (Settings) settings = settings_new ();
  const BmaConfig *config = NULL;

  settings_write (
      settings->user,
      "# a comment\n"
      "[service]\nlisten=[::1]:0\npublic-url=https://Auth.Example.org/\n"
      "allowed-hosts=Box.local:8417, box\nsecrets-folder=/run/secrets//x/\n"
      "trusted-proxies=127.0.0.2;FD00::/8\nmonitors=192.0.2.7\n"
      "[identity]\nprovider=stytch \n"
      "[stytch]\nproject-id=project-live-1\npublic-token=public-token-live-2\n"
      "api-url=https://login.example.org/v1/\nmethods=github;google;github;\n"
      "registration=stytch\n"
      "[oidc]\nissuer=https://ID.example.org/\nclient-id=a:b\nscopes=profile openid\n"
      "[tokens]\naccess-lifetime-s=60\nrefresh-lifetime-s=31536000\n"
      "code-lifetime-s=10\nlogin-lifetime-s=3600\nalgorithm=HS256\n"
      "rotate-keys-after-s=86400\n"
      "[resource]\nupstream=https://mcp.example.org/v2/mcp?x=1\nscopes=mcp read:x "
      "tools/call=mcp:write tools/call:%65cho=mcp:read mcp tools/call=mcp:write\n"
      "command=run 'a b' --port {port}\ncommand-transport=http\nidle-stop-s=10\n"
      "[cors]\nallowed-origins=https://APP.example.org:443/;http://localhost:6274\n"
      "[limits]\nowner-requests-per-minute=0\nregister-per-minute=1\n"
      "authorize-per-minute=2\ntoken-per-minute=1000000\nmax-connections=16\nmax-body-"
      "bytes=1024\nheader-timeout-ms=100\n"
      "body-timeout-ms=200\nidle-timeout-ms=300\n");
  settings_load (settings, NULL, NULL);
  g_assert_no_error (settings->error);
  config = settings->config;

  g_assert_cmpstr (config->listen_host, ==, "::1");
  g_assert_cmpuint (config->listen_port, ==, 0);
  g_assert_cmpstr (config->public_url, ==, "https://auth.example.org");
  g_assert_cmpstrv (config->allowed_hosts,
                    ((const char *[]){ "box.local:8417", "box", NULL }));
  g_assert_cmpstr (config->secrets_folder, ==, "/run/secrets/x");
  g_assert_cmpstr (config->provider, ==, "stytch");
  g_assert_cmpstr (config->stytch_project_id, ==, "project-live-1");
  g_assert_cmpstr (config->stytch_public_token, ==, "public-token-live-2");
  g_assert_cmpstr (config->stytch_api_url, ==, "https://login.example.org");
  g_assert_cmpstrv (config->stytch_methods,
                    ((const char *[]){ "github", "google", NULL }));
  g_assert_cmpstr (config->stytch_registration, ==, BMA_REGISTRATION_STYTCH);
  g_assert_cmpstr (config->oidc_issuer, ==, "https://ID.example.org/");
  g_assert_cmpstr (config->oidc_client_id, ==, "a:b");
  g_assert_cmpstrv (config->oidc_scopes, ((const char *[]){ "profile", "openid", NULL }));
  g_assert_cmpint (config->access_lifetime_s, ==, 60);
  g_assert_cmpint (config->refresh_lifetime_s, ==, 31536000);
  g_assert_cmpint (config->code_lifetime_s, ==, 10);
  g_assert_cmpint (config->login_lifetime_s, ==, 3600);
  g_assert_cmpstr (config->algorithm, ==, "HS256");
  g_assert_cmpint (config->rotate_keys_after_s, ==, 86400);
  g_assert_cmpstr (config->upstream, ==, "https://mcp.example.org/v2/mcp?x=1");
  g_assert_cmpstr (config->command, ==, "run 'a b' --port {port}");
  g_assert_cmpstr (config->command_transport, ==, BMA_TRANSPORT_HTTP);
  g_assert_cmpuint (config->command_idle_stop_s, ==, 10);
  g_assert_cmpstrv (config->scopes, ((const char *[]){ "mcp", "read:x", NULL }));
  g_assert_cmpstrv (config->scope_rules,
                    ((const char *[]){ "tools/call=mcp:write", "tools/call:echo=mcp:read",
                                       NULL }));
  g_assert_cmpstrv (config->cors_origins,
                    ((const char *[]){ "https://app.example.org", "http://localhost:6274",
                                       NULL }));
  g_assert_cmpstrv (config->trusted_proxies,
                    ((const char *[]){ "127.0.0.2", "fd00::/8", NULL }));
  g_assert_cmpstrv (config->monitors, ((const char *[]){ "192.0.2.7", NULL }));
  g_assert_cmpuint (config->owner_per_minute, ==, 0);
  g_assert_cmpuint (config->register_per_minute, ==, 1);
  g_assert_cmpuint (config->authorize_per_minute, ==, 2);
  g_assert_cmpuint (config->token_per_minute, ==, 1000000);
  g_assert_cmpuint (config->max_connections, ==, 16);
  g_assert_cmpuint (config->max_body_bytes, ==, 1024);
  g_assert_cmpuint (config->header_timeout_ms, ==, 100);
  g_assert_cmpuint (config->body_timeout_ms, ==, 200);
  g_assert_cmpuint (config->idle_timeout_ms, ==, 300);
}

static void
test_scopes (void)
{
  const BmaSetting *scopes = bma_setting_find ("resource", "scopes");
  g_autoptr (BmaConfig) wanted = bma_config_new ();
  g_autoptr (BmaConfig) running = bma_config_new ();

  g_assert_true (bma_setting_is_met (scopes, wanted, running));
  g_assert_cmpint (bma_setting_apply (scopes, "a tools/call=b", wanted), ==,
                   BMA_SETTING_OK);
  g_assert_cmpint (bma_setting_apply (scopes, "a", running), ==, BMA_SETTING_OK);
  g_assert_false (bma_setting_is_met (scopes, wanted, running));
  bma_setting_copy (scopes, wanted, running);
  g_assert_true (bma_setting_is_met (scopes, wanted, running));
  g_assert_cmpstrv (running->scope_rules, ((const char *[]){ "tools/call=b", NULL }));
  /* A refused value changes nothing. */
  g_assert_cmpint (bma_setting_apply (scopes, "z x=", running), ==, BMA_SETTING_BAD);
  g_assert_true (bma_setting_is_met (scopes, wanted, running));
}

/* Byte for byte: a slash at the end makes another issuer. */
static void
test_trusted_issuers (void)
{
  g_autoptr (BmaConfig) config = bma_config_new ();
  const BmaSetting *setting = bma_setting_find ("resource", "trusted-issuers");

  g_assert_cmpint (bma_setting_apply (setting,
                                      "stytch; https://ID.example.org/a/ "
                                      "http://127.0.0.1:9000",
                                      config),
                   ==, BMA_SETTING_OK);
  g_assert_cmpstrv (config->trusted_issuers,
                    ((const char *[]){ "stytch", "https://ID.example.org/a/",
                                       "http://127.0.0.1:9000", NULL }));
  g_assert_nonnull (strstr (bma_config_find_contradiction (config), "needs [stytch]"));
  config->stytch_project_id = g_strdup ("project-test-1");
  g_assert_null (bma_config_find_contradiction (config));
}

static void
test_listen (void)
{
  static const struct
  {
    const char *text;
    BmaSettingVerdict verdict;
    const char *host;
    uint16_t port;
  } cases[] = {
    { "127.0.0.1:8417", BMA_SETTING_OK, "127.0.0.1", 8417 },
    { "127.0.0.1:0", BMA_SETTING_OK, "127.0.0.1", 0 },
    { "127.0.0.1:65535", BMA_SETTING_OK, "127.0.0.1", 65535 },
    { "[::1]:1", BMA_SETTING_OK, "::1", 1 },
    { "LocalHost:9", BMA_SETTING_OK, "127.0.0.1", 9 },
    { "0.0.0.0:8417", BMA_SETTING_OK, "0.0.0.0", 8417 },
    { "[::]:8417", BMA_SETTING_OK, "::", 8417 },
    { "192.0.2.1:8417", BMA_SETTING_OK, "192.0.2.1", 8417 },
    { "", BMA_SETTING_BAD },
    { ":8417", BMA_SETTING_BAD },
    { "8417", BMA_SETTING_BAD },
    { "127.0.0.1", BMA_SETTING_BAD },
    { "127.0.0.1:", BMA_SETTING_BAD },
    { "127.0.0.1:65536", BMA_SETTING_BAD },
    { "127.0.0.1:+1", BMA_SETTING_BAD },
    { "::1:8417", BMA_SETTING_BAD },
    { "[127.0.0.1]:8417", BMA_SETTING_BAD },
    { "[:1", BMA_SETTING_BAD },
    { "]:1", BMA_SETTING_BAD },
    { "example.org:8417", BMA_SETTING_BAD },
    { "http://127.0.0.1:8417", BMA_SETTING_BAD },
  };
  const BmaSetting *listen = bma_setting_find ("service", "listen");

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (BmaConfig) config = bma_config_new ();
      gboolean ok = cases[i].verdict == BMA_SETTING_OK;

      g_test_message ("listen=%s", cases[i].text);
      g_assert_cmpint (bma_setting_apply (listen, cases[i].text, config), ==,
                       cases[i].verdict);
      g_assert_cmpstr (config->listen_host, ==, ok ? cases[i].host : "127.0.0.1");
      g_assert_cmpuint (config->listen_port, ==, ok ? cases[i].port : 8417);
    }
}

/* What the table tells people is what the service does. */
static void
test_table (void)
{
  size_t n_settings = 0;
  const BmaSetting *table = bma_setting_table (&n_settings);
  g_autoptr (BmaConfig) builtin = bma_config_new ();

  for (size_t i = 0; i < n_settings; i++)
    {
      const BmaSetting *setting = &table[i];
      g_autoptr (BmaConfig) config = bma_config_new ();
      g_autofree char *range = g_strdup_printf ("a whole number from %" G_GINT64_FORMAT
                                                " to %" G_GINT64_FORMAT,
                                                setting->minimum, setting->maximum);

      g_test_message ("[%s] %s", setting->group, setting->key);
      g_assert_true (bma_setting_find (setting->group, setting->key) == setting);
      g_assert_nonnull (setting->accepted);
      g_assert_true (g_str_has_suffix (setting->summary, "."));
      g_assert_nonnull (setting->builtin);
      if (setting->type == BMA_SETTING_INTEGER)
        g_assert_cmpstr (setting->accepted, ==, range);
      if (strchr (setting->builtin, ' ') == NULL &&
          strcmp (setting->builtin, "none") != 0)
        g_assert_cmpint (bma_setting_apply (setting, setting->builtin, config), ==,
                         BMA_SETTING_OK);
      g_assert_true (bma_setting_is_met (setting, config, builtin));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/daemon/setting/scopes-and-their-rules", test_scopes);
  g_test_add_func ("/daemon/setting/refused-with-what-is-accepted", test_refused);
  g_test_add_func ("/daemon/setting/accepted-and-normalised", test_accepted);
  g_test_add_func ("/daemon/setting/trusted-issuers", test_trusted_issuers);
  g_test_add_func ("/daemon/setting/listen", test_listen);
  g_test_add_func ("/daemon/setting/table-tells-the-truth", test_table);
  return g_test_run ();
}
