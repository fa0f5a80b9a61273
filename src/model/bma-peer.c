/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-peer.h"

/**
 * bma_peer_new:
 * @sender: unique bus name
 * @app_id: Flatpak app id, systemd unit or executable path; @sender if nothing is known
 * @trust: %BMA_TRUST_SANDBOX, %BMA_TRUST_UNIT, %BMA_TRUST_PAIRED or %BMA_TRUST_CLAIMED
 * @executable: (nullable): path of the program, for people to read
 * @uid: its user
 * @pid: its process at the time it was looked at
 *
 * Returns: (transfer full): the peer
 */
BmaPeer *
bma_peer_new (const char *sender,
              const char *app_id,
              const char *trust,
              const char *executable,
              uint32_t uid,
              uint32_t pid)
{
  BmaPeer *self = g_rc_box_new0 (BmaPeer);

  self->sender = g_strdup (sender);
  self->app_id = g_strdup (app_id);
  self->trust = g_strdup (trust);
  self->executable = g_strdup (executable);
  self->uid = uid;
  self->pid = pid;
  return self;
}

/**
 * bma_peer_new_with_pairing:
 * @peer: a peer
 * @pairing_hash: SHA-256 of the pairing key that it showed, in hexadecimal
 *
 * Returns: (transfer full): the same one, who showed a key that nobody has looked at yet
 */
BmaPeer *
bma_peer_new_with_pairing (const BmaPeer *peer, const char *pairing_hash)
{
  BmaPeer *self = bma_peer_new (peer->sender, peer->app_id, peer->trust, peer->executable,
                                peer->uid, peer->pid);

  self->pairing_hash = g_strdup (pairing_hash);
  return self;
}

/**
 * bma_peer_ref:
 * @self: a peer
 *
 * Returns: (transfer full): @self
 */
BmaPeer *
bma_peer_ref (BmaPeer *self)
{
  return g_rc_box_acquire (self);
}

static void
peer_clear (gpointer data)
{
  BmaPeer *self = data;

  g_free (self->sender);
  g_free (self->app_id);
  g_free (self->trust);
  g_free (self->executable);
  g_free (self->pairing_hash);
}

/**
 * bma_peer_unref:
 * @self: (transfer full): a peer
 *
 * Drops a reference.
 */
void
bma_peer_unref (BmaPeer *self)
{
  g_rc_box_release_full (self, peer_clear);
}

/**
 * bma_peer_is_sandboxed:
 * @self: a peer
 *
 * Returns: whether it runs in a sandbox that vouches for its app id
 */
gboolean
bma_peer_is_sandboxed (const BmaPeer *self)
{
  return g_strcmp0 (self->trust, BMA_TRUST_SANDBOX) == 0;
}

/**
 * bma_peer_is_nameless:
 * @self: a peer
 *
 * Returns: whether nothing is known of it but its bus connection
 */
gboolean
bma_peer_is_nameless (const BmaPeer *self)
{
  return g_strcmp0 (self->app_id, self->sender) == 0;
}
