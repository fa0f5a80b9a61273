/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include "bma-peer.h"

G_BEGIN_DECLS

/**
 * BmaPeerProcess:
 * @sender: (owned): unique bus name
 * @uid: user, as the bus says
 * @pid: process, as the bus says
 * @pidfd: (owned): process, as the bus says, or -1
 *
 * What the bus knows about a connection.
 */
typedef struct
{
  char *sender;
  uint32_t uid;
  uint32_t pid;
  int pidfd;
} BmaPeerProcess;

void bma_peer_process_free (BmaPeerProcess *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaPeerProcess, bma_peer_process_free)

BmaPeer *bma_peer_proc_identify (const BmaPeerProcess *process,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
