/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-broker-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "bma-approval.h"
#include "bma-log.h"
#include "bma-pairing.h"

char *
bma_broker_make_app_grant_id (BmaBroker *self,
                              const BmaPeer *peer,
                              const BmaSubject *subject)
{
  gboolean is_paired = g_str_equal (peer->trust, BMA_TRUST_PAIRED);
  g_autofree char *holder =
      g_strconcat (peer->trust, ":", is_paired ? peer->pairing_hash : peer->app_id, NULL);

  return bma_grant_make_id (BMA_GRANT_KIND_DBUS_APP, holder, subject->record.id,
                            self->config->resources[0]);
}

/* Who it is once the key that it showed has been looked at. Asked each time, so that a
 * revoked key proves nothing at once. */
BmaPeer *
bma_broker_recognise (BmaBroker *self, BmaPeer *peer, const BmaSubject *subject)
{
  g_autoptr (BmaPeer) paired = NULL;
  g_autofree char *id = NULL;

  if (peer->pairing_hash == NULL || subject == NULL)
    return bma_peer_ref (peer);
  paired = bma_pairing_make_peer (peer, NULL, peer->pairing_hash);
  id = bma_broker_make_app_grant_id (self, paired, subject);
  return bma_pairing_recognise (peer,
                                bma_store_lookup (self->store, &bma_grant_type, id));
}

/* The pairing that was unused for the longest time makes room. */
static void
make_room (BmaBroker *self, BmaChange *change)
{
  g_autoptr (GPtrArray) grants = bma_store_list (self->store, &bma_grant_type);
  const BmaGrant *surplus = bma_pairing_find_surplus (grants);

  if (surplus == NULL)
    return;
  bma_log_notice ("local", "There are %u pairings already; that of %s goes",
                  BMA_MAX_PAIRINGS, surplus->app_id);
  bma_broker_delete_grant (self, change, surplus);
}

/* A new key for a caller that can prove nothing else, and who it is with that. */
BmaPeer *
bma_broker_pair (BmaBroker *self, BmaChange *change, const BmaPeer *peer, BmaSecret **key)
{
  uint8_t bytes[BMA_PAIRING_KEY_BYTES];
  g_autofree char *hash = NULL;

  bma_entropy_fill (self->entropy, bytes, sizeof bytes);
  *key = bma_secret_new_bytes (bytes, sizeof bytes);
  explicit_bzero (bytes, sizeof bytes);
  hash = bma_pairing_hash (*key);
  make_room (self, change);
  return bma_pairing_make_peer (peer, NULL, hash);
}

/**
 * bma_broker_describe_peer:
 * @peer: who asks
 * @wants_pairing: whether it asked for a key by which it can be known again
 *
 * Returns: (transfer none): how we know who that is, for people
 */
const char *
bma_broker_describe_peer (const BmaPeer *peer, gboolean wants_pairing)
{
  if (bma_peer_is_sandboxed (peer))
    return _ ("It runs in a sandbox that vouches for this name.");
  if (g_str_equal (peer->trust, BMA_TRUST_UNIT))
    return _ ("It was started by the desktop as this unit.");
  if (g_str_equal (peer->trust, BMA_TRUST_PAIRED))
    return _ ("It showed the key that it got when you allowed it always.");
  if (bma_peer_is_nameless (peer))
    return wants_pairing
               ? _ ("It is some program of this session. Which one cannot be told from "
                    "inside a sandbox. Allowed always, it gets a key, and whoever shows "
                    "that key is taken for it.")
               : _ ("It is some program of this session. Which one cannot be told from "
                    "inside a sandbox.");
  return wants_pairing
             ? _ ("It is a program of yours; another program could pretend to be it. "
                  "Allowed always, it gets a key, and whoever shows that key is taken "
                  "for it.")
             : _ ("It is a program of yours; another program could pretend to be it.");
}
