/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>
#include <stdint.h>

#include "bma-config.h"

G_BEGIN_DECLS

/**
 * BmaHandedSockets:
 *
 * The sockets that the service manager listens on for us (socket activation, see
 * sd_listen_fds(3)). They stay its own as well, so what connects while no service runs
 * waits there.
 */
typedef struct _BmaHandedSockets BmaHandedSockets;

BmaHandedSockets *bma_handed_sockets_take (GError **error) G_GNUC_WARN_UNUSED_RESULT;
BmaHandedSockets *bma_handed_sockets_new (const int *fds,
                                          unsigned int n_fds) G_GNUC_WARN_UNUSED_RESULT;
void bma_handed_sockets_free (BmaHandedSockets *self);

gboolean bma_handed_sockets_count (const char *listen_pid,
                                   const char *listen_fds,
                                   int64_t own_pid,
                                   unsigned int *n_fds);
unsigned int bma_handed_sockets_get_size (const BmaHandedSockets *self);
gboolean bma_handed_sockets_check (const BmaHandedSockets *self,
                                   const BmaConfig *config,
                                   uint16_t *port,
                                   GError **error);
int bma_handed_sockets_steal (BmaHandedSockets *self) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaHandedSockets, bma_handed_sockets_free)

G_END_DECLS
