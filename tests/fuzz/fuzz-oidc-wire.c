/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What an OpenID provider answers: a letter for what it is, three digits of status, a
 * line break, a body. Either something usable comes out, or one of our errors that
 * repeats nothing of the body but an issuer or an error code. */

#include "bma-oidc-wire.h"

#include <stdint.h>
#include <string.h>

#include "bma-oidc-token.h"
#include "bma-text.h"
#include "bma-uri.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes);

static void
check_error (const GError *error)
{
  g_assert (error != NULL && error->domain == BMA_IDENTITY_ERROR);
  g_assert (error->code >= 0 && error->code < (int) BMA_IDENTITY_N_ERRORS);
  g_assert (g_utf8_validate (error->message, -1, NULL));
  g_assert (strlen (error->message) < 1500);
  g_assert (strpbrk (error->message, "\r\n") == NULL);
}

static void
check_identity (const BmaIdentity *identity)
{
  g_assert (*identity->sub != '\0' && bma_text_is_printable_ascii (identity->sub));
  g_assert (identity->name == NULL || *identity->name != '\0');
  g_assert (identity->name == NULL || g_utf8_validate (identity->name, -1, NULL));
  g_assert (identity->email == NULL || strchr (identity->email, '@') != NULL);
  g_assert (identity->email == NULL || strpbrk (identity->email, " \r\n\t") == NULL);
}

static void
fuzz_document (const char *text, size_t length)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmaIssuerMetadata)
      metadata = bma_issuer_metadata_parse ("https://idp.example", text, length, &error);

  if (metadata == NULL)
    {
      check_error (error);
      return;
    }
  g_assert (g_str_equal (metadata->issuer, "https://idp.example"));
  g_assert (g_str_has_prefix (metadata->jwks_uri, "https:"));
  g_assert (metadata->token_endpoint == NULL ||
            bma_uri_is_https_or_loopback (metadata->token_endpoint));
}

static void
fuzz_tokens (unsigned int status, const char *text, size_t length)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmaOidcTokens)
      tokens = bma_oidc_wire_read_tokens (status, text, length, &error);

  if (tokens == NULL)
    {
      check_error (error);
      return;
    }
  g_assert (status == 200);
  g_assert (bma_text_is_printable_ascii (bma_secret_peek (tokens->access_token)));
}

static void
fuzz_userinfo (unsigned int status, const char *text, size_t length)
{
  g_autoptr (BmaIdentity) identity = bma_identity_new ("ada", NULL, NULL);
  g_autoptr (GError) error = NULL;

  if (!bma_oidc_wire_read_userinfo (identity, status, text, length, &error))
    check_error (error);
  check_identity (identity);
}

static void
fuzz_claims (const char *text, size_t length)
{
  static const BmaJsonLimits limits = BMA_JSON_LIMITS_DEFAULT;
  g_autoptr (JsonObject) claims = bma_json_parse_object (text, length, &limits, NULL);
  g_autoptr (BmaSecret) access_token = bma_secret_new ("access");
  const BmaOidcExpected expected = { "https://idp.example", "us", "n", access_token,
                                     1800000000 };
  g_autoptr (GError) error = NULL;
  g_autoptr (BmaIdentity) identity = NULL;

  if (claims == NULL)
    return;
  identity = bma_oidc_token_check (claims, &expected, &error);
  if (identity == NULL)
    {
      check_error (error);
      return;
    }
  check_identity (identity);
  g_assert (g_str_equal (bma_json_get_string (claims, "iss"), "https://idp.example"));
  g_assert (g_str_equal (bma_json_get_string (claims, "nonce"), "n"));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes)
{
  const char *text = (const char *) data;
  unsigned int status = 0;

  if (n_bytes < 5 || text[4] != '\n')
    return 0;
  for (int i = 1; i < 4; i++)
    status = status * 10 + (unsigned int) (data[i] - 48u) % 10;
  if (text[0] == 'd')
    fuzz_document (text + 5, n_bytes - 5);
  else if (text[0] == 't')
    fuzz_tokens (status, text + 5, n_bytes - 5);
  else if (text[0] == 'u')
    fuzz_userinfo (status, text + 5, n_bytes - 5);
  else if (text[0] == 'c')
    fuzz_claims (text + 5, n_bytes - 5);
  return 0;
}
