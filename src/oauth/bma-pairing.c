/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-pairing.h"

#include <string.h>

#include "bma-text.h"

#define HASH_CHARS  (2 * BMA_SHA256_BYTES)
#define SHOWN_CHARS 8

/**
 * bma_pairing_hash:
 * @key: what somebody shows as a pairing key
 *
 * Returns: (transfer full): its SHA-256 in hexadecimal
 */
char *
bma_pairing_hash (const BmaSecret *key)
{
  uint8_t hash[BMA_SHA256_BYTES];

  bma_text_sha256 (bma_secret_peek (key), bma_secret_get_size (key), hash);
  return bma_text_hex (hash, sizeof hash);
}

static gboolean
is_paired (const BmaGrant *grant)
{
  return g_strcmp0 (grant->kind, BMA_GRANT_KIND_DBUS_APP) == 0 &&
         g_strcmp0 (grant->trust, BMA_TRUST_PAIRED) == 0;
}

/**
 * bma_pairing_is_proven:
 * @grant: a grant
 * @peer: a caller
 *
 * Only who can prove nothing better needs a key, so those of others are not looked at.
 *
 * Returns: whether @grant was made for whoever has a key, and @peer showed it
 */
gboolean
bma_pairing_is_proven (const BmaGrant *grant, const BmaPeer *peer)
{
  gboolean may_pair = g_strcmp0 (peer->trust, BMA_TRUST_CLAIMED) == 0 ||
                      g_strcmp0 (peer->trust, BMA_TRUST_PAIRED) == 0;

  return may_pair && is_paired (grant) && grant->pairing_hash != NULL &&
         peer->pairing_hash != NULL && strlen (grant->pairing_hash) == HASH_CHARS &&
         strlen (peer->pairing_hash) == HASH_CHARS &&
         bma_text_equal_const_time (grant->pairing_hash, peer->pairing_hash, HASH_CHARS);
}

/**
 * bma_pairing_make_peer:
 * @peer: a caller
 * @app_id: (nullable): what it is called; %NULL for a new name
 * @hash: of the key by which it is known
 *
 * A new name is that of its program, or, where that is not known, one that stands for the
 * key.
 *
 * Returns: (transfer full): who that is once it is paired
 */
BmaPeer *
bma_pairing_make_peer (const BmaPeer *peer, const char *app_id, const char *hash)
{
  g_autofree char *name = g_strdup (app_id);
  BmaPeer *paired = NULL;

  if (name == NULL && bma_peer_is_nameless (peer))
    name = g_strdup_printf ("paired-%.*s", SHOWN_CHARS, hash);
  paired = bma_peer_new (peer->sender, name != NULL ? name : peer->app_id,
                         BMA_TRUST_PAIRED, peer->executable, peer->uid, peer->pid);
  paired->pairing_hash = g_strdup (hash);
  return paired;
}

/**
 * bma_pairing_recognise:
 * @peer: a caller
 * @grant: (nullable): what there is for the key that it showed
 *
 * A key that is wrong, or was revoked, is as good as none.
 *
 * Returns: (transfer full): the one that is paired, or else @peer
 */
BmaPeer *
bma_pairing_recognise (BmaPeer *peer, const BmaGrant *grant)
{
  if (grant == NULL || !bma_pairing_is_proven (grant, peer))
    return bma_peer_ref (peer);
  return bma_pairing_make_peer (peer, grant->app_id, peer->pairing_hash);
}

/**
 * bma_pairing_find_surplus:
 * @grants: (element-type BmaGrant): all there are
 *
 * Returns: (transfer none) (nullable): the pairing that was not used for the longest
 *   time, if there is no room for another one
 */
const BmaGrant *
bma_pairing_find_surplus (const GPtrArray *grants)
{
  const BmaGrant *oldest = NULL;
  unsigned int n = 0;

  for (unsigned int i = 0; i < grants->len; i++)
    {
      const BmaGrant *grant = g_ptr_array_index (grants, i);

      if (!is_paired (grant))
        continue;
      n++;
      if (oldest == NULL || grant->last_used_at_s < oldest->last_used_at_s)
        oldest = grant;
    }
  return n >= BMA_MAX_PAIRINGS ? oldest : NULL;
}
