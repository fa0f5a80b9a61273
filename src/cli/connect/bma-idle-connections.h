/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * BmaIdleConnections:
 *
 * A few connections that can be used again for a while. Members are private.
 */
typedef struct _BmaIdleConnections BmaIdleConnections;

BmaIdleConnections *bma_idle_connections_new (void) G_GNUC_WARN_UNUSED_RESULT;
void bma_idle_connections_free (BmaIdleConnections *self);
void bma_idle_connections_give (BmaIdleConnections *self, GIOStream *connection);
GIOStream *bma_idle_connections_take (BmaIdleConnections *self) G_GNUC_WARN_UNUSED_RESULT;
void bma_idle_connections_clear (BmaIdleConnections *self);

G_END_DECLS
