/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-setting.h"

#include <string.h>

#include "bma-names.h"
#include "bma-address-range.h"
#include "bma-setting-take.h"

#define AT(member)     .offset = G_STRUCT_OFFSET (BmaConfig, member)
#define NUMBER(member) AT (member), .size = sizeof (((BmaConfig *) NULL)->member)

static const char *const algorithm_words[] = { BMA_ALGORITHM_NAME_ES256,
                                               BMA_ALGORITHM_NAME_RS256,
                                               BMA_ALGORITHM_NAME_HS256, NULL };
static const char *const yes_no_words[] = { "yes", "no", NULL };
static const char *const callback_words[] = { BMA_STYTCH_CALLBACK_TX,
                                              BMA_STYTCH_CALLBACK_FIXED, NULL };
static const char *const registration_words[] = { BMA_REGISTRATION_LOCAL,
                                                  BMA_REGISTRATION_STYTCH, NULL };
static const char *const ask_words[] = { BMA_ASK_AUTO, BMA_ASK_NOTIFICATION, BMA_ASK_PAGE,
                                         BMA_ASK_NONE, NULL };
static const char *const transport_words[] = { BMA_TRANSPORT_AUTO, BMA_TRANSPORT_STDIO,
                                               BMA_TRANSPORT_HTTP, NULL };
/* OAuth providers as Stytch names them, and mail. */
static const char *const method_words[] = {
  "amazon",     "apple",     "bitbucket",  "coinbase", "discord",  "facebook",
  "figma",      "github",    "gitlab",     "google",   "linkedin", "microsoft",
  "salesforce", "slack",     "snapchat",   "tiktok",   "twitch",   "twitter",
  "yahoo",      "email-otp", "magic-link", NULL,
};

static const BmaSetting table[] = {
  { "service", "listen", "BIOMCP_AUTH_LISTEN", BMA_DEFAULT_LISTEN,
    "ADDRESS:PORT, such as 127.0.0.1:8417 or [::1]:8417; port 0 takes a free one",
    "Where the service listens. Beyond the loopback interface it needs tls-certificate, "
    "an "
    "https public-url and another identity provider than local.",
    .type = BMA_SETTING_ADDRESS, .restart = TRUE },
  { "service", "public-url", "BIOMCP_AUTH_PUBLIC_URL", "from listen",
    "an https URL, or http on a loopback host, without path and query",
    "How clients reach the service; the issuer of its tokens.", .type = BMA_SETTING_TEXT,
    .take = bma_setting_take_public_url, AT (public_url), .restart = TRUE },
  { "service", "allowed-hosts", NULL, "the loopback names with our port",
    "host names as browsers send them, with the port unless it is 80 or 443",
    "Further names under which requests are answered.", .type = BMA_SETTING_LIST,
    .take = bma_setting_take_host, AT (allowed_hosts) },
  { "service", "secrets-folder", NULL, "none", "an absolute path",
    "A folder with one file for each secret, readable by you alone, instead of the "
    "keyring.",
    .type = BMA_SETTING_TEXT, .take = bma_setting_take_path, AT (secrets_folder),
    .restart = TRUE },
  { "service", "tls-certificate", NULL, "none", "an absolute path",
    "A PEM file with the certificate and those that vouch for it; the service then "
    "speaks "
    "https alone. It is read again when it changes.",
    .type = BMA_SETTING_TEXT, .take = bma_setting_take_path, AT (tls_certificate),
    .restart = TRUE },
  { "service", "tls-key", NULL, "in tls-certificate", "an absolute path",
    "A PEM file with the private key of the certificate, without a passphrase and not "
    "readable by others.",
    .type = BMA_SETTING_TEXT, .take = bma_setting_take_path, AT (tls_key),
    .restart = TRUE },
  { "service", "trusted-proxies", NULL, "none",
    "addresses or ranges, such as 127.0.0.2 or 10.0.0.0/8",
    "Reverse proxies that may say for whom they ask (Forwarded, X-Forwarded-For). "
    "Whoever "
    "comes through one is never taken for you.",
    .type = BMA_SETTING_LIST, .take = bma_address_range_normalize, AT (trusted_proxies) },
  { "service", "idle-exit-s", NULL, "600", "a whole number from 0 to 86400",
    "Seconds without anybody asking anything, after which the service ends until it is "
    "needed again; 0 for never. Only where systemd holds its socket (biomcp-auth.socket) "
    "and the session bus can start it.",
    .type = BMA_SETTING_INTEGER, .maximum = 86400, NUMBER (idle_exit_s) },
  { "service", "monitors", NULL, "none",
    "addresses or ranges, such as 192.0.2.7 or 2001:db8::/32",
    "Who else may read /status and /metrics.", .type = BMA_SETTING_LIST,
    .take = bma_address_range_normalize, AT (monitors) },

  { "identity", "provider", "IDENTITY_PROVIDER", "local",
    "local, stytch or oidc (oauth means oidc)",
    "Who tells who the person is: the desktop session, a Stytch project, or an OpenID "
    "provider.",
    .type = BMA_SETTING_TEXT, .take = bma_setting_take_provider, AT (provider) },

  { "stytch", "project-id", "STYTCH_PROJECT_ID", "none",
    "a project id, project-test-... or project-live-...", "The Stytch project.",
    .type = BMA_SETTING_TEXT, .take = bma_setting_take_stytch_project,
    AT (stytch_project_id) },
  { "stytch", "public-token", "STYTCH_PUBLIC_TOKEN", "none",
    "a public token, public-token-test-... or public-token-live-...",
    "The public token of the project.", .type = BMA_SETTING_TEXT,
    .take = bma_setting_take_stytch_token, AT (stytch_public_token) },
  { "stytch", "api-url", "STYTCH_API_URL",
    "https://test.stytch.com or https://api.stytch.com, by project id",
    "an https URL, or http on a loopback host, without path (a trailing /v1 is removed)",
    "Where the API of Stytch is.", .type = BMA_SETTING_TEXT,
    .take = bma_setting_take_stytch_url, AT (stytch_api_url) },
  { "stytch", "methods", "STYTCH_OAUTH_URL", "google",
    "amazon, apple, bitbucket, coinbase, discord, facebook, figma, github, gitlab, "
    "google, linkedin, microsoft, salesforce, slack, snapchat, tiktok, twitch, twitter, "
    "yahoo, email-otp or magic-link",
    "The ways to sign in, the first is the default. STYTCH_OAUTH_URL is a whole address, "
    "https://HOST/v1/public/oauth/METHOD/start, and sets api-url too.",
    .type = BMA_SETTING_LIST, .words = method_words, .minimum = 1, AT (stytch_methods) },
  { "stytch", "callback", NULL, "tx", "tx or fixed",
    "Whether the redirect URL carries our transaction, so that several sign-ins of one "
    "browser can go on at once, or is always the same.",
    .type = BMA_SETTING_CHOICE, .words = callback_words, AT (stytch_callback) },
  { "stytch", "registration", NULL, "local", "local or stytch",
    "Who keeps the list of clients: this service, or the Stytch project.",
    .type = BMA_SETTING_CHOICE, .words = registration_words, AT (stytch_registration) },

  { "oidc", "issuer", "OAUTH_ISSUER", "none",
    "an https URL, or http on a loopback host, without query",
    "The issuer of the OpenID provider, exactly as its discovery document spells it.",
    .type = BMA_SETTING_TEXT, .take = bma_setting_take_issuer, AT (oidc_issuer) },
  { "oidc", "client-id", "OAUTH_CLIENT_ID", "none",
    "a client id of up to 256 characters, without spaces",
    "What we are called at the OpenID provider.", .type = BMA_SETTING_TEXT,
    .take = bma_setting_take_client_id, AT (oidc_client_id) },
  { "oidc", "scopes", "OAUTH_SCOPES", "openid profile email",
    "at least one scope (RFC 6749, section 3.3)",
    "What is asked of the OpenID provider; openid is always asked for.",
    .type = BMA_SETTING_LIST, .take = bma_setting_take_scope, .minimum = 1,
    AT (oidc_scopes) },

  { "tokens", "access-lifetime-s", NULL, "3600", "a whole number from 60 to 86400",
    "Seconds an access token is good for.", .type = BMA_SETTING_INTEGER, .minimum = 60,
    .maximum = 86400, NUMBER (access_lifetime_s) },
  { "tokens", "refresh-lifetime-s", NULL, "2592000",
    "a whole number from 300 to 31536000",
    "Seconds a refresh token is good for when it is not used.",
    .type = BMA_SETTING_INTEGER, .minimum = 300, .maximum = 31536000,
    NUMBER (refresh_lifetime_s) },
  { "tokens", "code-lifetime-s", NULL, "300", "a whole number from 10 to 600",
    "Seconds an authorization code is good for.", .type = BMA_SETTING_INTEGER,
    .minimum = 10, .maximum = 600, NUMBER (code_lifetime_s) },
  { "tokens", "login-lifetime-s", NULL, "600", "a whole number from 60 to 3600",
    "Seconds a person has for signing in.", .type = BMA_SETTING_INTEGER, .minimum = 60,
    .maximum = 3600, NUMBER (login_lifetime_s) },
  { "tokens", "algorithm", NULL, "ES256", "ES256, RS256 or HS256",
    "How tokens are signed: with keys that rotate and are published, or (HS256) with the "
    "secret jwt-secret, which others have too.",
    .type = BMA_SETTING_CHOICE, .words = algorithm_words, AT (algorithm) },
  { "tokens", "rotate-keys-after-s", NULL, "7776000",
    "a whole number from 86400 to 315360000",
    "Seconds after which a new signing key follows.", .type = BMA_SETTING_INTEGER,
    .minimum = 86400, .maximum = 315360000, NUMBER (rotate_keys_after_s) },

  { "resource", "upstream", "REMOTE_MCP_SERVER_URL", "http://127.0.0.1:8080/mcp",
    "an https URL, or http on a loopback host; without a path its /mcp is meant",
    "The MCP server behind /mcp.", .type = BMA_SETTING_TEXT,
    .take = bma_setting_take_upstream, AT (upstream) },
  { "resource", "command", NULL, "none",
    "a command line, quoted as for a shell but read by none, with at most one of {port} "
    "and {socket}",
    "A program that is started as MCP server on first use and stopped when idle, instead "
    "of upstream. It speaks MCP over standard input and output, or HTTP: on a loopback "
    "port, {port}, or a Unix socket, {socket}, at the path of upstream. {secret-file} is "
    "a file with the bearer token that the service sends it.",
    .type = BMA_SETTING_TEXT, .take = bma_setting_take_command, AT (command) },
  { "resource", "command-transport", NULL, "auto", "auto, stdio or http",
    "How the program of command speaks; auto: http if {port} or {socket} is in it.",
    .type = BMA_SETTING_CHOICE, .words = transport_words, AT (command_transport) },
  { "resource", "idle-stop-s", NULL, "300", "a whole number from 10 to 86400",
    "Seconds without a request or stream after which the program of command, or its run "
    "for one session, is stopped.",
    .type = BMA_SETTING_INTEGER, .minimum = 10, .maximum = 86400,
    NUMBER (command_idle_stop_s) },
  { "resource", "scopes", NULL, "mcp",
    "at least one scope (RFC 6749, section 3.3), and METHOD=SCOPE or METHOD:NAME=SCOPE "
    "for what needs more, percent-encoded; at most 24 different scopes",
    "What a token for /mcp needs, and what methods, tools, prompts and resources need "
    "besides.",
    .type = BMA_SETTING_SCOPES, AT (scopes) },
  { "resource", "trusted-issuers", NULL, "none",
    "stytch, or issuers: https URLs, or http on a loopback host, without query",
    "Others whose tokens /mcp takes too: those of the Stytch project, or of issuers as "
    "they spell themselves.",
    .type = BMA_SETTING_LIST, .take = bma_setting_take_trusted_issuer,
    AT (trusted_issuers) },

  { "desktop", "ask", NULL, "auto", "auto, notification, page or none",
    "How you are asked when a program wants a token: by a notification, or by a page "
    "where "
    "nobody shows notifications; by a notification alone; by a page at once; or not at "
    "all, so that programs wait until you look (biomcp-auth sign-in).",
    .type = BMA_SETTING_CHOICE, .words = ask_words, AT (ask) },
  { "desktop", "drop-tokens-on-lock", NULL, "no", "yes or no",
    "Whether the service forgets the tokens it has in memory when the screen is locked. "
    "What was allowed stays allowed.",
    .type = BMA_SETTING_CHOICE, .words = yes_no_words, AT (drop_tokens_on_lock) },
  { "desktop", "tokens-while-locked", NULL, "yes", "yes or no",
    "Whether programs of the desktop get tokens while the screen is locked; if not, they "
    "are told that they need the person.",
    .type = BMA_SETTING_CHOICE, .words = yes_no_words, AT (tokens_while_locked) },

  { "cors", "allowed-origins", "ALLOWED_ORIGINS", "none",
    "origins such as https://app.example.org, or *",
    "Web pages of other origins that may call the service.", .type = BMA_SETTING_LIST,
    .take = bma_setting_take_origin, AT (cors_origins) },

  { "limits", "owner-requests-per-minute", NULL, "60000",
    "a whole number from 0 to 1000000",
    "How often your own programs may ask of each kind: to register, to authorize, for "
    "tokens, to revoke and introspect. A minute's worth may come at once; 0 for no "
    "limit.",
    .type = BMA_SETTING_INTEGER, .maximum = 1000000, NUMBER (owner_per_minute) },
  { "limits", "register-per-minute", NULL, "20", "a whole number from 0 to 1000000",
    "How often one address of another machine may register clients; 0 for no "
    "limit.",
    .type = BMA_SETTING_INTEGER, .maximum = 1000000, NUMBER (register_per_minute) },
  { "limits", "authorize-per-minute", NULL, "60", "a whole number from 0 to 1000000",
    "How often one address of another machine may open pages that authorize, and begin "
    "device authorizations; 0 for no limit.",
    .type = BMA_SETTING_INTEGER, .maximum = 1000000, NUMBER (authorize_per_minute) },
  { "limits", "token-per-minute", NULL, "120", "a whole number from 0 to 1000000",
    "How often one address of another machine may ask for tokens, and as often revoke "
    "and "
    "introspect them. One that fails counts for five; 0 for no limit.",
    .type = BMA_SETTING_INTEGER, .maximum = 1000000, NUMBER (token_per_minute) },
  { "limits", "max-connections", NULL, "4096", "a whole number from 16 to 65536",
    "Connections open at once.", .type = BMA_SETTING_INTEGER, .minimum = 16,
    .maximum = 65536, NUMBER (max_connections), .restart = TRUE },
  { "limits", "max-body-bytes", NULL, "4194304", "a whole number from 1024 to 67108864",
    "Bytes of a request body.", .type = BMA_SETTING_INTEGER, .minimum = 1024,
    .maximum = 67108864, NUMBER (max_body_bytes), .restart = TRUE },
  { "limits", "header-timeout-ms", NULL, "10000", "a whole number from 100 to 600000",
    "Milliseconds a client has for the head of a request.", .type = BMA_SETTING_INTEGER,
    .minimum = 100, .maximum = 600000, NUMBER (header_timeout_ms), .restart = TRUE },
  { "limits", "body-timeout-ms", NULL, "60000", "a whole number from 100 to 600000",
    "Milliseconds a client has for the body of a request.", .type = BMA_SETTING_INTEGER,
    .minimum = 100, .maximum = 600000, NUMBER (body_timeout_ms), .restart = TRUE },
  { "limits", "idle-timeout-ms", NULL, "120000", "a whole number from 100 to 3600000",
    "Milliseconds a connection may rest between two requests.",
    .type = BMA_SETTING_INTEGER, .minimum = 100, .maximum = 3600000,
    NUMBER (idle_timeout_ms), .restart = TRUE },
  { "limits", "answer-timeout-ms", NULL, "300000", "a whole number from 1000 to 3600000",
    "Milliseconds the MCP server has until it begins its answer to a request. A stream "
    "that it has begun may last for as long as the token is good.",
    .type = BMA_SETTING_INTEGER, .minimum = 1000, .maximum = 3600000,
    NUMBER (answer_timeout_ms) },
};

/**
 * bma_setting_table:
 * @n_settings: (out): number of rows
 *
 * Returns: (array length=n_settings) (transfer none): all settings
 */
const BmaSetting *
bma_setting_table (size_t *n_settings)
{
  *n_settings = G_N_ELEMENTS (table);
  return table;
}

/**
 * bma_setting_find:
 * @group: a group
 * @key: a key
 *
 * Returns: (transfer none) (nullable): the setting
 */
const BmaSetting *
bma_setting_find (const char *group, const char *key)
{
  for (size_t i = 0; i < G_N_ELEMENTS (table); i++)
    if (strcmp (table[i].group, group) == 0 && strcmp (table[i].key, key) == 0)
      return &table[i];
  return NULL;
}

/**
 * bma_setting_has_group:
 * @group: a group
 *
 * Returns: whether any setting is in it
 */
gboolean
bma_setting_has_group (const char *group)
{
  for (size_t i = 0; i < G_N_ELEMENTS (table); i++)
    if (strcmp (table[i].group, group) == 0)
      return TRUE;
  return FALSE;
}
