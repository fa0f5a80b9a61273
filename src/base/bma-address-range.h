/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

char *bma_address_range_normalize (const char *text) G_GNUC_WARN_UNUSED_RESULT;
gboolean bma_address_range_list_has (const char *const *networks, GInetAddress *address);
GInetAddress *bma_address_unmap (GInetAddress *address) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
