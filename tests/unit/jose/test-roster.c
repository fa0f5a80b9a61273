/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-roster.h"

#include <string.h>

#include "jose-vectors.h"

#define D ",\"d\":\"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI\""
/* A public key of P-256, with a kid, in a state. */
#define EC(kid, life)                                                                    \
  "{\"kty\":\"EC\",\"crv\":\"P-256\"," RFC7515_A3_XY ",\"kid\":\"" kid                   \
  "\",\"alg\":\"ES256\",\"biomcp-auth\":" life
#define LIFE(state) "{\"state\":\"" state "\",\"lifetime\":60}"

static BmaRoster *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  BmaRoster *roster = bma_roster_parse (text, strlen (text), &error);

  g_assert_no_error (error);
  g_assert_nonnull (roster);
  return roster;
}

static void
fill (BmaRosterKey *entry, int64_t start_s)
{
  entry->created_at_s = start_s;
  entry->signs_from_s = start_s + 1;
  entry->retires_at_s = start_s + 2;
  entry->lifetime_s = start_s + 3;
}

static void
test_round_trip (void)
{
  g_autoptr (BmaRoster) roster = bma_roster_new ();
  g_autoptr (BmaKey) old = bma_key_generate (BMA_ALGORITHM_ES256, NULL);
  g_autoptr (BmaKey) public_half = bma_key_make_public (old);
  g_autoptr (BmaKey) active = bma_key_generate (BMA_ALGORITHM_RS256, NULL);
  g_autoptr (BmaKey) next = bma_key_generate (BMA_ALGORITHM_ES256, NULL);
  g_autoptr (BmaSecret) text = NULL;
  g_autoptr (BmaRoster) again = NULL;
  g_autoptr (BmaKeyset) keys = NULL;

  fill (bma_roster_add (roster, public_half, BMA_KEY_STATE_RETIRING), 10);
  fill (bma_roster_add (roster, next, BMA_KEY_STATE_NEXT), 20);
  fill (bma_roster_add (roster, active, BMA_KEY_STATE_ACTIVE), 30);
  text = bma_roster_write (roster, NULL);
  again = parse (bma_secret_peek (text));

  g_assert_cmpuint (bma_roster_get_size (again), ==, 3);
  for (unsigned int i = 0; i < 3; i++)
    {
      const BmaRosterKey *one = bma_roster_get (roster, i);
      const BmaRosterKey *two = bma_roster_get (again, i);

      g_assert_cmpstr (bma_key_get_id (one->key), ==, bma_key_get_id (two->key));
      g_assert_cmpint (bma_key_is_private (one->key), ==, bma_key_is_private (two->key));
      g_assert_cmpint (one->state, ==, two->state);
      g_assert_cmpint (one->created_at_s, ==, two->created_at_s);
      g_assert_cmpint (one->signs_from_s, ==, two->signs_from_s);
      g_assert_cmpint (one->retires_at_s, ==, two->retires_at_s);
      g_assert_cmpint (one->lifetime_s, ==, two->lifetime_s);
    }
  keys = bma_roster_make_keyset (again);
  g_assert_cmpuint (bma_keyset_get_size (keys), ==, 3);
  g_assert_cmpstr (bma_key_get_id (bma_keyset_get_signer (keys)), ==,
                   bma_key_get_id (active));
}

/* What an older version kept, or a person made. */
static void
test_bare_key (void)
{
  g_autoptr (BmaKey) rsa = bma_key_generate (BMA_ALGORITHM_RS256, NULL);
  g_autoptr (BmaSecret) rsa_text = bma_key_export_private (rsa, NULL);
  g_autoptr (BmaRoster) from_rsa = parse (bma_secret_peek (rsa_text));
  g_autoptr (BmaRoster) from_ec = parse (RFC7515_A3_JWK);
  const BmaRosterKey *entry = bma_roster_find (from_ec, BMA_KEY_STATE_ACTIVE);

  g_assert_cmpuint (bma_roster_get_size (from_ec), ==, 1);
  g_assert_cmpint (bma_key_get_algorithm (entry->key), ==, BMA_ALGORITHM_ES256);
  g_assert_cmpint (entry->created_at_s, ==, 0);
  g_assert_cmpint (entry->lifetime_s, ==, BMA_ROSTER_LONGEST_LIFETIME_S);
  entry = bma_roster_find (from_rsa, BMA_KEY_STATE_ACTIVE);
  g_assert_cmpint (bma_key_get_algorithm (entry->key), ==, BMA_ALGORITHM_RS256);
  g_assert_cmpstr (bma_key_get_id (entry->key), ==, bma_key_get_id (rsa));
}

static void
test_refused (void)
{
  static const char *const bad[] = {
    "",
    "[]",
    "{}",
    "{\"keys\":{}}",
    "{\"keys\":[]}",
    "{\"keys\":[7]}",
    RFC7515_A2_JWK,
    "{\"kty\":\"oct\",\"k\":\"" RFC7515_A1_K "\"}",
    "{\"keys\":[" EC ("a", LIFE ("active")) "}]}",
    "{\"keys\":[" EC ("a", LIFE ("next")) D "}]}",
    "{\"keys\":[" EC ("a", LIFE ("retiring")) "}]}",
    "{\"keys\":[" EC ("a", LIFE ("resting")) D "}]}",
    "{\"keys\":[" EC ("a", "{}") D "}]}",
    "{\"keys\":[" EC ("a", "7") D "}]}",
    "{\"keys\":[" EC ("a", "{\"state\":\"active\",\"created_at\":\"1\"}") D "}]}",
    "{\"keys\":[" EC ("a", "{\"state\":\"active\",\"created_at\":-1}") D "}]}",
    "{\"keys\":[" EC ("a", "{\"state\":\"active\",\"signs_from\":1.5}") D "}]}",
    "{\"keys\":[" EC ("a", "{\"state\":\"active\",\"lifetime\":9223372036854775807}") D
    "}]}",
  };

  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", bad[i]);
      g_assert_null (bma_roster_parse (bad[i], strlen (bad[i]), &error));
      g_assert_error (error, BMA_JOSE_ERROR, BMA_JOSE_ERROR_KEY);
    }
}

/* Whatever is odd about one key, none is taken: it would be lost when the rest is kept.
 */
static void
test_all_or_nothing (void)
{
  static const char active[] = EC ("a", LIFE ("active")) D "}";
  static const char *const more[] = {
    EC ("a", LIFE ("retiring")) "}",
    EC ("b", LIFE ("active")) D "}",
    EC ("b", LIFE ("next")) "}",
    EC ("b", LIFE ("retired")) "}",
    "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AAAA\",\"biomcp-auth\":" LIFE (
        "retiring") "}",
    "{\"kty\":\"EC\",\"crv\":\"P-256\"," RFC7515_A3_XY
    ",\"alg\":\"HS256\",\"biomcp-auth\":" LIFE ("retiring") "}",
  };
  g_autofree char *good =
      g_strdup_printf ("{\"keys\":[%s,%s]}", active, EC ("b", LIFE ("retiring")) "}");
  g_autoptr (BmaRoster) roster = parse (good);

  g_assert_cmpuint (bma_roster_get_size (roster), ==, 2);
  for (size_t i = 0; i < G_N_ELEMENTS (more); i++)
    {
      g_autofree char *text = g_strdup_printf ("{\"keys\":[%s,%s]}", active, more[i]);

      g_test_message ("%s", more[i]);
      g_assert_null (bma_roster_parse (text, strlen (text), NULL));
    }
}

static void
test_bounded (void)
{
  GString *many = g_string_new ("{\"keys\":[");
  g_autofree char *big = g_strnfill (BMA_ROSTER_MAX_BYTES, ' ');
  g_autofree char *padded = g_strconcat (RFC7515_A3_JWK, big, NULL);

  for (int i = 0; i <= BMA_ROSTER_MAX_KEYS; i++)
    g_string_append_printf (many, "%s%s%d%s", i > 0 ? "," : "",
                            "{\"kty\":\"EC\",\"crv\":\"P-256\"," RFC7515_A3_XY
                            ",\"kid\":\"k",
                            i,
                            i == 0 ? "\",\"biomcp-auth\":" LIFE ("active") D "}"
                                   : "\",\"biomcp-auth\":" LIFE ("retiring") "}");
  g_string_append (many, "]}");
  g_assert_null (bma_roster_parse (many->str, many->len, NULL));
  g_assert_null (bma_roster_parse (padded, strlen (padded), NULL));
  g_string_free (many, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/jose/roster/export-and-import", test_round_trip);
  g_test_add_func ("/jose/roster/takes-up-a-bare-key", test_bare_key);
  g_test_add_func ("/jose/roster/refuses-what-is-malformed", test_refused);
  g_test_add_func ("/jose/roster/takes-all-or-nothing", test_all_or_nothing);
  g_test_add_func ("/jose/roster/is-bounded", test_bounded);
  return g_test_run ();
}
