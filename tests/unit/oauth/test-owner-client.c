/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-owner-client.h"

#include "bma-text.h"

#define JWKS "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"a\",\"y\":\"b\"}]}"

typedef struct
{
  BmaOwnerClientRequest request;
  const char *grant_types; /* NULL: refused */
  const char *auth_method;
} Case;

static const char *const redirect[] = { "http://127.0.0.1/cb", NULL };
static const char *const remote[] = { "http://example.org/cb", NULL };
static const char *const code[] = { "authorization_code", NULL };
static const char *const odd[] = { "implicit", NULL };
static const char *const machine[] = { "client_credentials", NULL };
static const char *const both[] = { "authorization_code", "client_credentials", NULL };
static const char *const root[] = { "root", NULL };

static const Case cases[] = {
  { { "Robot" }, "client_credentials", "client_secret_basic" },
  { { .name = "App", .redirect_uris = redirect },
    "authorization_code refresh_token",
    "client_secret_basic" },
  { { .name = "App", .redirect_uris = redirect, .auth_method = "none" },
    "authorization_code refresh_token",
    "none" },
  { { .name = "App", .redirect_uris = redirect, .grant_types = both },
    "authorization_code client_credentials",
    "client_secret_basic" },
  { { .name = "Key", .jwks = JWKS }, "client_credentials", "private_key_jwt" },
  { { .name = "RS", .is_resource_server = TRUE }, "", "client_secret_basic" },
  { { .name = "RS", .is_resource_server = TRUE, .auth_method = "none" }, NULL, NULL },
  { { .name = "" }, NULL, NULL },
  { { .name = "\n\t" }, NULL, NULL },
  { { .name = "x", .auth_method = "none" }, NULL, NULL },
  { { .name = "x", .auth_method = "tls_client_auth" }, NULL, NULL },
  { { .name = "x", .auth_method = "private_key_jwt" }, NULL, NULL },
  { { .name = "x", .auth_method = "client_secret_post", .jwks = JWKS }, NULL, NULL },
  { { .name = "x", .jwks = "{}" }, NULL, NULL },
  { { .name = "x", .jwks = "{\"keys\":[{\"kty\":\"EC\",\"d\":\"secret\"}]}" },
    NULL,
    NULL },
  { { .name = "x", .redirect_uris = remote }, NULL, NULL },
  { { .name = "x", .redirect_uris = redirect, .grant_types = machine }, NULL, NULL },
  { { .name = "x", .grant_types = code }, NULL, NULL },
  { { .name = "x", .grant_types = odd }, NULL, NULL },
  { { .name = "x", .scopes = root }, NULL, NULL },
};

static void
test_table (void)
{
  g_autoptr (BmaConfig) config = bma_config_new ();
  g_autofree char *hash = bma_text_sha256_hex ("secret");

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *problem = NULL;
      g_autoptr (BmaClient)
          client = bma_owner_client_decide (&cases[i].request, config,
                                            &(BmaOwnerClientTicket){ "ab", "secret" }, 7,
                                            &problem);
      g_autofree char *types = NULL;

      g_test_message ("case %zu: %s", i, problem);
      g_assert_true ((client == NULL) == (problem != NULL));
      g_assert_true ((client != NULL) == (cases[i].grant_types != NULL));
      if (client == NULL)
        continue;
      types = client->grant_types != NULL ? g_strjoinv (" ", client->grant_types)
                                          : g_strdup ("");
      g_assert_cmpstr (types, ==, cases[i].grant_types);
      g_assert_cmpstr (client->auth_method, ==, cases[i].auth_method);
      g_assert_cmpstr (client->scope, ==, "mcp");
      g_assert_cmpstr (client->origin, ==, BMA_CLIENT_ORIGIN_OWNER);
      g_assert_cmpstr (client->secret_hash, ==,
                       g_str_has_prefix (client->auth_method, "client_secret") ? hash
                                                                               : NULL);
      g_assert_cmpint (client->created_at_s, ==, 7);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/oauth/owner-client/fits-together-or-is-refused", test_table);
  return g_test_run ();
}
