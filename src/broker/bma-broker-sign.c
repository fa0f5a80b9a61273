/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-broker-private.h"

#include <string.h>

#include "bma-jwt.h"
#include "bma-text.h"

#define TOKEN_ID_BYTES 16

/**
 * bma_broker_sign_access_token:
 * @self: a broker with a key
 * @family_id: token family; its id begins the `jti`
 * @sub: the person
 * @client_id: client or app
 * @resource: audience
 * @scopes: scopes
 * @expires_at_s: end of its life
 * @error: return location
 *
 * Returns: (transfer full) (nullable): a signed access token (RFC 9068)
 */
BmaSecret *
bma_broker_sign_access_token (BmaBroker *self,
                              const char *family_id,
                              const char *sub,
                              const char *client_id,
                              const char *resource,
                              const char *const *scopes,
                              int64_t expires_at_s,
                              GError **error)
{
  g_autofree char *random = bma_entropy_hex (self->entropy, TOKEN_ID_BYTES);
  g_autofree char *token_id = g_strconcat (family_id, ".", random, NULL);
  const BmaKeyset *keys = bma_key_manager_get_keys (self->keys);
  BmaAccessClaims claims = {
    .issuer = self->config->issuer,
    .subject = (char *) sub,
    .audience = (char *) resource,
    .client_id = (char *) client_id,
    .token_id = token_id,
    .scopes = (char **) scopes,
    .issued_at_s = bma_broker_now_s (self),
    .expires_at_s = expires_at_s,
  };

  if (keys == NULL)
    {
      g_set_error_literal (
          error, BMA_BROKER_ERROR, BMA_BROKER_ERROR_KEYRING_LOCKED,
          "The signing key is locked in the keyring; unlock the keyring");
      return NULL;
    }
  return bma_jwt_sign_access (bma_keyset_get_signer (keys), &claims, error);
}

/* OpenID Connect Core section 3.1.3.6; every algorithm of ours hashes with SHA-256. */
static char *
make_access_token_hash (const BmaSecret *access_token)
{
  uint8_t digest[BMA_SHA256_BYTES];

  bma_text_sha256 (bma_secret_peek (access_token), bma_secret_get_size (access_token),
                   digest);
  return bma_text_base64url (digest, sizeof digest / 2);
}

/**
 * bma_broker_set_person_claims:
 * @claims: where they go
 * @subject: the person
 * @scopes: what a client may know
 *
 * The claims that the scopes ask for (OpenID Connect Core section 5.4), as far as they
 * are known.
 */
void
bma_broker_set_person_claims (JsonObject *claims,
                              const BmaSubject *subject,
                              const char *const *scopes)
{
  if (g_strv_contains (scopes, "profile"))
    bma_json_set_string (claims, "name", subject->name);
  if (!g_strv_contains (scopes, "email") || subject->email == NULL)
    return;
  json_object_set_string_member (claims, "email", subject->email);
  /* Providers give us verified addresses only. */
  json_object_set_boolean_member (claims, "email_verified", TRUE);
}

/**
 * bma_broker_sign_id_token:
 * @self: a broker with a key
 * @terms: what it says
 * @error: return location
 *
 * Returns: (transfer full) (nullable): an ID token (OpenID Connect Core section 2)
 */
BmaSecret *
bma_broker_sign_id_token (BmaBroker *self, const BmaIdTokenTerms *terms, GError **error)
{
  g_autoptr (JsonObject) claims = json_object_new ();
  g_autofree char *hash = make_access_token_hash (terms->access_token);
  int64_t now_s = bma_broker_now_s (self);

  json_object_set_string_member (claims, "iss", self->config->issuer);
  json_object_set_string_member (claims, "sub", terms->subject->sub);
  json_object_set_string_member (claims, "aud", terms->client_id);
  json_object_set_int_member (claims, "iat", now_s);
  json_object_set_int_member (claims, "exp", now_s + self->config->access_lifetime_s);
  json_object_set_int_member (claims, "auth_time", terms->signed_in_at_s);
  bma_json_set_string (claims, "nonce", terms->nonce);
  json_object_set_string_member (claims, "at_hash", hash);
  bma_broker_set_person_claims (claims, terms->subject, terms->scopes);
  return bma_jwt_sign (bma_keyset_get_signer (bma_key_manager_get_keys (self->keys)),
                       BMA_JWT_TYP_ID, claims, error);
}
