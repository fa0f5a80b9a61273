/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-jwt-peek.h"

#include <string.h>

#include "bma-json.h"
#include "bma-jws.h"
#include "bma-text.h"

#define MEDIA_PREFIX "application/"

static JsonObject *
decode_part (const char *start, size_t length)
{
  static const BmaJsonLimits limits = { BMA_JWS_MAX_BYTES, 8, 200 };
  size_t n_bytes = 0;
  g_autofree char *bytes = (char *) bma_text_base64url_decode (start, length, &n_bytes);

  return bytes != NULL ? bma_json_parse_object (bytes, n_bytes, &limits, NULL) : NULL;
}

/**
 * bma_jwt_peek:
 * @token: what may be a JWT, untrusted
 * @length: its length in bytes
 *
 * Returns: (transfer full) (nullable): what it says, or %NULL if it is none
 */
BmaJwtPeek *
bma_jwt_peek (const char *token, size_t length)
{
  const char *first = NULL;
  const char *second = NULL;
  g_autoptr (JsonObject) header = NULL;
  g_autoptr (JsonObject) claims = NULL;
  BmaJwtPeek *self = NULL;

  g_return_val_if_fail (token != NULL, NULL);

  if (length > BMA_JWS_MAX_BYTES)
    return NULL;
  first = memchr (token, '.', length);
  if (first != NULL)
    second = memchr (first + 1, '.', length - (size_t) (first + 1 - token));
  if (second == NULL)
    return NULL;
  header = decode_part (token, (size_t) (first - token));
  if (header == NULL)
    return NULL;
  claims = decode_part (first + 1, (size_t) (second - first - 1));
  if (claims == NULL)
    return NULL;
  self = g_new0 (BmaJwtPeek, 1);
  self->key_id = g_strdup (bma_json_get_string (header, "kid"));
  self->type = g_strdup (bma_json_get_string (header, "typ"));
  self->issuer = g_strdup (bma_json_get_string (claims, "iss"));
  return self;
}

/**
 * bma_jwt_peek_free:
 * @self: (transfer full): what was read
 */
void
bma_jwt_peek_free (BmaJwtPeek *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->key_id);
  g_free (self->type);
  g_free (self->issuer);
  g_free (self);
}

/**
 * bma_jwt_peek_is_type:
 * @self: what was read
 * @type: a media type, without `application/`
 *
 * Returns: whether `typ` names it (RFC 7515 section 4.1.9)
 */
gboolean
bma_jwt_peek_is_type (const BmaJwtPeek *self, const char *type)
{
  const char *text = self->type;

  if (text == NULL)
    return FALSE;
  if (g_ascii_strncasecmp (text, MEDIA_PREFIX, strlen (MEDIA_PREFIX)) == 0)
    text += strlen (MEDIA_PREFIX);
  return g_ascii_strcasecmp (text, type) == 0;
}
