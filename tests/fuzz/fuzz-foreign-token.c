/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Tokens of others: the input as a token to peek at and, from the first `{` on, as claims
 * of one. What is accepted is a list of sound scopes. */

#include "bma-trusted-issuer.h"

#include <stdint.h>
#include <string.h>

#include "bma-json.h"
#include "bma-jwt-peek.h"
#include "bma-text.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes);

static void
fuzz_claims (const BmaConfig *config, const char *name, JsonObject *claims)
{
  g_autoptr (BmaTrustedIssuer) issuer = bma_trusted_issuer_new (config, name);
  const char *problem = NULL;
  g_auto (GStrv)
      scopes = bma_trusted_issuer_read_scopes (issuer, config, claims, FALSE, &problem);
  g_autofree char *holder = NULL;

  g_assert ((scopes == NULL) == (problem != NULL));
  if (scopes == NULL)
    return;
  g_assert (g_strv_length (scopes) <= 32);
  for (size_t i = 0; scopes[i] != NULL; i++)
    g_assert (bma_text_is_nqschar (scopes[i]) && strchr (scopes[i], ' ') == NULL);
  g_assert (!json_object_has_member (claims, "cnf"));
  g_assert (bma_json_get_string (claims, "sub") != NULL);
  if (bma_json_get_string (claims, "iss") == NULL)
    return;
  holder = bma_trusted_issuer_make_holder (claims);
  g_assert (bma_text_is_hex (holder, 64));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes)
{
  static const BmaJsonLimits limits = { 8 * 1024, 8, 200 };
  const char *brace = n_bytes > 0 ? memchr (data, '{', n_bytes) : NULL;
  g_autoptr (BmaJwtPeek) peek = bma_jwt_peek ((const char *) data, n_bytes);
  g_autoptr (BmaConfig) config = bma_config_new ();
  g_autoptr (JsonObject) claims = NULL;

  bma_config_set_address (config, "127.0.0.1", 8417, NULL, NULL);
  config->stytch_project_id = g_strdup ("project-test-1");
  config->stytch_api_url = g_strdup ("https://test.stytch.com");
  if (peek != NULL && peek->issuer != NULL)
    g_assert (bma_trusted_issuer_find (config, peek->issuer) == NULL);
  if (brace != NULL)
    claims = bma_json_parse_object (brace,
                                    n_bytes - (size_t) (brace - (const char *) data),
                                    &limits, NULL);
  if (claims == NULL)
    return 0;
  fuzz_claims (config, "stytch", claims);
  fuzz_claims (config, "https://idp.example", claims);
  return 0;
}
