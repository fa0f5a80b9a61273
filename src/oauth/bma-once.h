/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a grant of `once` is tied to: a desktop session and the bus connections that asked
 * the same question together, as "SESSION/SENDER SENDER...". */

char *bma_once_make (const char *session_id,
                     const char *const *senders) G_GNUC_WARN_UNUSED_RESULT;
gboolean bma_once_has (const char *binding, const char *session_id, const char *sender);
char **bma_once_list (const char *binding,
                      const char *session_id) G_GNUC_WARN_UNUSED_RESULT;
char *bma_once_drop (const char *binding,
                     const char *session_id,
                     const char *sender) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
