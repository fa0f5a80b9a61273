/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-jws.h"

#include <string.h>

#include "bma-key-private.h"
#include "bma-text.h"

#define MAX_HEADER_CHARS 1366 /* 1 KiB in base64url */
#define TYP_PREFIX       "application/"

/* Where the three parts of a compact JWS stand (RFC 7515 section 7.1). */
typedef struct
{
  const char *text; /* not owned */
  size_t header_chars;
  size_t signed_chars; /* header, dot and payload */
  size_t length;
} Parts;

static gboolean
refuse (GError **error, BmaJoseError code, const char *problem)
{
  g_set_error (error, BMA_JOSE_ERROR, code, "The token is refused: %s", problem);
  return FALSE;
}

static gboolean
split (const char *token, size_t length, Parts *parts, GError **error)
{
  const char *end = token + length;
  const char *first = NULL;
  const char *second = NULL;

  if (length > BMA_JWS_MAX_BYTES)
    return refuse (error, BMA_JOSE_ERROR_FORMAT, "it is too large");
  first = memchr (token, '.', length);
  if (first != NULL)
    second = memchr (first + 1, '.', (size_t) (end - first - 1));
  if (second == NULL || memchr (second + 1, '.', (size_t) (end - second - 1)) != NULL)
    return refuse (error, BMA_JOSE_ERROR_FORMAT, "it does not have three parts");
  if (first - token > MAX_HEADER_CHARS)
    return refuse (error, BMA_JOSE_ERROR_FORMAT, "its header is too large");
  parts->text = token;
  parts->header_chars = (size_t) (first - token);
  parts->signed_chars = (size_t) (second - token);
  parts->length = length;
  return TRUE;
}

static json_t *
parse_header (const Parts *parts, GError **error)
{
  static const BmaJsonLimits limits = { 1024, 4, 32 };
  g_autofree uint8_t *bytes = NULL;
  json_t *header = NULL;
  const char *problem = NULL;
  size_t n_bytes = 0;

  bytes = bma_text_base64url_decode (parts->text, parts->header_chars, &n_bytes);
  if (bytes == NULL)
    {
      refuse (error, BMA_JOSE_ERROR_FORMAT, "its header is not base64url");
      return NULL;
    }
  header = bma_jansson_parse_object ((const char *) bytes, n_bytes, &limits, &problem);
  if (header == NULL)
    refuse (error, BMA_JOSE_ERROR_FORMAT, problem);
  return header;
}

/* Members that would change what is verified, or bring a key along. */
static gboolean
has_refused_member (const json_t *header)
{
  static const char *const refused[] = { "crit", "b64", "zip", "enc",
                                         "jwk",  "jku", "x5u", "x5c" };

  for (size_t i = 0; i < G_N_ELEMENTS (refused); i++)
    if (json_object_get (header, refused[i]) != NULL)
      return TRUE;
  return FALSE;
}

/* Media types compare without case, "application/" may be left out (RFC 7515 section
 * 4.1.9). Without an expectation only an absent type and "JWT" are right, so that an
 * access token cannot pass as another kind. */
static gboolean
type_is_right (const json_t *header, const char *expected)
{
  const json_t *typ = json_object_get (header, "typ");
  const char *text = json_string_value (typ);

  if (typ == NULL)
    return expected == NULL;
  if (text == NULL)
    return FALSE;
  if (g_ascii_strncasecmp (text, TYP_PREFIX, strlen (TYP_PREFIX)) == 0)
    text += strlen (TYP_PREFIX);
  return g_ascii_strcasecmp (text, expected != NULL ? expected : "JWT") == 0;
}

/* Ours always name their key. Others may leave the name out where there is no choice
 * (OpenID Connect Core section 10.1). */
static const BmaKey *
find_key (const BmaKeyset *keys, const char *kid, const char *alg, const char *typ)
{
  if (kid != NULL)
    return bma_keyset_lookup (keys, kid);
  return typ == NULL ? bma_keyset_lookup_only (keys, alg) : NULL;
}

/* `kid` chooses the key, the key decides the algorithm. */
static const BmaKey *
choose_key (const BmaKeyset *keys, const json_t *header, const char *typ, GError **error)
{
  const char *kid = json_string_value (json_object_get (header, "kid"));
  const char *alg = json_string_value (json_object_get (header, "alg"));
  const BmaKey *key = NULL;

  if (has_refused_member (header))
    refuse (error, BMA_JOSE_ERROR_HEADER, "its header has a member that is not accepted");
  else if (!type_is_right (header, typ))
    refuse (error, BMA_JOSE_ERROR_HEADER, "it is a token of another type");
  else if (alg == NULL ||
           (kid == NULL && (typ != NULL || json_object_get (header, "kid") != NULL)))
    refuse (error, BMA_JOSE_ERROR_HEADER, "its header lacks \"kid\" or \"alg\"");
  else if ((key = find_key (keys, kid, alg, typ)) == NULL)
    refuse (error, BMA_JOSE_ERROR_UNKNOWN_KEY, "its key is unknown");
  else if (!g_str_equal (alg, bma_algorithm_to_text (bma_key_get_algorithm (key))))
    {
      refuse (error, BMA_JOSE_ERROR_HEADER, "its key is for another algorithm");
      return NULL;
    }
  return key;
}

static gboolean
check_signature (const BmaKey *key, const Parts *parts, GError **error)
{
  const char *text = parts->text + parts->signed_chars + 1;
  g_autofree uint8_t *signature = NULL;
  size_t n_bytes = 0;

  signature =
      bma_text_base64url_decode (text, parts->length - parts->signed_chars - 1, &n_bytes);
  if (signature == NULL)
    return refuse (error, BMA_JOSE_ERROR_FORMAT, "its signature is not base64url");
  if (!bma_key_verify (key, parts->text, parts->signed_chars, signature, n_bytes))
    return refuse (error, BMA_JOSE_ERROR_SIGNATURE, "its signature is wrong");
  return TRUE;
}

static char *
decode_payload (const Parts *parts, GError **error)
{
  g_autofree char *payload = NULL;
  size_t n_bytes = 0;

  payload =
      (char *) bma_text_base64url_decode (parts->text + parts->header_chars + 1,
                                          parts->signed_chars - parts->header_chars - 1,
                                          &n_bytes);
  if (payload == NULL || !g_utf8_validate (payload, (gssize) n_bytes, NULL))
    {
      refuse (error, BMA_JOSE_ERROR_FORMAT, "its payload is not text");
      return NULL;
    }
  return g_steal_pointer (&payload);
}

/**
 * bma_jws_verify:
 * @keys: the keys to accept
 * @typ: (nullable): the type that the header must name; without one it names none or
 * "JWT"
 * @token: a compact JWS (RFC 7515 section 7.1), untrusted
 * @length: its length in bytes
 * @error: return location for a [error@JoseError]
 *
 * The protected header chooses the key by `kid` and nothing else; the key's one algorithm
 * is used, and headers that say otherwise, or extend the meaning, are refused. The
 * payload is looked at only after the signature was found right.
 *
 * Returns: (transfer full) (nullable): the payload, UTF-8
 */
char *
bma_jws_verify (const BmaKeyset *keys,
                const char *typ,
                const char *token,
                size_t length,
                GError **error)
{
  Parts parts = { 0 };
  json_auto_t *header = NULL;
  const BmaKey *key = NULL;

  g_return_val_if_fail (keys != NULL && token != NULL, NULL);

  if (!split (token, length, &parts, error))
    return NULL;
  header = parse_header (&parts, error);
  if (header == NULL)
    return NULL;
  key = choose_key (keys, header, typ, error);
  if (key == NULL || !check_signature (key, &parts, error))
    return NULL;
  return decode_payload (&parts, error);
}

static char *
make_header (const BmaKey *key, const char *typ)
{
  json_auto_t *header = json_object ();
  g_autofree char *text = NULL;

  json_object_set_new (header, "alg",
                       json_string (bma_algorithm_to_text (key->algorithm)));
  json_object_set_new (header, "kid", json_string (key->id));
  json_object_set_new (header, "typ", json_string (typ));
  text = bma_jansson_to_text (header);
  return bma_text_base64url (text, strlen (text));
}

/**
 * bma_jws_sign:
 * @key: a private key
 * @typ: `typ` of the header
 * @payload: what to sign
 * @error: return location for a [error@JoseError]
 *
 * Returns: (transfer full) (nullable): a compact JWS with the header members `alg`, `kid`
 *   and `typ`
 */
BmaSecret *
bma_jws_sign (BmaKey *key, const char *typ, const char *payload, GError **error)
{
  g_autofree char *header = NULL;
  g_autoptr (BmaSecretText) body = NULL;
  g_autoptr (BmaSecretText) to_sign = NULL;
  g_autofree uint8_t *signature = NULL;
  g_autofree char *seal = NULL;
  size_t n_bytes = 0;

  g_return_val_if_fail (key != NULL && typ != NULL && payload != NULL, NULL);

  if (!bma_key_is_private (key))
    {
      g_set_error_literal (error, BMA_JOSE_ERROR, BMA_JOSE_ERROR_KEY,
                           "The key cannot sign: it is not private");
      return NULL;
    }
  header = make_header (key, typ);
  body = bma_text_base64url (payload, strlen (payload));
  to_sign = g_strconcat (header, ".", body, NULL);
  signature = bma_key_sign (key, to_sign, strlen (to_sign), &n_bytes);
  if (signature == NULL)
    {
      g_set_error_literal (error, BMA_JOSE_ERROR, BMA_JOSE_ERROR_KEY,
                           "The key cannot sign: OpenSSL refused");
      return NULL;
    }
  seal = bma_text_base64url (signature, n_bytes);
  if (strlen (to_sign) + 1 + strlen (seal) > BMA_JWS_MAX_BYTES)
    {
      g_set_error_literal (error, BMA_JOSE_ERROR, BMA_JOSE_ERROR_FORMAT,
                           "The token would be larger than 8 KiB");
      return NULL;
    }
  return bma_secret_new_take (g_strconcat (to_sign, ".", seal, NULL));
}
