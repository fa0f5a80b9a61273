/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-oidc-token.h"

#include <string.h>

#define NOW_S  1800000000
#define ISSUER "https://idp.example"

static const BmaOidcExpected expected = {
  .issuer = ISSUER, .client_id = "us", .nonce = "n-1", .now_s = NOW_S
};

static JsonObject *
make_claims (const char *name, const char *value)
{
  static const char *const good[][2] = {
    { "iss", "\"" ISSUER "\"" }, { "aud", "\"us\"" },     { "sub", "\"ada\"" },
    { "exp", "1800000300" },     { "iat", "1799999990" }, { "nonce", "\"n-1\"" },
  };
  const BmaJsonLimits limits = BMA_JSON_LIMITS_DEFAULT;
  g_autoptr (GString) text = g_string_new ("{\"x\":0");
  JsonObject *claims = NULL;

  for (size_t i = 0; i < G_N_ELEMENTS (good); i++)
    if (strcmp (good[i][0], name) != 0)
      g_string_append_printf (text, ",\"%s\":%s", good[i][0], good[i][1]);
  g_string_append_printf (text, "%s}", value);
  claims = bma_json_parse_object (text->str, text->len, &limits, NULL);
  g_assert_nonnull (claims);
  return claims;
}

static void
test_claims (void)
{
  static const struct
  {
    const char *name;  /* of the claim that is left out */
    const char *value; /* what is there instead */
    int code;          /* -1 = fine */
  } cases[] = {
    { "", "", -1 },
    { "iss", "", BMA_IDENTITY_ERROR_PROTOCOL },
    { "iss", ",\"iss\":\"" ISSUER "/\"", BMA_IDENTITY_ERROR_PROTOCOL },
    { "iss", ",\"iss\":\"HTTPS://idp.example\"", BMA_IDENTITY_ERROR_PROTOCOL },
    { "iss", ",\"iss\":[\"" ISSUER "\"]", BMA_IDENTITY_ERROR_PROTOCOL },
    { "aud", "", BMA_IDENTITY_ERROR_PROTOCOL },
    { "aud", ",\"aud\":\"them\"", BMA_IDENTITY_ERROR_PROTOCOL },
    { "aud", ",\"aud\":[\"us\"]", -1 },
    { "aud", ",\"aud\":[]", BMA_IDENTITY_ERROR_PROTOCOL },
    { "aud", ",\"aud\":[\"them\"]", BMA_IDENTITY_ERROR_PROTOCOL },
    { "aud", ",\"aud\":[\"us\",7]", BMA_IDENTITY_ERROR_PROTOCOL },
    { "aud", ",\"aud\":[\"us\",\"them\"]", BMA_IDENTITY_ERROR_PROTOCOL },
    { "aud", ",\"aud\":[\"us\",\"them\"],\"azp\":\"us\"", -1 },
    { "aud", ",\"aud\":[\"us\",\"them\"],\"azp\":\"them\"", BMA_IDENTITY_ERROR_PROTOCOL },
    { "", ",\"azp\":\"us\"", -1 },
    { "", ",\"azp\":\"them\"", BMA_IDENTITY_ERROR_PROTOCOL },
    { "", ",\"azp\":null", BMA_IDENTITY_ERROR_PROTOCOL },
    { "exp", "", BMA_IDENTITY_ERROR_PROTOCOL },
    { "exp", ",\"exp\":\"1800000300\"", BMA_IDENTITY_ERROR_PROTOCOL },
    { "exp", ",\"exp\":1799999941", -1 },
    { "exp", ",\"exp\":1799999940", BMA_IDENTITY_ERROR_EXPIRED },
    { "exp", ",\"exp\":-900000000000000000", BMA_IDENTITY_ERROR_EXPIRED },
    { "iat", "", BMA_IDENTITY_ERROR_PROTOCOL },
    { "iat", ",\"iat\":1800000060", -1 },
    { "iat", ",\"iat\":1800000061", BMA_IDENTITY_ERROR_PROTOCOL },
    { "iat", ",\"iat\":900000000000000000", BMA_IDENTITY_ERROR_PROTOCOL },
    { "", ",\"nbf\":1800000061", BMA_IDENTITY_ERROR_PROTOCOL },
    { "", ",\"nbf\":\"now\"", BMA_IDENTITY_ERROR_PROTOCOL },
    { "nonce", "", BMA_IDENTITY_ERROR_MISMATCH },
    { "nonce", ",\"nonce\":\"n-2\"", BMA_IDENTITY_ERROR_MISMATCH },
    { "nonce", ",\"nonce\":\"n-1 \"", BMA_IDENTITY_ERROR_MISMATCH },
    { "nonce", ",\"nonce\":[\"n-1\"]", BMA_IDENTITY_ERROR_MISMATCH },
    { "sub", "", BMA_IDENTITY_ERROR_PROTOCOL },
    { "sub", ",\"sub\":\"\"", BMA_IDENTITY_ERROR_PROTOCOL },
    { "sub", ",\"sub\":7", BMA_IDENTITY_ERROR_PROTOCOL },
    { "sub", ",\"sub\":\"a\\nb\"", BMA_IDENTITY_ERROR_PROTOCOL },
    { "", ",\"at_hash\":\"fCeX0WQ9pFVfjIFmfTUjvw\"", BMA_IDENTITY_ERROR_PROTOCOL },
    { "", ",\"at_hash\":7", BMA_IDENTITY_ERROR_PROTOCOL },
  };
  g_autoptr (BmaSecret) access_token = bma_secret_new ("access-token-1");

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (JsonObject) claims = make_claims (cases[i].name, cases[i].value);
      g_autoptr (GError) error = NULL;
      BmaOidcExpected against = expected;
      g_autoptr (BmaIdentity) identity = NULL;

      against.access_token = access_token;
      identity = bma_oidc_token_check (claims, &against, &error);
      g_test_message ("without %s, with %s", cases[i].name, cases[i].value);
      g_assert_true ((identity != NULL) == (error == NULL));
      if (cases[i].code >= 0)
        g_assert_error (error, BMA_IDENTITY_ERROR, cases[i].code);
      else
        {
          g_assert_no_error (error);
          g_assert_cmpstr (identity->sub, ==, "ada");
        }
    }
}

/* OpenID Connect Core appendix A.3: the ID token of its example and its access token. */
static void
test_at_hash (void)
{
  g_autoptr (BmaSecret)
      access_token = bma_secret_new ("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y");
  g_autoptr (JsonObject)
      claims = make_claims ("", ",\"at_hash\":\"77QmUPtjPfzWtF2AnpK9RQ\"");
  g_autoptr (GError) error = NULL;
  BmaOidcExpected against = expected;
  g_autoptr (BmaIdentity) identity = NULL;

  against.access_token = access_token;
  identity = bma_oidc_token_check (claims, &against, &error);
  g_assert_no_error (error);
  g_assert_nonnull (identity);
}

static void
test_profile (void)
{
  g_autoptr (BmaSecret) access_token = bma_secret_new ("access-token-1");
  g_autoptr (JsonObject)
      claims = make_claims ("", ",\"name\":\"Ada L.\",\"email\":\"ada@example.org\","
                                "\"email_verified\":true");
  BmaOidcExpected against = expected;
  g_autoptr (BmaIdentity) identity = NULL;

  against.access_token = access_token;
  identity = bma_oidc_token_check (claims, &against, NULL);
  g_assert_cmpstr (identity->name, ==, "Ada L.");
  g_assert_cmpstr (identity->email, ==, "ada@example.org");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/oidc/token/refuses-hostile-claims", test_claims);
  g_test_add_func ("/oidc/token/access-token-belongs-to-it", test_at_hash);
  g_test_add_func ("/oidc/token/takes-name-and-verified-address", test_profile);
  return g_test_run ();
}
