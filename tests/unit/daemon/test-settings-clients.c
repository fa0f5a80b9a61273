/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "settings-fixture.h"

#include <glib/gstdio.h>

#include "bma-client.h"

#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define WEB  "redirect-uris=https://app.example/cb\n"

static const BmaClient *
find (const Settings *settings, const char *client_id)
{
  for (unsigned int i = 0; i < settings->config->clients->len; i++)
    {
      const BmaClient *client = g_ptr_array_index (settings->config->clients, i);

      if (g_str_equal (bma_client_get_id (client), client_id))
        return client;
    }
  return NULL;
}

static void
test_defaults (void)
{
  g_autoptr (Settings) settings = settings_new ();
  const BmaClient *client = NULL;

  settings_write (settings->user, "[client my-app]\n" WEB);
  g_assert_true (settings_load (settings, NULL, NULL));
  g_assert_cmpuint (settings->config->clients->len, ==, 1);
  client = find (settings, "my-app");
  g_assert_nonnull (client);
  g_assert_cmpstr (client->name, ==, "my-app");
  g_assert_cmpstr (client->origin, ==, BMA_CLIENT_ORIGIN_CONFIGURED);
  g_assert_cmpstr (client->auth_method, ==, BMA_CLIENT_AUTH_NONE);
  g_assert_cmpuint (g_strv_length (client->grant_types), ==, 2);
  g_assert_null (client->scope);
}

static void
test_everything (void)
{
  g_autoptr (Settings) settings = settings_new ();
  g_autofree char *keys = g_build_filename (settings->folder, "keys.json", NULL);
  g_autofree char *text = g_strdup_printf (
      "[resource]\nscopes=mcp other\n"
      "[client one]\nclient-id=https://one.example/c\nname=The first one\n"
      "redirect-uris=http://127.0.0.1/a; com.example.one:/b\nscopes=other mcp\n"
      "grant-types=authorization_code client_credentials\n"
      "auth-method=client_secret_post\nsecret-sha256=" HASH "\n"
      "[client two]\ngrant-types=client_credentials\njwks-file=%s\n"
      "[client three]\n" WEB "secret-sha256=" HASH "\n",
      keys);
  const BmaClient *client = NULL;

  settings_write (keys, "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"A\","
                        "\"y\":\"B\"}]}");
  settings_write (settings->user, text);
  g_assert_true (settings_load (settings, NULL, NULL));
  client = find (settings, "https://one.example/c");
  g_assert_nonnull (client);
  g_assert_cmpstr (client->name, ==, "The first one");
  g_assert_cmpstr (client->redirect_uris[1], ==, "com.example.one:/b");
  g_assert_cmpstr (client->scope, ==, "other mcp");
  g_assert_cmpstr (client->auth_method, ==, BMA_CLIENT_AUTH_POST);
  g_assert_cmpstr (client->secret_hash, ==, HASH);
  g_assert_true (bma_client_has_grant_type (client, "client_credentials"));
  client = find (settings, "two");
  g_assert_cmpstr (client->auth_method, ==, BMA_CLIENT_AUTH_PRIVATE_KEY);
  g_assert_nonnull (client->jwks);
  client = find (settings, "three");
  g_assert_cmpstr (client->auth_method, ==, BMA_CLIENT_AUTH_BASIC);
  g_unlink (keys);
}

static void
test_refusals (void)
{
  g_autoptr (Settings) settings = settings_new ();
  static const struct
  {
    const char *text;
    BmaSettingsError code;
    const char *message;
  } cases[] = {
    { "[client a]\n" WEB "client-secret=x\n", BMA_SETTINGS_ERROR_SECRET,
      "user.ini: [client a] client-secret: secrets are not accepted in this file; remove "
      "it and set secret-sha256 to its SHA-256" },
    { "[client a]\n" WEB "colour=red\n", BMA_SETTINGS_ERROR_UNKNOWN,
      "user.ini: [client a] colour: there is no such key; accepted are client-id, name, "
      "redirect-uris, scopes, grant-types, auth-method, secret-sha256, jwks-file" },
    { "[client a]\nredirect-uris=http://app.example/cb\n", BMA_SETTINGS_ERROR_VALUE,
      "user.ini: [client a] redirect-uris: that value is not accepted; accepted: https "
      "URLs, http URLs on a loopback host, or URLs with a reverse domain name as scheme, "
      "without fragment, separated by semicolons or spaces" },
    { "[client a]\n" WEB "client-id=a b\n", BMA_SETTINGS_ERROR_VALUE,
      "user.ini: [client a] client-id: that value is not accepted; accepted: 1 to 512 "
      "printable ASCII characters without spaces" },
    { "[client a b]\n" WEB, BMA_SETTINGS_ERROR_INCOMPLETE,
      "user.ini: [client a b] client-id: the NAME of the group cannot be one; say which "
      "it is" },
    { "[client a]\n" WEB "secret-sha256=ABC\n", BMA_SETTINGS_ERROR_VALUE,
      "user.ini: [client a] secret-sha256: that value is not accepted; accepted: 64 "
      "lower-case hexadecimal digits" },
    { "[client a]\n" WEB "auth-method=client_secret_jwt\n", BMA_SETTINGS_ERROR_VALUE,
      "user.ini: [client a] auth-method: that value is not accepted; accepted: none, "
      "client_secret_basic, client_secret_post or private_key_jwt" },
    { "[client a]\n" WEB "auth-method=client_secret_basic\n",
      BMA_SETTINGS_ERROR_INCOMPLETE,
      "user.ini: [client a] secret-sha256: it is missing; the auth-method needs a "
      "secret" },
    { "[client a]\n" WEB "auth-method=none\nsecret-sha256=" HASH "\n",
      BMA_SETTINGS_ERROR_INCOMPLETE,
      "user.ini: [client a] secret-sha256: the auth-method has no secret" },
    { "[client a]\n" WEB "auth-method=private_key_jwt\n", BMA_SETTINGS_ERROR_INCOMPLETE,
      "user.ini: [client a] jwks-file: it is missing; the auth-method needs keys" },
    { "[client a]\n" WEB "jwks-file=/nonexistent\n", BMA_SETTINGS_ERROR_VALUE,
      "user.ini: [client a] jwks-file: that value is not accepted; accepted: the "
      "absolute path of a JSON file with a set of 1 to 16 public keys (RFC 7517)" },
    { "[client a]\ngrant-types=client_credentials\n", BMA_SETTINGS_ERROR_INCOMPLETE,
      "user.ini: [client a] grant-types: client_credentials need an auth-method other "
      "than none" },
    { "[client a]\nname=A\n", BMA_SETTINGS_ERROR_INCOMPLETE,
      "user.ini: [client a] redirect-uris: they are missing; authorization_code needs "
      "one" },
    { "[client a]\n" WEB "[client b]\nclient-id=a\n" WEB, BMA_SETTINGS_ERROR_INCOMPLETE,
      "[client b] client-id: [client a] has the same" },
    { "[client a]\n" WEB "scopes=root\n", BMA_SETTINGS_ERROR_INCOMPLETE,
      "[client a] scopes: one of them is not known here; accepted: mcp, offline_access, "
      "openid, profile, email" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].text);
      settings_write (settings->user, cases[i].text);
      settings_assert_refused (settings, NULL, NULL, cases[i].code, cases[i].message);
    }
  settings_write (settings->user, "[client ]\n" WEB);
  g_assert_false (settings_load (settings, NULL, NULL));
  settings_write (settings->user, "[clients]\n" WEB);
  g_assert_false (settings_load (settings, NULL, NULL));
}

static void
test_first_file_wins (void)
{
  g_autoptr (Settings) settings = settings_new ();
  const BmaClient *client = NULL;

  settings_write (settings->system[0],
                  "[client a]\nclient-id=system-a\nscopes=mcp\n" WEB "[client b]\n" WEB);
  settings_write (settings->user, "[client a]\nclient-id=user-a\n" WEB);
  g_assert_true (settings_load (settings, NULL, NULL));
  g_assert_cmpuint (settings->config->clients->len, ==, 2);
  client = find (settings, "user-a");
  /* As a whole: nothing is left of the other group. */
  g_assert_null (client->scope);
  g_assert_nonnull (find (settings, "b"));

  settings_write (settings->system[0], "[lock]\nclient=*\n[client b]\n" WEB);
  g_assert_true (settings_load (settings, NULL, NULL));
  g_assert_cmpuint (settings->config->clients->len, ==, 1);
  g_assert_nonnull (find (settings, "b"));
  g_assert_cmpuint (g_strv_length (settings->notices), ==, 1);
  settings_write (settings->user, "");
  g_assert_true (settings_load (settings, NULL, NULL));
  g_assert_cmpuint (g_strv_length (settings->notices), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/daemon/settings-clients/need-little", test_defaults);
  g_test_add_func ("/daemon/settings-clients/can-say-everything", test_everything);
  g_test_add_func ("/daemon/settings-clients/errors-say-what-is-accepted", test_refusals);
  g_test_add_func ("/daemon/settings-clients/the-first-file-wins", test_first_file_wins);
  return g_test_run ();
}
