/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "bma-client-auth.h"
#include "bma-text.h"

#define NOW_S 1000000
#define TYPE                                                                             \
  "client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3A"

static char *
make_basic (const char *text)
{
  g_autofree char *encoded = g_base64_encode ((const guchar *) text, strlen (text));

  return g_strconcat ("Basic ", encoded, NULL);
}

static void
test_basic (void)
{
  static const struct
  {
    const char *text;
    const char *client_id; /* NULL: refused */
    const char *secret;
  } cases[] = {
    { "id:secret", "id", "secret" },
    { "id:", "id", "" },
    { "id:a:b", "id", "a:b" },
    { "a%20b:p%2Bq+r", "a b", "p+q r" },
    { "https%3A%2F%2Fx.example%2Fc:%C3%A4", "https://x.example/c", "\xc3\xa4" },
    { ":secret", NULL, NULL },
    { "no colon", NULL, NULL },
    { "id:%zz", NULL, NULL },
    { "id:%00", NULL, NULL },
    { "id:%ff", NULL, NULL },
    { "\xff:x", NULL, NULL },
    { "", NULL, NULL },
  };
  g_autoptr (BmaForm) form = bma_form_parse ("", 0);

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *header = make_basic (cases[i].text);
      g_auto (BmaClientAuth) auth = { NULL };
      BmaOauthError error = bma_client_auth_parse (form, header, &auth);

      g_test_message ("%s", cases[i].text);
      if (cases[i].client_id == NULL)
        {
          g_assert_cmpint (error.code, ==, BMA_OAUTH_INVALID_CLIENT);
          continue;
        }
      g_assert_cmpint (error.code, ==, BMA_OAUTH_OK);
      g_assert_cmpstr (auth.method, ==, BMA_CLIENT_AUTH_BASIC);
      g_assert_cmpstr (auth.client_id, ==, cases[i].client_id);
      g_assert_cmpstr (bma_secret_peek (auth.secret), ==, cases[i].secret);
    }
}

static void
test_header_must_be_basic (void)
{
  static const char *const headers[] = {
    "",
    "Basic",
    "Basic ",
    "Basic a",
    "Basic aWQ6c2VjcmV0=",
    "Basic ====",
    "Basic aWQ6c*==",
    "Bearer abcd",
    "Basic aWQ6c2VjcmV0, Basic aWQ6",
    "Digest x=1",
    "Basic aWQ6 c2VjcmV0",
  };
  g_autoptr (BmaForm) form = bma_form_parse ("", 0);
  g_autofree char *huge = g_strnfill (4096, 'a');
  g_autofree char *long_header = g_strconcat ("Basic ", huge, NULL);
  g_auto (BmaClientAuth) lower = { NULL };

  for (size_t i = 0; i < G_N_ELEMENTS (headers); i++)
    {
      g_auto (BmaClientAuth) auth = { NULL };

      g_test_message ("%s", headers[i]);
      g_assert_cmpint (bma_client_auth_parse (form, headers[i], &auth).code, ==,
                       BMA_OAUTH_INVALID_CLIENT);
    }
  {
    g_auto (BmaClientAuth) auth = { NULL };

    g_assert_cmpint (bma_client_auth_parse (form, long_header, &auth).code, ==,
                     BMA_OAUTH_INVALID_CLIENT);
  }
  g_assert_cmpint (bma_client_auth_parse (form, "basic aWQ6c2VjcmV0", &lower).code, ==,
                   BMA_OAUTH_OK);
}

static void
test_one_method (void)
{
  static const char basic[] = "Basic aWQ6c2VjcmV0";
  static const struct
  {
    const char *form;
    const char *header;
    BmaOauthErrorCode code;
    const char *method;
  } cases[] = {
    { "client_id=id", NULL, BMA_OAUTH_OK, BMA_CLIENT_AUTH_NONE },
    { "client_id=id&client_secret=", NULL, BMA_OAUTH_OK, BMA_CLIENT_AUTH_NONE },
    { "", NULL, BMA_OAUTH_OK, BMA_CLIENT_AUTH_NONE },
    { "client_id=id&client_secret=s", NULL, BMA_OAUTH_OK, BMA_CLIENT_AUTH_POST },
    { "client_id=id", basic, BMA_OAUTH_OK, BMA_CLIENT_AUTH_BASIC },
    { "client_id=other", basic, BMA_OAUTH_INVALID_REQUEST, NULL },
    { "client_id=id&client_secret=secret", basic, BMA_OAUTH_INVALID_REQUEST, NULL },
    { TYPE "jwt-bearer&client_assertion=a.b.c", basic, BMA_OAUTH_INVALID_REQUEST, NULL },
    { TYPE "jwt-bearer&client_assertion=a.b.c&client_secret=s", NULL,
      BMA_OAUTH_INVALID_REQUEST, NULL },
    { TYPE "jwt-bearer", NULL, BMA_OAUTH_INVALID_REQUEST, NULL },
    { "client_assertion=a.b.c", NULL, BMA_OAUTH_INVALID_REQUEST, NULL },
    { TYPE "saml2-bearer&client_assertion=a.b.c", NULL, BMA_OAUTH_INVALID_REQUEST, NULL },
    { TYPE "jwt-bearer&client_assertion=a.b.c", NULL, BMA_OAUTH_INVALID_CLIENT, NULL },
    { TYPE "jwt-bearer&client_assertion=nonsense", NULL, BMA_OAUTH_INVALID_CLIENT, NULL },
    /* {"sub":"id"} */
    { TYPE "jwt-bearer&client_assertion=a.eyJzdWIiOiJpZCJ9.c", NULL, BMA_OAUTH_OK,
      BMA_CLIENT_AUTH_PRIVATE_KEY },
    { TYPE "jwt-bearer&client_assertion=x&client_id=id", NULL, BMA_OAUTH_OK,
      BMA_CLIENT_AUTH_PRIVATE_KEY },
    { "client_id=id&client_id=id", NULL, BMA_OAUTH_INVALID_REQUEST, NULL },
    { "client_id=id&resource=a&resource=b", NULL, BMA_OAUTH_OK, BMA_CLIENT_AUTH_NONE },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (BmaForm) form = bma_form_parse (cases[i].form, strlen (cases[i].form));
      g_auto (BmaClientAuth) auth = { NULL };
      BmaOauthError error = bma_client_auth_parse (form, cases[i].header, &auth);

      g_test_message ("%s", cases[i].form);
      g_assert_cmpint (error.code, ==, cases[i].code);
      if (cases[i].method == NULL)
        continue;
      g_assert_cmpstr (auth.method, ==, cases[i].method);
      if (*cases[i].form != '\0')
        g_assert_cmpstr (auth.client_id, ==, "id");
    }
}

static BmaClient *
make_client (const char *method, const char *secret)
{
  BmaClient *client = bma_client_new ("id");

  client->auth_method = g_strdup (method);
  client->secret_hash = secret != NULL ? bma_text_sha256_hex (secret) : NULL;
  return client;
}

static void
test_registered_method (void)
{
  static const struct
  {
    const char *registered;
    const char *secret; /* registered */
    const char *form;
    gboolean good;
  } cases[] = {
    { NULL, NULL, "client_id=id", TRUE },
    { "none", NULL, "client_id=id", TRUE },
    { "none", NULL, "client_id=id&client_secret=s", FALSE },
    { "none", "s", "client_id=id&client_secret=s", FALSE },
    { "client_secret_post", "s", "client_id=id&client_secret=s", TRUE },
    { "client_secret_basic", "s", "client_id=id&client_secret=s", TRUE },
    { "client_secret_post", "s", "client_id=id&client_secret=t", FALSE },
    { "client_secret_post", "s", "client_id=id&client_secret=ss", FALSE },
    { "client_secret_post", "s", "client_id=id", FALSE },
    { "client_secret_post", NULL, "client_id=id&client_secret=s", FALSE },
    { "client_secret_post", "s", TYPE "jwt-bearer&client_assertion=x&client_id=id",
      FALSE },
    { "private_key_jwt", "s", "client_id=id&client_secret=s", FALSE },
    { "private_key_jwt", NULL, "client_id=id", FALSE },
    { "private_key_jwt", NULL, TYPE "jwt-bearer&client_assertion=x&client_id=id", FALSE },
    { "none", "keys", TYPE "jwt-bearer&client_assertion=x&client_id=id", FALSE },
    { "tls_client_auth", NULL, "client_id=id", FALSE },
  };
  g_autoptr (BmaConfig) config = bma_config_new ();

  bma_config_set_address (config, "127.0.0.1", 8417, NULL, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (BmaForm) form = bma_form_parse (cases[i].form, strlen (cases[i].form));
      g_autoptr (BmaClient) client = make_client (cases[i].registered, cases[i].secret);
      g_auto (BmaClientAuth) auth = { NULL };
      BmaClientAuthFacts facts = { .client = client };
      BmaOauthErrorCode code = BMA_OAUTH_OK;

      g_assert_cmpint (bma_client_auth_parse (form, NULL, &auth).code, ==, BMA_OAUTH_OK);
      code = bma_client_auth_decide (&auth, &facts, config, NOW_S).code;
      g_test_message ("%s: %s", cases[i].registered, cases[i].form);
      g_assert_cmpint (code, ==, cases[i].good ? BMA_OAUTH_OK : BMA_OAUTH_INVALID_CLIENT);
      facts.client = NULL;
      g_assert_cmpint (bma_client_auth_decide (&auth, &facts, config, NOW_S).code, ==,
                       BMA_OAUTH_INVALID_CLIENT);
    }
}

static void
test_assertion (void)
{
#define OURS   "\"iss\":\"id\",\"sub\":\"id\",\"aud\":\"http://127.0.0.1:8417\""
#define LATER  "\"exp\":1000060"
#define UNIQUE "\"jti\":\"j\""
  static const struct
  {
    const char *claims;
    gboolean replayed;
    gboolean good;
  } cases[] = {
    { "{" OURS "," LATER "," UNIQUE "}", FALSE, TRUE },
    { "{" OURS "," LATER "," UNIQUE "}", TRUE, FALSE },
    { "{" OURS "," LATER "," UNIQUE ",\"iat\":1000000,\"nbf\":999990}", FALSE, TRUE },
    { "{" OURS "," LATER "," UNIQUE ",\"iat\":1000031}", FALSE, FALSE },
    { "{" OURS "," LATER "," UNIQUE ",\"nbf\":1000031}", FALSE, FALSE },
    { "{" OURS "," LATER "," UNIQUE ",\"nbf\":\"0\"}", FALSE, FALSE },
    { "{" OURS "," LATER "}", FALSE, FALSE },
    { "{" OURS "," LATER ",\"jti\":\"\"}", FALSE, FALSE },
    { "{" OURS "," LATER ",\"jti\":7}", FALSE, FALSE },
    { "{" OURS "," UNIQUE "}", FALSE, FALSE },
    { "{" OURS "," UNIQUE ",\"exp\":1000000}", FALSE, FALSE },
    { "{" OURS "," UNIQUE ",\"exp\":\"1000060\"}", FALSE, FALSE },
    { "{" OURS "," UNIQUE ",\"exp\":1000630}", FALSE, TRUE },
    { "{" OURS "," UNIQUE ",\"exp\":1000631}", FALSE, FALSE },
    { "{\"iss\":\"id\",\"sub\":\"id\",\"aud\":[\"x\",\"http://127.0.0.1:8417/"
      "token\"]," LATER "," UNIQUE "}",
      FALSE, TRUE },
    { "{\"iss\":\"id\",\"sub\":\"id\",\"aud\":\"http://127.0.0.1:8417/\"," LATER
      "," UNIQUE "}",
      FALSE, FALSE },
    { "{\"iss\":\"id\",\"sub\":\"id\",\"aud\":[]," LATER "," UNIQUE "}", FALSE, FALSE },
    { "{\"iss\":\"id\",\"sub\":\"id\"," LATER "," UNIQUE "}", FALSE, FALSE },
    { "{\"iss\":\"other\",\"sub\":\"id\",\"aud\":\"http://127.0.0.1:8417\"," LATER
      "," UNIQUE "}",
      FALSE, FALSE },
    { "{\"iss\":\"id\",\"sub\":\"other\",\"aud\":\"http://127.0.0.1:8417\"," LATER
      "," UNIQUE "}",
      FALSE, FALSE },
    { "{\"sub\":\"id\",\"aud\":\"http://127.0.0.1:8417\"," LATER "," UNIQUE "}", FALSE,
      FALSE },
  };
  static const char body[] = TYPE "jwt-bearer&client_assertion=x&client_id=id";
  g_autoptr (BmaConfig) config = bma_config_new ();
  g_autoptr (BmaForm) form = bma_form_parse (body, strlen (body));
  g_autoptr (BmaClient) client = make_client (BMA_CLIENT_AUTH_PRIVATE_KEY, NULL);
  g_autoptr (BmaClient) public = make_client (NULL, NULL);
  g_auto (BmaClientAuth) auth = { NULL };
  const BmaJsonLimits limits = BMA_JSON_LIMITS_DEFAULT;

  bma_config_set_address (config, "127.0.0.1", 8417, NULL, NULL);
  g_assert_cmpint (bma_client_auth_parse (form, NULL, &auth).code, ==, BMA_OAUTH_OK);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (JsonObject)
          claims = bma_json_parse_object (cases[i].claims, strlen (cases[i].claims),
                                          &limits, NULL);
      BmaClientAuthFacts facts = { client, claims, cases[i].replayed };

      g_test_message ("%s", cases[i].claims);
      g_assert_nonnull (claims);
      g_assert_cmpint (bma_client_auth_decide (&auth, &facts, config, NOW_S).code, ==,
                       cases[i].good ? BMA_OAUTH_OK : BMA_OAUTH_INVALID_CLIENT);
      /* Alike for a public client with keys, and never for one without. */
      facts.client = public;
      g_assert_cmpint (bma_client_auth_decide (&auth, &facts, config, NOW_S).code, ==,
                       BMA_OAUTH_INVALID_CLIENT);
      public->jwks = g_strdup ("{}");
      g_assert_cmpint (bma_client_auth_decide (&auth, &facts, config, NOW_S).code, ==,
                       cases[i].good ? BMA_OAUTH_OK : BMA_OAUTH_INVALID_CLIENT);
      g_clear_pointer (&public->jwks, g_free);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/oauth/client-auth/basic-is-form-encoded-inside", test_basic);
  g_test_add_func ("/oauth/client-auth/header-must-be-basic", test_header_must_be_basic);
  g_test_add_func ("/oauth/client-auth/one-method-per-request", test_one_method);
  g_test_add_func ("/oauth/client-auth/only-the-registered-method",
                   test_registered_method);
  g_test_add_func ("/oauth/client-auth/assertion-is-ours-short-and-once", test_assertion);
  return g_test_run ();
}
