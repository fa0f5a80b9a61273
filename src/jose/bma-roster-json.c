/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-roster.h"

#include "bma-key-private.h"

/* The item is a JWK Set (RFC 7517 section 5) with private keys. What is said about a key
 * stands in one member of it that others ignore. */
#define LIFE       "biomcp-auth"
#define MAX_TIME_S (INT64_C (1) << 40)

static const char *const key_members[] = { "kty", "crv", "x",   "y",       "d",  "n",
                                           "e",   "p",   "q",   "dp",      "dq", "qi",
                                           "kid", "alg", "use", "key_ops", NULL };

static gboolean
refuse (GError **error, const char *problem)
{
  g_set_error (error, BMA_JOSE_ERROR, BMA_JOSE_ERROR_KEY,
               "The signing keys in the keyring are refused: %s", problem);
  return FALSE;
}

/* Each key has one algorithm; keys from elsewhere may leave it to their type. */
static gboolean
find_algorithm (const json_t *jwk, BmaAlgorithm *algorithm)
{
  const char *kty = json_string_value (json_object_get (jwk, "kty"));

  if (json_object_get (jwk, "alg") != NULL)
    return bma_algorithm_from_text (json_string_value (json_object_get (jwk, "alg")),
                                    algorithm);
  *algorithm = g_strcmp0 (kty, "RSA") == 0 ? BMA_ALGORITHM_RS256 : BMA_ALGORITHM_ES256;
  return TRUE;
}

static BmaKey *
read_key (const json_t *json, GError **error)
{
  json_auto_t *jwk = bma_jansson_pick (json, key_members);
  BmaAlgorithm algorithm = BMA_ALGORITHM_ES256;

  if (find_algorithm (jwk, &algorithm))
    return bma_key_new_from_json (jwk, algorithm, error);
  refuse (error, "one is for an algorithm that is not supported");
  return NULL;
}

static gboolean
read_time (const json_t *life, const char *name, int64_t *value, GError **error)
{
  const json_t *number = json_object_get (life, name);

  *value = json_integer_value (number);
  if (number != NULL && (!json_is_integer (number) || *value < 0 || *value > MAX_TIME_S))
    return refuse (error, "a time of one is malformed");
  return TRUE;
}

static gboolean
read_state (const json_t *life, BmaKeyState *state, GError **error)
{
  const char *text = json_string_value (json_object_get (life, "state"));

  for (unsigned int i = 0; text != NULL && i < BMA_KEY_STATE_N; i++)
    if (g_str_equal (text, bma_key_state_to_text ((BmaKeyState) i)))
      {
        *state = (BmaKeyState) i;
        return TRUE;
      }
  return refuse (error, "one is in a state that this version does not know");
}

static gboolean
knows_id (const BmaRoster *self, const BmaKey *key)
{
  for (unsigned int i = 0; i < bma_roster_get_size (self); i++)
    if (g_str_equal (bma_key_get_id (bma_roster_get (self, i)->key),
                     bma_key_get_id (key)))
      return TRUE;
  return FALSE;
}

static gboolean
read_entry (BmaRoster *self, const json_t *json, GError **error)
{
  const json_t *life = json_object_get (json, LIFE);
  g_autoptr (BmaKey) key = NULL;
  BmaRosterKey *entry = NULL;
  BmaKeyState state = BMA_KEY_STATE_ACTIVE;

  if (!json_is_object (json))
    return refuse (error, "one is not a JSON object");
  key = read_key (json, error);
  if (key == NULL || !read_state (life, &state, error))
    return FALSE;
  if (knows_id (self, key))
    return refuse (error, "two have the same \"kid\"");
  if (state != BMA_KEY_STATE_RETIRING && !bma_key_is_private (key))
    return refuse (error, "one that is to sign has no private half");
  if (state != BMA_KEY_STATE_RETIRING && bma_roster_find (self, state) != NULL)
    return refuse (error, "two are in a state of which there is only one");
  entry = bma_roster_add (self, key, state);
  if (!read_time (life, "created_at", &entry->created_at_s, error) ||
      !read_time (life, "signs_from", &entry->signs_from_s, error) ||
      !read_time (life, "retires_at", &entry->retires_at_s, error) ||
      !read_time (life, "lifetime", &entry->lifetime_s, error))
    return FALSE;
  if (state != BMA_KEY_STATE_NEXT && entry->lifetime_s == 0)
    entry->lifetime_s = BMA_ROSTER_LONGEST_LIFETIME_S;
  return TRUE;
}

/* One key and nothing about it: an older version wrote it, or a person. */
static BmaRoster *
read_bare_key (const json_t *jwk, GError **error)
{
  g_autoptr (BmaRoster) self = bma_roster_new ();
  g_autoptr (BmaKey) key = read_key (jwk, error);

  if (key == NULL)
    return NULL;
  if (!bma_key_is_private (key))
    {
      refuse (error, "it has no private half");
      return NULL;
    }
  bma_roster_add (self, key, BMA_KEY_STATE_ACTIVE)->lifetime_s =
      BMA_ROSTER_LONGEST_LIFETIME_S;
  return g_steal_pointer (&self);
}

/**
 * bma_roster_parse:
 * @text: what the keyring holds: a roster, or a single private JWK
 * @length: its length in bytes, at most 64 KiB
 * @error: return location for a %BMA_JOSE_ERROR_KEY error
 *
 * Takes all of it or nothing, so that no key is lost when it is written again.
 *
 * Returns: (transfer full) (nullable): the roster, with one active key
 */
BmaRoster *
bma_roster_parse (const char *text, size_t length, GError **error)
{
  static const BmaJsonLimits limits = { BMA_ROSTER_MAX_BYTES, 5, 600 };
  g_autoptr (BmaRoster) self = NULL;
  json_auto_t *json = NULL;
  const json_t *keys = NULL;
  const char *problem = NULL;

  g_return_val_if_fail (text != NULL, NULL);

  json = bma_jansson_parse_object (text, length, &limits, &problem);
  if (json == NULL)
    {
      refuse (error, problem);
      return NULL;
    }
  keys = json_object_get (json, "keys");
  if (keys == NULL)
    return read_bare_key (json, error);
  if (!json_is_array (keys) || json_array_size (keys) > BMA_ROSTER_MAX_KEYS)
    {
      refuse (error, "they are not an array of at most 16");
      return NULL;
    }
  self = bma_roster_new ();
  for (size_t i = 0; i < json_array_size (keys); i++)
    if (!read_entry (self, json_array_get (keys, i), error))
      return NULL;
  if (bma_roster_find (self, BMA_KEY_STATE_ACTIVE) == NULL)
    {
      refuse (error, "none is active");
      return NULL;
    }
  return g_steal_pointer (&self);
}

static json_t *
write_life (const BmaRosterKey *entry)
{
  return json_pack ("{s:s, s:I, s:I, s:I, s:I}", "state",
                    bma_key_state_to_text (entry->state), "created_at",
                    (json_int_t) entry->created_at_s, "signs_from",
                    (json_int_t) entry->signs_from_s, "retires_at",
                    (json_int_t) entry->retires_at_s, "lifetime",
                    (json_int_t) entry->lifetime_s);
}

/**
 * bma_roster_write:
 * @self: a roster
 * @error: return location for a [error@JoseError]
 *
 * Returns: (transfer full) (nullable): it as text, with all private halves
 */
BmaSecret *
bma_roster_write (const BmaRoster *self, GError **error)
{
  json_auto_t *json = json_object ();
  json_t *keys = json_array ();

  if (json_object_set_new (json, "keys", keys) != 0)
    g_error ("jansson is out of memory");
  for (unsigned int i = 0; i < bma_roster_get_size (self); i++)
    {
      const BmaRosterKey *entry = bma_roster_get (self, i);
      json_auto_t *jwk = bma_key_export_json (entry->key, error);

      if (jwk == NULL)
        return NULL;
      if (json_object_set_new (jwk, LIFE, write_life (entry)) != 0 ||
          json_array_append (keys, jwk) != 0)
        g_error ("jansson is out of memory");
    }
  return bma_secret_new_take (bma_jansson_to_text (json));
}
