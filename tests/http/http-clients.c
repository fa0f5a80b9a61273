/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "http-clients.h"

#include <string.h>

#include "bma-jwt.h"
#include "bma-text.h"

void
http_store_apply (HttpFixture *self, BmaChange *change)
{
  g_autoptr (GAsyncResult) result = NULL;

  bma_store_apply_async (BMA_STORE (self->store), change, NULL, http_keep_result,
                         &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (bma_store_apply_finish (BMA_STORE (self->store), result, NULL));
}

static void
add (HttpFixture *self, BmaClient *client)
{
  g_autoptr (BmaChange) change = bma_change_new ();

  client->redirect_uris = g_strsplit ("http://127.0.0.1:1234/callback", " ", -1);
  client->grant_types = g_strsplit ("authorization_code refresh_token client_credentials "
                                    "urn:ietf:params:oauth:grant-type:device_code",
                                    " ", -1);
  client->scope = g_strdup ("mcp");
  client->origin = g_strdup (BMA_CLIENT_ORIGIN_CONFIGURED);
  client->name = g_strdup ("Confidential client");
  bma_change_put_take (change, client);
  http_store_apply (self, change);
}

void
http_add_client (HttpFixture *self, const char *id, const char *auth_method)
{
  BmaClient *client = bma_client_new (id);

  client->auth_method = g_strdup (auth_method);
  client->secret_hash = bma_text_sha256_hex (SECRET);
  add (self, client);
}

void
http_add_key_client (HttpFixture *self, const char *id, BmaKey *key)
{
  BmaClient *client = bma_client_new (id);

  client->auth_method = g_strdup (BMA_CLIENT_AUTH_PRIVATE_KEY);
  client->jwks = g_strdup_printf ("{\"keys\":[%s]}", bma_key_get_public_jwk (key));
  add (self, client);
}

char *
http_make_basic (const char *id, const char *secret)
{
  g_autofree char *user = g_uri_escape_string (id, NULL, FALSE);
  g_autofree char *password = g_uri_escape_string (secret, NULL, FALSE);
  g_autofree char *text = g_strconcat (user, ":", password, NULL);
  g_autofree char *encoded = g_base64_encode ((const guchar *) text, strlen (text));

  return g_strconcat ("Basic ", encoded, NULL);
}

char *
http_make_assertion (BmaKey *key, const char *claims)
{
  const BmaJsonLimits limits = BMA_JSON_LIMITS_DEFAULT;
  g_autofree char *text = g_strdup_printf ("{%s}", claims);
  g_autoptr (JsonObject)
      object = bma_json_parse_object (text, strlen (text), &limits, NULL);
  g_autoptr (BmaSecret) token = bma_jwt_sign (key, "JWT", object, NULL);

  g_assert_nonnull (token);
  return g_strconcat ("&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3A"
                      "client-assertion-type%3Ajwt-bearer&client_assertion=",
                      bma_secret_peek (token), NULL);
}
