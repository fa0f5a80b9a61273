/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-pool.h"

#include <arpa/inet.h>
#include <string.h>

static BmaHttpPeerKey
key_of (const char *text)
{
  struct sockaddr_in in = { .sin_family = AF_INET };
  struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };

  if (inet_pton (AF_INET, text, &in.sin_addr) == 1)
    return bma_http_peer_key_from_native ((struct sockaddr *) &in);
  g_assert_cmpint (inet_pton (AF_INET6, text, &in6.sin6_addr), ==, 1);
  return bma_http_peer_key_from_native ((struct sockaddr *) &in6);
}

static void
assert_same (const char *a, const char *b, gboolean is_same)
{
  BmaHttpPeerKey key_a = key_of (a), key_b = key_of (b);

  g_assert_cmpint (memcmp (&key_a, &key_b, sizeof key_a) == 0, ==, is_same);
}

static void
test_peers (void)
{
  assert_same ("192.0.2.1", "192.0.2.1", TRUE);
  assert_same ("192.0.2.1", "192.0.2.2", FALSE);
  assert_same ("192.0.2.1", "::ffff:192.0.2.1", TRUE);
  assert_same ("2001:db8::1", "2001:db8::ffff:1", TRUE);
  assert_same ("2001:db8::1", "2001:db8:0:1::1", FALSE);
  assert_same ("::1", "127.0.0.1", FALSE);
}

static void
test_local_peers (void)
{
  static const struct sockaddr unix_peer = { .sa_family = AF_UNIX };
  static const char *const local[] = { "127.0.0.1", "127.9.9.9", "::1",
                                       "::ffff:127.0.0.1" };
  static const char *const remote[] = { "128.0.0.1", "2001:db8::1", "fe80::1" };
  BmaHttpPeerKey key = bma_http_peer_key_from_native (&unix_peer);

  g_assert_true (bma_http_peer_key_is_local (&key));
  for (size_t i = 0; i < G_N_ELEMENTS (local); i++)
    {
      key = key_of (local[i]);
      g_assert_true (bma_http_peer_key_is_local (&key));
    }
  for (size_t i = 0; i < G_N_ELEMENTS (remote); i++)
    {
      key = key_of (remote[i]);
      g_assert_false (bma_http_peer_key_is_local (&key));
    }
}

static void
test_caps (void)
{
  BmaHttpFrontLimits limits;
  BmaHttpPoolMember members[3];
  BmaHttpPeerKey near = key_of ("127.0.0.1"), far = key_of ("192.0.2.1");
  g_autoptr (BmaHttpPool) pool = NULL;

  bma_http_front_limits_init_default (&limits);
  limits.max_connections = 3;
  limits.max_connections_per_peer = 1;
  limits.max_connections_loopback = 2;
  pool = bma_http_pool_new (&limits);

  bma_http_pool_add (pool, &members[0], &far, "far");
  g_assert_false (bma_http_pool_has_room_for (pool, &far));
  g_assert_true (bma_http_pool_has_room_for (pool, &near));
  bma_http_pool_add (pool, &members[1], &near, "near 1");
  g_assert_true (bma_http_pool_has_room (pool));
  g_assert_true (bma_http_pool_has_room_for (pool, &near));
  bma_http_pool_add (pool, &members[2], &near, "near 2");
  g_assert_false (bma_http_pool_has_room_for (pool, &near));
  g_assert_false (bma_http_pool_has_room (pool));

  bma_http_pool_remove (pool, &members[0]);
  g_assert_true (bma_http_pool_has_room_for (pool, &far));
  g_assert_cmpuint (bma_http_pool_size (pool), ==, 2);
  bma_http_pool_remove (pool, &members[1]);
  bma_http_pool_remove (pool, &members[2]);
}

static void
test_oldest_idle (void)
{
  BmaHttpFrontLimits limits;
  BmaHttpPoolMember members[3];
  BmaHttpPeerKey near = key_of ("127.0.0.1"), far = key_of ("192.0.2.1");
  g_autoptr (BmaHttpPool) pool = NULL;

  bma_http_front_limits_init_default (&limits);
  pool = bma_http_pool_new (&limits);
  bma_http_pool_add (pool, &members[0], &near, "a");
  bma_http_pool_add (pool, &members[1], &far, "b");
  bma_http_pool_add (pool, &members[2], &near, "c");
  g_assert_null (bma_http_pool_oldest_idle (pool, NULL, G_MAXINT64));

  bma_http_pool_set_idle (pool, &members[2], TRUE);
  bma_http_pool_set_idle (pool, &members[1], TRUE);
  bma_http_pool_set_idle (pool, &members[0], TRUE);
  g_assert_cmpstr (bma_http_pool_oldest_idle (pool, NULL, G_MAXINT64), ==, "c");
  g_assert_cmpstr (bma_http_pool_oldest_idle (pool, &far, G_MAXINT64), ==, "b");
  g_assert_null (bma_http_pool_oldest_idle (pool, NULL, 0));
  bma_http_pool_set_idle (pool, &members[2], FALSE);
  g_assert_cmpstr (bma_http_pool_oldest_idle (pool, &near, G_MAXINT64), ==, "a");

  for (unsigned i = 0; i < G_N_ELEMENTS (members); i++)
    bma_http_pool_remove (pool, &members[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/http/pool/peers", test_peers);
  g_test_add_func ("/http/pool/local-peers", test_local_peers);
  g_test_add_func ("/http/pool/caps", test_caps);
  g_test_add_func ("/http/pool/oldest-idle", test_oldest_idle);

  return g_test_run ();
}
