/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-keyset.h"

#include "bma-key-private.h"

/* What is read of somebody else's key: never a private member, whatever the text says. */
static const char *const imported_members[] = { "kty", "crv", "x",   "y",       "n", "e",
                                                "kid", "alg", "use", "key_ops", NULL };

struct _BmaKeyset
{
  GPtrArray *keys; /* owned: of BmaKey, at most BMA_KEYSET_MAX_KEYS */
};

/**
 * bma_keyset_new:
 *
 * Returns: (transfer full): a set without keys
 */
BmaKeyset *
bma_keyset_new (void)
{
  BmaKeyset *self = g_new0 (BmaKeyset, 1);

  self->keys = g_ptr_array_new_with_free_func ((GDestroyNotify) bma_key_unref);
  return self;
}

/**
 * bma_keyset_free:
 * @self: (transfer full): a set
 *
 * Frees the set and drops its keys.
 */
void
bma_keyset_free (BmaKeyset *self)
{
  g_return_if_fail (self != NULL);

  g_ptr_array_unref (self->keys);
  g_free (self);
}

static gboolean
is_shared (const BmaKey *key)
{
  return bma_key_get_algorithm (key) == BMA_ALGORITHM_HS256;
}

static gboolean
goes_with (const BmaKeyset *self, const BmaKey *key)
{
  return self->keys->len == 0 ||
         (!is_shared (key) && !is_shared (g_ptr_array_index (self->keys, 0)));
}

/**
 * bma_keyset_add:
 * @self: a set
 * @key: (transfer none): a key
 *
 * A shared secret never stands beside a key of another kind: where both could verify, a
 * public key might be taken for the secret.
 *
 * Returns: %FALSE when the set is full, has a key of that `kid`, which stays, or would
 * mix the two kinds
 */
gboolean
bma_keyset_add (BmaKeyset *self, BmaKey *key)
{
  g_return_val_if_fail (self != NULL && key != NULL, FALSE);

  if (self->keys->len >= BMA_KEYSET_MAX_KEYS || !goes_with (self, key) ||
      bma_keyset_lookup (self, bma_key_get_id (key)) != NULL)
    return FALSE;
  g_ptr_array_add (self->keys, bma_key_ref (key));
  return TRUE;
}

/**
 * bma_keyset_lookup:
 * @self: a set
 * @kid: (nullable): a key id
 *
 * Returns: (transfer none) (nullable): the key of that id
 */
BmaKey *
bma_keyset_lookup (const BmaKeyset *self, const char *kid)
{
  g_return_val_if_fail (self != NULL, NULL);

  for (unsigned int i = 0; kid != NULL && i < self->keys->len; i++)
    {
      BmaKey *key = g_ptr_array_index (self->keys, i);

      if (g_str_equal (bma_key_get_id (key), kid))
        return key;
    }
  return NULL;
}

/**
 * bma_keyset_lookup_only:
 * @self: a set
 * @algorithm: name of an algorithm
 *
 * Returns: (transfer none) (nullable): the key for that algorithm, if there is just one
 */
BmaKey *
bma_keyset_lookup_only (const BmaKeyset *self, const char *algorithm)
{
  BmaKey *found = NULL;

  g_return_val_if_fail (self != NULL && algorithm != NULL, NULL);

  for (unsigned int i = 0; i < self->keys->len; i++)
    {
      BmaKey *key = g_ptr_array_index (self->keys, i);

      if (!g_str_equal (bma_algorithm_to_text (bma_key_get_algorithm (key)), algorithm))
        continue;
      if (found != NULL)
        return NULL;
      found = key;
    }
  return found;
}

/**
 * bma_keyset_get_signer:
 * @self: a set
 *
 * Returns: (transfer none) (nullable): the first private key that was added
 */
BmaKey *
bma_keyset_get_signer (const BmaKeyset *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  for (unsigned int i = 0; i < self->keys->len; i++)
    if (bma_key_is_private (g_ptr_array_index (self->keys, i)))
      return g_ptr_array_index (self->keys, i);
  return NULL;
}

/**
 * bma_keyset_get_size:
 * @self: a set
 *
 * Returns: how many keys it has
 */
unsigned int
bma_keyset_get_size (const BmaKeyset *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->keys->len;
}

/**
 * bma_keyset_to_jwks:
 * @self: a set
 *
 * Returns: (transfer full): the public halves as a JWK Set (RFC 7517 section 5); empty
 *   for a shared secret, which has none
 */
char *
bma_keyset_to_jwks (const BmaKeyset *self)
{
  GString *out = g_string_new ("{\"keys\":[");

  g_return_val_if_fail (self != NULL, NULL);

  for (unsigned int i = 0; i < self->keys->len; i++)
    {
      const char *jwk = bma_key_get_public_jwk (g_ptr_array_index (self->keys, i));

      if (i > 0)
        g_string_append_c (out, ',');
      g_string_append (out, jwk != NULL ? jwk : "");
    }
  g_string_append (out, "]}");
  return g_string_free (out, FALSE);
}

/* Keys of kinds that we do not know are skipped, as RFC 7517 section 5 wants. */
static void
import_key (BmaKeyset *self, const json_t *source)
{
  json_auto_t *jwk = bma_jansson_pick (source, imported_members);
  const char *kty = json_string_value (json_object_get (jwk, "kty"));
  g_autoptr (BmaKey) key = NULL;

  if (g_strcmp0 (kty, "EC") == 0)
    key = bma_key_new_from_json (jwk, BMA_ALGORITHM_ES256, NULL);
  else if (g_strcmp0 (kty, "RSA") == 0)
    key = bma_key_new_from_json (jwk, BMA_ALGORITHM_RS256, NULL);
  if (key != NULL)
    bma_keyset_add (self, key);
}

/**
 * bma_keyset_new_from_jwks:
 * @jwks: a JWK Set (RFC 7517 section 5) from outside
 * @length: its length in bytes, at most 64 KiB
 * @error: return location for a %BMA_JOSE_ERROR_KEY error
 *
 * Takes the public halves of the keys that can verify ES256 or RS256 signatures and skips
 * the others; of keys with one `kid` the first.
 *
 * Returns: (transfer full) (nullable): the set, possibly empty
 */
BmaKeyset *
bma_keyset_new_from_jwks (const char *jwks, size_t length, GError **error)
{
  static const BmaJsonLimits limits = { BMA_KEYSET_MAX_BYTES, 8, 1000 };
  g_autoptr (BmaKeyset) self = NULL;
  json_auto_t *json = NULL;
  const json_t *keys = NULL;
  const char *problem = NULL;

  g_return_val_if_fail (jwks != NULL, NULL);

  json = bma_jansson_parse_object (jwks, length, &limits, &problem);
  keys = json_object_get (json, "keys");
  if (json != NULL && !json_is_array (keys))
    problem = "it has no array \"keys\"";
  else if (json_array_size (keys) > BMA_KEYSET_MAX_KEYS)
    problem = "it has more than 32 keys";
  if (problem != NULL)
    {
      g_set_error (error, BMA_JOSE_ERROR, BMA_JOSE_ERROR_KEY,
                   "The key set is refused: %s", problem);
      return NULL;
    }
  self = bma_keyset_new ();
  for (size_t i = 0; i < json_array_size (keys); i++)
    if (json_is_object (json_array_get (keys, i)))
      import_key (self, json_array_get (keys, i));
  return g_steal_pointer (&self);
}
