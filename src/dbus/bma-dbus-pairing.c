/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-dbus-pairing.h"

#include "bma-pairing.h"

/**
 * bma_dbus_pairing_show:
 * @resolver: tells who calls
 * @peer: a caller
 * @key: (nullable): the key that it shows
 *
 * Notes which key a connection has shown, for as long as it lives; whether the key is
 * right is decided where it is used. Who can prove something better keeps to that.
 *
 * Returns: (transfer full): the caller, who showed @key
 */
BmaPeer *
bma_dbus_pairing_show (BmaPeerResolver *resolver, BmaPeer *peer, const BmaSecret *key)
{
  g_autofree char *hash = NULL;
  BmaPeer *showing = NULL;

  if (key == NULL || g_strcmp0 (peer->trust, BMA_TRUST_CLAIMED) != 0)
    return bma_peer_ref (peer);
  hash = bma_pairing_hash (key);
  showing = bma_peer_new_with_pairing (peer, hash);
  bma_peer_resolver_update (resolver, showing);
  return showing;
}

/**
 * bma_dbus_pairing_learn:
 * @resolver: tells who calls
 * @peer: (inout): a caller whose question was answered
 * @key: (nullable): the key that it gets
 *
 * A connection that has just been given a key need not show it. Requests of the same
 * connection that shared the question know it by then too.
 */
void
bma_dbus_pairing_learn (BmaPeerResolver *resolver, BmaPeer **peer, const BmaSecret *key)
{
  BmaPeer *known = key != NULL ? bma_dbus_pairing_show (resolver, *peer, key)
                               : bma_peer_resolver_lookup (resolver, (*peer)->sender);

  if (known == NULL)
    return;
  bma_peer_unref (*peer);
  *peer = known;
}

/**
 * bma_dbus_pairing_add_key:
 * @result: (transfer floating): a{sv}
 * @key: a key for the caller
 *
 * Returns: (transfer floating): @result with `pairing-key`
 */
GVariant *
bma_dbus_pairing_add_key (GVariant *result, const BmaSecret *key)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (result);
  GVariantDict dict;

  g_variant_dict_init (&dict, owned);
  g_variant_dict_insert_value (&dict, "pairing-key",
                               g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE,
                                                          bma_secret_peek (key),
                                                          bma_secret_get_size (key), 1));
  return g_variant_dict_end (&dict);
}
