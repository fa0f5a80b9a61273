/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* For the bma-peer-*.c files only: reading what a process may have had a hand in. */

/* A descriptor that is closed at the end of its block. */
typedef int BmaPeerFd;

void bma_peer_fd_close (BmaPeerFd *fd);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BmaPeerFd, bma_peer_fd_close)

gboolean bma_peer_refuse (GError **error, const char *what);
gboolean bma_peer_refuse_for (GError **error, const char *what);
char *bma_peer_read (int fd) G_GNUC_WARN_UNUSED_RESULT;
char *bma_peer_read_at (int folder, const char *name) G_GNUC_WARN_UNUSED_RESULT;
char *bma_peer_read_link_at (int folder, const char *name) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
