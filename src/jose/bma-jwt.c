/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-jwt.h"

#include <string.h>

#define LEEWAY_S      30
#define MAX_AUDIENCES 16

static gboolean
refuse (GError **error, BmaJoseError code, const char *problem)
{
  g_set_error (error, BMA_JOSE_ERROR, code, "The token is refused: %s", problem);
  return FALSE;
}

/**
 * bma_access_claims_free:
 * @self: (transfer full): claims
 *
 * Frees the claims.
 */
void
bma_access_claims_free (BmaAccessClaims *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->issuer);
  g_free (self->subject);
  g_free (self->audience);
  g_free (self->client_id);
  g_free (self->token_id);
  g_strfreev (self->scopes);
  g_free (self);
}

/**
 * bma_jwt_sign:
 * @key: a private key
 * @typ: `typ` of the header
 * @claims: the payload
 * @error: return location for a [error@JoseError]
 *
 * Returns: (transfer full) (nullable): a signed JWT (RFC 7519)
 */
BmaSecret *
bma_jwt_sign (BmaKey *key, const char *typ, JsonObject *claims, GError **error)
{
  g_autoptr (BmaSecretText) payload = NULL;

  g_return_val_if_fail (claims != NULL, NULL);

  payload = bma_json_to_text (claims);
  return bma_jws_sign (key, typ, payload, error);
}

/**
 * bma_jwt_sign_access:
 * @key: a private key
 * @claims: what the token says; all of it must be set
 * @error: return location for a [error@JoseError]
 *
 * Returns: (transfer full) (nullable): an access token (RFC 9068 section 2)
 */
BmaSecret *
bma_jwt_sign_access (BmaKey *key, const BmaAccessClaims *claims, GError **error)
{
  g_autoptr (JsonObject) object = NULL;
  g_autofree char *scope = NULL;

  g_return_val_if_fail (claims != NULL && claims->scopes != NULL, NULL);

  object = json_object_new ();
  scope = g_strjoinv (" ", claims->scopes);
  json_object_set_string_member (object, "iss", claims->issuer);
  json_object_set_string_member (object, "sub", claims->subject);
  json_object_set_string_member (object, "aud", claims->audience);
  json_object_set_string_member (object, "client_id", claims->client_id);
  json_object_set_string_member (object, "scope", scope);
  json_object_set_string_member (object, "jti", claims->token_id);
  json_object_set_int_member (object, "iat", claims->issued_at_s);
  json_object_set_int_member (object, "exp", claims->expires_at_s);
  return bma_jwt_sign (key, BMA_JWT_TYP_ACCESS, object, error);
}

/**
 * bma_jwt_verify:
 * @keys: the keys to accept
 * @typ: (nullable): the type that the header must name; without one it names none or
 * "JWT"
 * @token: a JWT, untrusted
 * @length: its length in bytes
 * @error: return location for a [error@JoseError]
 *
 * Checks the signature only: see [func@jwt_check] for the claims.
 *
 * Returns: (transfer full) (nullable): the claims
 */
JsonObject *
bma_jwt_verify (const BmaKeyset *keys,
                const char *typ,
                const char *token,
                size_t length,
                GError **error)
{
  static const BmaJsonLimits limits = { BMA_JWS_MAX_BYTES, 8, 200 };
  g_autofree char *payload = bma_jws_verify (keys, typ, token, length, error);
  JsonObject *claims = NULL;

  if (payload == NULL)
    return NULL;
  claims = bma_json_parse_object (payload, strlen (payload), &limits, NULL);
  if (claims == NULL)
    refuse (error, BMA_JOSE_ERROR_CLAIMS, "its payload is not a JSON object");
  return claims;
}

static const char *
find_audience (JsonObject *claims, const char *const *audiences)
{
  g_auto (GStrv) list = NULL;
  const char *one = bma_json_get_string (claims, "aud");

  for (size_t i = 0; one != NULL && audiences[i] != NULL; i++)
    if (g_str_equal (audiences[i], one))
      return audiences[i];
  if (one != NULL || !bma_json_get_strings (claims, "aud", &list) || list == NULL ||
      g_strv_length (list) > MAX_AUDIENCES)
    return NULL;
  for (size_t i = 0; audiences[i] != NULL; i++)
    if (g_strv_contains ((const char *const *) list, audiences[i]))
      return audiences[i];
  return NULL;
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
    return refuse (error, BMA_JOSE_ERROR_CLAIMS,
                   "\"exp\", \"iat\" or \"nbf\" is missing or not an integer");
  if (now_s >= expires_at_s)
    return refuse (error, BMA_JOSE_ERROR_EXPIRED, "it has expired");
  if (issued_at_s > now_s + LEEWAY_S || not_before_s > now_s + LEEWAY_S)
    return refuse (error, BMA_JOSE_ERROR_EXPIRED, "it is not valid yet");
  return TRUE;
}

/**
 * bma_jwt_check:
 * @claims: claims whose signature was right
 * @issuer: what `iss` must be, byte for byte
 * @audiences: (array zero-terminated=1): one of them must be `aud` or in it
 * @now_s: the time, epoch seconds
 * @error: return location for a [error@JoseError]
 *
 * Checks `iss`, `aud`, `exp`, `iat` and, when it is there, `nbf` (RFC 7519 section 4.1).
 * There is no leeway after `exp` and 30 seconds before `iat` and `nbf`.
 *
 * Returns: (transfer none) (nullable): the element of @audiences that fits
 */
const char *
bma_jwt_check (JsonObject *claims,
               const char *issuer,
               const char *const *audiences,
               int64_t now_s,
               GError **error)
{
  const char *audience = NULL;

  g_return_val_if_fail (claims != NULL && issuer != NULL && audiences != NULL, NULL);

  if (g_strcmp0 (bma_json_get_string (claims, "iss"), issuer) != 0)
    {
      refuse (error, BMA_JOSE_ERROR_CLAIMS, "it is from another issuer");
      return NULL;
    }
  audience = find_audience (claims, audiences);
  if (audience == NULL)
    {
      refuse (error, BMA_JOSE_ERROR_CLAIMS, "it is for another audience");
      return NULL;
    }
  return check_times (claims, now_s, error) ? audience : NULL;
}

static char **
split_scope (const char *scope)
{
  return *scope == '\0' ? g_new0 (char *, 1) : g_strsplit (scope, " ", -1);
}

static BmaAccessClaims *
read_access_claims (JsonObject *object, const char *audience, GError **error)
{
  g_autoptr (BmaAccessClaims) claims = g_new0 (BmaAccessClaims, 1);
  const char *scope = bma_json_get_string (object, "scope");

  claims->issuer = g_strdup (bma_json_get_string (object, "iss"));
  claims->subject = g_strdup (bma_json_get_string (object, "sub"));
  claims->audience = g_strdup (audience);
  claims->client_id = g_strdup (bma_json_get_string (object, "client_id"));
  claims->token_id = g_strdup (bma_json_get_string (object, "jti"));
  if (claims->subject == NULL || claims->client_id == NULL || claims->token_id == NULL ||
      scope == NULL)
    {
      refuse (error, BMA_JOSE_ERROR_CLAIMS,
              "\"sub\", \"client_id\", \"jti\" or \"scope\" is missing or not a string");
      return NULL;
    }
  claims->scopes = split_scope (scope);
  bma_json_get_int (object, "iat", &claims->issued_at_s);
  bma_json_get_int (object, "exp", &claims->expires_at_s);
  return g_steal_pointer (&claims);
}

/**
 * bma_jwt_verify_access:
 * @keys: our keys
 * @token: an access token, untrusted
 * @length: its length in bytes
 * @issuer: our issuer
 * @audiences: (array zero-terminated=1): the resources that we answer for
 * @now_s: the time, epoch seconds
 * @error: return location for a [error@JoseError]
 *
 * Checks an access token as RFC 9068 section 4 wants. Whether it was revoked is for the
 * caller to say.
 *
 * Returns: (transfer full) (nullable): what it says; `audience` is the element of
 *   @audiences that fits
 */
BmaAccessClaims *
bma_jwt_verify_access (const BmaKeyset *keys,
                       const char *token,
                       size_t length,
                       const char *issuer,
                       const char *const *audiences,
                       int64_t now_s,
                       GError **error)
{
  g_autoptr (JsonObject) object = NULL;
  const char *audience = NULL;

  object = bma_jwt_verify (keys, BMA_JWT_TYP_ACCESS, token, length, error);
  if (object == NULL)
    return NULL;
  audience = bma_jwt_check (object, issuer, audiences, now_s, error);
  return audience != NULL ? read_access_claims (object, audience, error) : NULL;
}
