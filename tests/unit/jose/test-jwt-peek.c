/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-jwt-peek.h"

#include <string.h>

#include "bma-jws.h"
#include "bma-text.h"

static char *
make_token (const char *header, const char *claims)
{
  g_autofree char *a = bma_text_base64url (header, strlen (header));
  g_autofree char *b = bma_text_base64url (claims, strlen (claims));

  return g_strconcat (a, ".", b, ".c2ln", NULL);
}

static void
test_says (void)
{
  static const struct
  {
    const char *header;
    const char *claims;
    const char *key_id;
    const char *type;
    const char *issuer;
  } cases[] = {
    { "{\"kid\":\"k\",\"typ\":\"at+jwt\"}", "{\"iss\":\"i\"}", "k", "at+jwt", "i" },
    { "{}", "{}", NULL, NULL, NULL },
    { "{\"kid\":1,\"typ\":[]}", "{\"iss\":{}}", NULL, NULL, NULL },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *token = make_token (cases[i].header, cases[i].claims);
      g_autoptr (BmaJwtPeek) peek = bma_jwt_peek (token, strlen (token));

      g_assert_nonnull (peek);
      g_assert_cmpstr (peek->key_id, ==, cases[i].key_id);
      g_assert_cmpstr (peek->type, ==, cases[i].type);
      g_assert_cmpstr (peek->issuer, ==, cases[i].issuer);
    }
}

static void
test_types (void)
{
  static const struct
  {
    const char *type;
    gboolean is_access;
  } cases[] = {
    { "at+jwt", TRUE },   { "AT+JWT", TRUE }, { "application/at+jwt", TRUE },
    { "JWT", FALSE },     { "", FALSE },      { "application/", FALSE },
    { "at+jwtx", FALSE },
  };
  const BmaJwtPeek none = { NULL, NULL, NULL };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const BmaJwtPeek peek = { NULL, (char *) cases[i].type, NULL };

      g_assert_cmpint (bma_jwt_peek_is_type (&peek, "at+jwt"), ==, cases[i].is_access);
    }
  g_assert_false (bma_jwt_peek_is_type (&none, "at+jwt"));
}

static void
test_others (void)
{
  static const char *const tokens[] = { "",          ".",         "..",    "a.b",
                                        "e30",       "e30.e30",   "e30..", "e30.W10.x",
                                        "W10.e30.x", "e30=.e30.x" };
  g_autofree char *large = g_malloc0 (BMA_JWS_MAX_BYTES + 2);

  for (size_t i = 0; i < G_N_ELEMENTS (tokens); i++)
    g_assert_null (bma_jwt_peek (tokens[i], strlen (tokens[i])));
  memset (large, 'A', BMA_JWS_MAX_BYTES + 1);
  g_assert_null (bma_jwt_peek (large, BMA_JWS_MAX_BYTES + 1));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/jose/jwt-peek/tells-what-a-token-says", test_says);
  g_test_add_func ("/jose/jwt-peek/types-are-media-types", test_types);
  g_test_add_func ("/jose/jwt-peek/anything-else-is-no-token", test_others);
  return g_test_run ();
}
