/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib-object.h>
#include <stdint.h>

G_BEGIN_DECLS

/* How a caller on the bus was recognised; what each level proves: docs/threat-model.md.
 */
#define BMA_TRUST_SANDBOX     "sandbox"
#define BMA_TRUST_UNIT        "unit"
#define BMA_TRUST_PAIRED      "paired"
#define BMA_TRUST_CLAIMED     "claimed"
#define BMA_TRUST_HTTP_CLIENT "http-client"

/**
 * BmaPeer:
 *
 * Who is at the other end of a bus connection, found out by the service itself.
 */
typedef struct
{
  char *sender;     /* owned: unique bus name */
  char *app_id;     /* owned: Flatpak app id, systemd unit, executable path, or sender */
  char *trust;      /* owned: BMA_TRUST_* */
  char *executable; /* owned, nullable: for people to read */
  char *pairing_hash; /* owned, nullable: SHA-256 of a pairing key that it showed */
  uint32_t uid;
  uint32_t pid;
} BmaPeer;

BmaPeer *bma_peer_new (const char *sender,
                       const char *app_id,
                       const char *trust,
                       const char *executable,
                       uint32_t uid,
                       uint32_t pid) G_GNUC_WARN_UNUSED_RESULT;
BmaPeer *bma_peer_new_with_pairing (const BmaPeer *peer,
                                    const char *pairing_hash) G_GNUC_WARN_UNUSED_RESULT;
BmaPeer *bma_peer_ref (BmaPeer *self);
void bma_peer_unref (BmaPeer *self);
gboolean bma_peer_is_sandboxed (const BmaPeer *self);
gboolean bma_peer_is_nameless (const BmaPeer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaPeer, bma_peer_unref)

G_END_DECLS
