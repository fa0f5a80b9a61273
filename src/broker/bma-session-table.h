/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

#define BMA_SESSION_IDLE_S (24 * 3600)

/**
 * BmaSessionTable:
 *
 * Whose the sessions of the MCP server are, as far as their ids were seen. In memory and
 * bounded: when it is full, whoever has most gives way, their longest unused first.
 */
typedef struct _BmaSessionTable BmaSessionTable;

BmaSessionTable *
bma_session_table_new (unsigned int max_sessions) G_GNUC_WARN_UNUSED_RESULT;
void bma_session_table_free (BmaSessionTable *self);
gboolean bma_session_table_is_id (const char *text);
const char *
bma_session_table_lookup (BmaSessionTable *self, const char *id, int64_t now_us);
void bma_session_table_bind (BmaSessionTable *self,
                             const char *id,
                             const char *owner,
                             int64_t now_us);
void bma_session_table_unbind (BmaSessionTable *self, const char *id);
unsigned int bma_session_table_get_size (const BmaSessionTable *self);
gboolean bma_session_table_is_empty (const BmaSessionTable *self, int64_t now_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaSessionTable, bma_session_table_free)

G_END_DECLS
