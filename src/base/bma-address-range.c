/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-address-range.h"

#include <stdint.h>
#include <string.h>

#define V4_BYTES 4
#define V6_BYTES 16

/**
 * bma_address_range_normalize:
 * @text: an address, or a range such as `10.0.0.0/8` or `2001:db8::/32`
 *
 * Returns: (transfer full) (nullable): the range as it is usually written, or %NULL if
 *   @text is none or has bits beyond its length
 */
char *
bma_address_range_normalize (const char *text)
{
  g_autoptr (GInetAddressMask) mask = g_inet_address_mask_new_from_string (text, NULL);

  return mask != NULL ? g_inet_address_mask_to_string (mask) : NULL;
}

/**
 * bma_address_unmap:
 * @address: an address
 *
 * Returns: (transfer full): the IPv4 address that an IPv6 one (`::ffff:192.0.2.1`) stands
 *   for, else @address itself
 */
GInetAddress *
bma_address_unmap (GInetAddress *address)
{
  static const uint8_t prefix[V6_BYTES - V4_BYTES] = { [10] = 0xff, [11] = 0xff };
  const uint8_t *bytes = g_inet_address_to_bytes (address);

  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6 &&
      memcmp (bytes, prefix, sizeof prefix) == 0)
    return g_inet_address_new_from_bytes (bytes + sizeof prefix, G_SOCKET_FAMILY_IPV4);
  return g_object_ref (address);
}

/**
 * bma_address_range_list_has:
 * @networks: addresses and ranges, as bma_address_range_normalize() writes them
 * @address: an address
 *
 * Returns: whether @address is in one of @networks
 */
gboolean
bma_address_range_list_has (const char *const *networks, GInetAddress *address)
{
  g_autoptr (GInetAddress) plain = bma_address_unmap (address);

  for (size_t i = 0; networks[i] != NULL; i++)
    {
      g_autoptr (GInetAddressMask)
          mask = g_inet_address_mask_new_from_string (networks[i], NULL);

      if (mask != NULL && g_inet_address_mask_matches (mask, plain))
        return TRUE;
    }
  return FALSE;
}
