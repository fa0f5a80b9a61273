/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>
#include <sys/types.h>

G_BEGIN_DECLS

gboolean bma_peer_uid_lookup (GSocketAddress *remote,
                              GSocketAddress *local,
                              uid_t *uid,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
