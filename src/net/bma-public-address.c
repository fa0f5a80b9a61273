/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-public-address.h"

#include <string.h>

/* The registries of special-purpose addresses at IANA, the "globally reachable" entries
 * included: nobody publishes documents there. */
static const char *const special_v4[] = {
  "0.0.0.0/8",       /* this network, RFC 791 */
  "10.0.0.0/8",      /* private, RFC 1918 */
  "100.64.0.0/10",   /* behind carrier-grade NAT, RFC 6598 */
  "127.0.0.0/8",     /* loopback, RFC 1122 */
  "169.254.0.0/16",  /* link local, RFC 3927: also where clouds keep credentials */
  "172.16.0.0/12",   /* private, RFC 1918 */
  "192.0.0.0/24",    /* protocol assignments, RFC 6890 */
  "192.0.2.0/24",    /* documentation, RFC 5737 */
  "192.31.196.0/24", /* AS112, RFC 7535 */
  "192.52.193.0/24", /* AMT, RFC 7450 */
  "192.88.99.0/24",  /* 6to4 relays, RFC 7526 */
  "192.168.0.0/16",  /* private, RFC 1918 */
  "192.175.48.0/24", /* AS112, RFC 7534 */
  "198.18.0.0/15",   /* benchmarks, RFC 2544 */
  "198.51.100.0/24", /* documentation, RFC 5737 */
  "203.0.113.0/24",  /* documentation, RFC 5737 */
  "224.0.0.0/4",     /* multicast, RFC 5771 */
  "240.0.0.0/4",     /* reserved, RFC 1112, and broadcast */
};

/* Of the global unicast addresses; everything beyond 2000::/3 is refused anyway:
 * loopback, unspecified, IPv4-mapped, -compatible and -translated, local NAT64, discard,
 * segment routing, unique local, link and site local, multicast. */
static const char *const special_v6[] = {
  "2001::/23",         /* protocol assignments, Teredo and ORCHID among them, RFC 2928 */
  "2001:db8::/32",     /* documentation, RFC 3849 */
  "2002::/16",         /* 6to4, RFC 3056: holds an IPv4 address */
  "2620:4f:8000::/48", /* AS112, RFC 7534 */
  "3fff::/20",         /* documentation, RFC 9637 */
};

#define GLOBAL_V6 "2000::/3"
/* NAT64 (RFC 6052): the IPv4 address in its last four bytes is what is reached. */
#define NAT64_V6    "64:ff9b::/96"
#define NAT64_BYTES 12

static gboolean
matches (GInetAddress *address, const char *range)
{
  g_autoptr (GInetAddressMask) mask = g_inet_address_mask_new_from_string (range, NULL);

  /* A range that cannot be read would let everything through. */
  g_assert (mask != NULL);
  return g_inet_address_mask_matches (mask, address);
}

static gboolean
matches_any (GInetAddress *address, const char *const *ranges, size_t n_ranges)
{
  for (size_t i = 0; i < n_ranges; i++)
    if (matches (address, ranges[i]))
      return TRUE;
  return FALSE;
}

/**
 * bma_public_address_check:
 * @address: an address that is about to be connected to
 *
 * What strangers name must not make us ask this machine, its neighbours, or addresses
 * that stand for those in another way. Unknown kinds of addresses are refused.
 *
 * Returns: whether @address is an ordinary one of the public internet
 */
gboolean
bma_public_address_check (GInetAddress *address)
{
  g_autoptr (GInetAddress) inner = NULL;

  switch (g_inet_address_get_family (address))
    {
    case G_SOCKET_FAMILY_IPV4:
      return !matches_any (address, special_v4, G_N_ELEMENTS (special_v4));
    case G_SOCKET_FAMILY_IPV6:
      if (matches (address, GLOBAL_V6))
        return !matches_any (address, special_v6, G_N_ELEMENTS (special_v6));
      if (!matches (address, NAT64_V6))
        return FALSE;
      inner =
          g_inet_address_new_from_bytes (g_inet_address_to_bytes (address) + NAT64_BYTES,
                                         G_SOCKET_FAMILY_IPV4);
      return bma_public_address_check (inner);
    case G_SOCKET_FAMILY_INVALID:
    case G_SOCKET_FAMILY_UNIX:
    default:
      return FALSE;
    }
}
