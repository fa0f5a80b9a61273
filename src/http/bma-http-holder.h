/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-broker-token.h"

G_BEGIN_DECLS

/* Whose the sessions of the MCP server are, as text: a person and a grant of theirs. */

char *bma_http_holder_make (const BmaBearer *bearer) G_GNUC_WARN_UNUSED_RESULT;
gboolean bma_http_holder_is_good (BmaStore *store, const char *holder);
gboolean bma_http_holder_may_use (BmaStore *store, const char *owner, const char *holder);

G_END_DECLS
