/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-text.h"

#include <string.h>

/**
 * bma_text_equal_const_time:
 * @a: bytes
 * @b: bytes
 * @n_bytes: how many of each
 *
 * Returns: whether they are the same, in time that depends on @n_bytes only
 */
gboolean
bma_text_equal_const_time (const void *a, const void *b, size_t n_bytes)
{
  const volatile uint8_t *x = a;
  const volatile uint8_t *y = b;
  uint8_t difference = 0;

  for (size_t i = 0; i < n_bytes; i++)
    difference |= x[i] ^ y[i];
  return difference == 0;
}

/**
 * bma_text_hex:
 * @bytes: bytes
 * @n_bytes: how many
 *
 * Returns: (transfer full): @bytes as lower-case hexadecimal
 */
char *
bma_text_hex (const void *bytes, size_t n_bytes)
{
  static const char digits[] = "0123456789abcdef";
  const uint8_t *in = bytes;
  char *out = g_malloc (2 * n_bytes + 1);

  for (size_t i = 0; i < n_bytes; i++)
    {
      out[2 * i] = digits[in[i] >> 4];
      out[2 * i + 1] = digits[in[i] & 15];
    }
  out[2 * n_bytes] = '\0';
  return out;
}

/**
 * bma_text_base64url:
 * @bytes: bytes
 * @n_bytes: how many
 *
 * Returns: (transfer full): base64url without padding (RFC 4648 section 5)
 */
char *
bma_text_base64url (const void *bytes, size_t n_bytes)
{
  static const char alphabet[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const uint8_t *in = bytes;
  char *out = g_malloc (n_bytes / 3 * 4 + 5);
  char *at = out;
  size_t i = 0;

  for (; i + 2 < n_bytes; i += 3)
    {
      uint32_t group = (uint32_t) in[i] << 16 | (uint32_t) in[i + 1] << 8 | in[i + 2];

      *at++ = alphabet[group >> 18];
      *at++ = alphabet[group >> 12 & 63];
      *at++ = alphabet[group >> 6 & 63];
      *at++ = alphabet[group & 63];
    }
  if (i < n_bytes)
    {
      uint32_t group = (uint32_t) in[i] << 16;

      if (i + 1 < n_bytes)
        group |= (uint32_t) in[i + 1] << 8;
      *at++ = alphabet[group >> 18];
      *at++ = alphabet[group >> 12 & 63];
      if (i + 1 < n_bytes)
        *at++ = alphabet[group >> 6 & 63];
    }
  *at = '\0';
  return out;
}

static int
base64url_value (char c)
{
  if (c >= 'A' && c <= 'Z')
    return c - 'A';
  if (c >= 'a' && c <= 'z')
    return c - 'a' + 26;
  if (c >= '0' && c <= '9')
    return c - '0' + 52;
  return c == '-' ? 62 : c == '_' ? 63 : -1;
}

/**
 * bma_text_base64url_decode:
 * @text: base64url without padding
 * @length: its length
 * @n_bytes: (out): how many bytes came out
 *
 * Strict: no padding, no white space, no stray bits in the last character.
 *
 * Returns: (transfer full) (nullable): the bytes, with a NUL behind them
 */
uint8_t *
bma_text_base64url_decode (const char *text, size_t length, size_t *n_bytes)
{
  g_autofree uint8_t *out = NULL;
  size_t n = 0;
  uint32_t bits = 0;
  int n_bits = 0;

  if (length % 4 == 1)
    return NULL;
  out = g_malloc (length / 4 * 3 + 4);
  for (size_t i = 0; i < length; i++)
    {
      int value = base64url_value (text[i]);

      if (value < 0)
        return NULL;
      bits = (bits << 6 | (uint32_t) value) & 0xffffff;
      n_bits += 6;
      if (n_bits >= 8)
        {
          n_bits -= 8;
          out[n++] = (uint8_t) (bits >> n_bits);
        }
    }
  if (n_bits > 0 && (bits & ((1u << n_bits) - 1)) != 0)
    return NULL;
  out[n] = '\0';
  *n_bytes = n;
  return g_steal_pointer (&out);
}

/**
 * bma_text_sha256:
 * @bytes: bytes
 * @n_bytes: how many
 * @out: (out caller-allocates): 32 bytes
 *
 * Computes SHA-256.
 */
void
bma_text_sha256 (const void *bytes, size_t n_bytes, uint8_t out[BMA_SHA256_BYTES])
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize size = BMA_SHA256_BYTES;

  g_checksum_update (sum, bytes, (gssize) n_bytes);
  g_checksum_get_digest (sum, out, &size);
}

/**
 * bma_text_sha256_hex:
 * @text: text
 *
 * Returns: (transfer full): SHA-256 of @text in hexadecimal: how the store names tokens
 */
char *
bma_text_sha256_hex (const char *text)
{
  uint8_t digest[BMA_SHA256_BYTES];

  g_return_val_if_fail (text != NULL, NULL);

  bma_text_sha256 (text, strlen (text), digest);
  return bma_text_hex (digest, sizeof digest);
}

/**
 * bma_text_is_sha256_of:
 * @hash: (nullable): what is kept of a secret, as bma_text_sha256_hex() writes it
 * @text: what may be that secret
 *
 * Returns: whether @text has that hash; the time it takes does not depend on @hash
 */
gboolean
bma_text_is_sha256_of (const char *hash, const char *text)
{
  static const char nothing[2 * BMA_SHA256_BYTES + 1] = { 0 };
  g_autofree char *computed = bma_text_sha256_hex (text);
  gboolean whole = hash != NULL && strlen (hash) == 2 * BMA_SHA256_BYTES;
  gboolean equal =
      bma_text_equal_const_time (whole ? hash : nothing, computed, 2 * BMA_SHA256_BYTES);

  return whole && equal;
}

/**
 * bma_text_sha256_base64url:
 * @text: text
 *
 * Returns: (transfer full): base64url of SHA-256 of @text (RFC 7636 section 4.2, S256)
 */
char *
bma_text_sha256_base64url (const char *text)
{
  uint8_t digest[BMA_SHA256_BYTES];

  g_return_val_if_fail (text != NULL, NULL);

  bma_text_sha256 (text, strlen (text), digest);
  return bma_text_base64url (digest, sizeof digest);
}

/**
 * bma_text_hmac_base64url:
 * @key: key bytes
 * @key_bytes: how many
 * @text: what to authenticate
 *
 * Returns: (transfer full): base64url of HMAC-SHA-256 of @text under @key
 */
char *
bma_text_hmac_base64url (const void *key, size_t key_bytes, const char *text)
{
  g_autoptr (GHmac) hmac = g_hmac_new (G_CHECKSUM_SHA256, key, key_bytes);
  uint8_t digest[BMA_SHA256_BYTES];
  gsize size = sizeof digest;

  g_hmac_update (hmac, (const guchar *) text, -1);
  g_hmac_get_digest (hmac, digest, &size);
  return bma_text_base64url (digest, sizeof digest);
}

/**
 * bma_text_is_hex:
 * @text: (nullable): text
 * @length: how many characters are expected
 *
 * Returns: whether @text is exactly @length lower-case hexadecimal digits
 */
gboolean
bma_text_is_hex (const char *text, size_t length)
{
  return text != NULL && strlen (text) == length &&
         strspn (text, "0123456789abcdef") == length;
}

/**
 * bma_text_is_printable_ascii:
 * @text: text
 *
 * Returns: whether every byte is %x20-7E (VSCHAR, RFC 6749 appendix A)
 */
gboolean
bma_text_is_printable_ascii (const char *text)
{
  for (; *text != '\0'; text++)
    if (*text < 0x20 || *text > 0x7e)
      return FALSE;
  return TRUE;
}

/**
 * bma_text_is_nqschar:
 * @text: text
 *
 * Returns: whether every byte may stand in `error_description` (RFC 6749 appendix A.8)
 */
gboolean
bma_text_is_nqschar (const char *text)
{
  return bma_text_is_printable_ascii (text) && strpbrk (text, "\"\\") == NULL;
}

/* Characters that turn or hide the text around them: bidirectional controls, zero width
 * characters, byte order marks, tags, and everything that is not printable. */
static gboolean
is_deceptive (gunichar c)
{
  GUnicodeType type = g_unichar_type (c);

  return type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT ||
         type == G_UNICODE_SURROGATE || type == G_UNICODE_PRIVATE_USE ||
         type == G_UNICODE_UNASSIGNED || type == G_UNICODE_LINE_SEPARATOR ||
         type == G_UNICODE_PARAGRAPH_SEPARATOR;
}

/**
 * bma_text_display:
 * @text: (nullable): text that a stranger chose
 * @max_chars: how many characters to keep
 *
 * Makes text fit to be shown to a person: valid UTF-8, no control, bidirectional or
 * zero-width characters, runs of white space folded, cut with an ellipsis.
 *
 * Returns: (transfer full): the text, possibly empty
 */
char *
bma_text_display (const char *text, size_t max_chars)
{
  g_autofree char *valid = g_utf8_make_valid (text != NULL ? text : "", -1);
  GString *out = g_string_new (NULL);
  size_t n_chars = 0;
  gboolean space = FALSE;

  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (g_unichar_isspace (c) || is_deceptive (c))
        {
          space = out->len > 0;
          continue;
        }
      if (n_chars + (space ? 1 : 0) >= max_chars)
        {
          g_string_append (out, "…");
          break;
        }
      if (space)
        {
          g_string_append_c (out, ' ');
          n_chars++;
          space = FALSE;
        }
      g_string_append_unichar (out, c);
      n_chars++;
    }
  return g_string_free (out, FALSE);
}
