/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-oidc-token.h"

#include <string.h>

#include "bma-oidc-wire.h"
#include "bma-text.h"

#define LEEWAY_S      60
#define MAX_AUDIENCES 16
#define MAX_SUB_CHARS 255

static gboolean
refuse (GError **error, BmaIdentityError code, const char *problem)
{
  g_set_error (error, BMA_IDENTITY_ERROR, (int) code,
               "The ID token of the identity provider is refused: %s", problem);
  return FALSE;
}

/* One audience, or several with us as the party the token was issued to (OpenID Connect
 * Core section 3.1.3.7, 3 to 5). */
static gboolean
check_audience (JsonObject *claims, const char *client_id, GError **error)
{
  const char *one = bma_json_get_string (claims, "aud");
  const char *party = bma_json_get_string (claims, "azp");
  g_auto (GStrv) list = NULL;

  if (one == NULL && (!bma_json_get_strings (claims, "aud", &list) || list == NULL ||
                      g_strv_length (list) > MAX_AUDIENCES))
    return refuse (error, BMA_IDENTITY_ERROR_PROTOCOL, "it names no audience");
  if (one != NULL ? strcmp (one, client_id) != 0
                  : !g_strv_contains ((const char *const *) list, client_id))
    return refuse (error, BMA_IDENTITY_ERROR_PROTOCOL, "it is for another client");
  if (json_object_has_member (claims, "azp") ? g_strcmp0 (party, client_id) != 0
                                             : list != NULL && g_strv_length (list) > 1)
    return refuse (error, BMA_IDENTITY_ERROR_PROTOCOL, "it was issued to another client");
  return TRUE;
}

static gboolean
check_times (JsonObject *claims, int64_t now_s, GError **error)
{
  int64_t expires_at_s = 0;
  int64_t issued_at_s = 0;
  int64_t not_before_s = G_MININT64;

  if (!bma_json_get_int (claims, "exp", &expires_at_s) ||
      !bma_json_get_int (claims, "iat", &issued_at_s) ||
      (json_object_has_member (claims, "nbf") &&
       !bma_json_get_int (claims, "nbf", &not_before_s)))
    return refuse (error, BMA_IDENTITY_ERROR_PROTOCOL,
                   "“exp”, “iat” or “nbf” is missing or not an integer");
  if (expires_at_s <= now_s - LEEWAY_S)
    return refuse (error, BMA_IDENTITY_ERROR_EXPIRED,
                   "it has expired; is the clock of this computer right?");
  if (issued_at_s > now_s + LEEWAY_S || not_before_s > now_s + LEEWAY_S)
    return refuse (error, BMA_IDENTITY_ERROR_PROTOCOL,
                   "it is not valid yet; is the clock of this computer right?");
  return TRUE;
}

static gboolean
check_nonce (JsonObject *claims, const char *nonce, GError **error)
{
  const char *claimed = bma_json_get_string (claims, "nonce");

  if (claimed != NULL && strlen (claimed) == strlen (nonce) &&
      bma_text_equal_const_time (claimed, nonce, strlen (nonce)))
    return TRUE;
  return refuse (error, BMA_IDENTITY_ERROR_MISMATCH,
                 "it belongs to another sign-in; start again");
}

/* Left half of the hash (OpenID Connect Core section 3.1.3.6); RS256 and ES256 both mean
 * SHA-256. */
static gboolean
check_access_token (JsonObject *claims, const BmaSecret *access_token, GError **error)
{
  const char *claimed = bma_json_get_string (claims, "at_hash");
  uint8_t digest[BMA_SHA256_BYTES];
  g_autofree char *expected = NULL;

  if (!json_object_has_member (claims, "at_hash"))
    return TRUE;
  bma_text_sha256 (bma_secret_peek (access_token), bma_secret_get_size (access_token),
                   digest);
  expected = bma_text_base64url (digest, sizeof digest / 2);
  return g_strcmp0 (claimed, expected) == 0 ||
         refuse (error, BMA_IDENTITY_ERROR_PROTOCOL,
                 "it does not belong to the access token");
}

/**
 * bma_oidc_token_check:
 * @claims: claims of an ID token whose signature was right
 * @expected: what they are held against
 * @error: return location for a #BmaIdentityError
 *
 * Checks them as OpenID Connect Core section 3.1.3.7 wants, with a minute of leeway for
 * the clocks. A nonce is always required.
 *
 * Returns: (transfer full) (nullable): the person
 */
BmaIdentity *
bma_oidc_token_check (JsonObject *claims, const BmaOidcExpected *expected, GError **error)
{
  const char *sub = bma_json_get_string (claims, "sub");
  BmaIdentity *identity = NULL;

  if (g_strcmp0 (bma_json_get_string (claims, "iss"), expected->issuer) != 0)
    {
      refuse (error, BMA_IDENTITY_ERROR_PROTOCOL, "it is from another issuer");
      return NULL;
    }
  if (!check_audience (claims, expected->client_id, error) ||
      !check_times (claims, expected->now_s, error) ||
      !check_nonce (claims, expected->nonce, error) ||
      !check_access_token (claims, expected->access_token, error))
    return NULL;
  if (sub == NULL || *sub == '\0' || strlen (sub) > MAX_SUB_CHARS ||
      !bma_text_is_printable_ascii (sub))
    {
      refuse (error, BMA_IDENTITY_ERROR_PROTOCOL, "it does not say who signed in");
      return NULL;
    }
  identity = bma_identity_new (sub, NULL, NULL);
  bma_oidc_wire_take_profile (identity, claims);
  return identity;
}
