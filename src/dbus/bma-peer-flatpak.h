/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean bma_peer_flatpak_read_app_id (int root,
                                       const char *instances,
                                       char **app_id,
                                       GError **error);
gboolean bma_peer_flatpak_is_here (void);

G_END_DECLS
