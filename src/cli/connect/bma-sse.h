/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

G_BEGIN_DECLS

/**
 * BmaSse:
 *
 * An incremental reader of server-sent events (WHATWG HTML, section 9.2). Members are
 * private.
 */
typedef struct _BmaSse BmaSse;

/**
 * BmaSseFunc:
 * @type: type of the event, "message" by default
 * @data: its data, NUL-terminated
 * @n_bytes: length of @data
 * @user_data: what was given to [func@sse_feed]
 *
 * Takes an event.
 */
typedef void (*BmaSseFunc) (const char *type,
                            const char *data,
                            size_t n_bytes,
                            gpointer user_data);

BmaSse *bma_sse_new (size_t max_bytes) G_GNUC_WARN_UNUSED_RESULT;
void bma_sse_free (BmaSse *self);
gboolean bma_sse_feed (BmaSse *self,
                       const char *bytes,
                       size_t n_bytes,
                       BmaSseFunc func,
                       gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;
const char *bma_sse_get_last_id (const BmaSse *self);
int64_t bma_sse_get_retry_ms (const BmaSse *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaSse, bma_sse_free)

G_END_DECLS
