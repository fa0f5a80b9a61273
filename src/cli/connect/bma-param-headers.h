/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-message.h"

G_BEGIN_DECLS

/**
 * BmaParamHeaders:
 *
 * Which arguments of which tools have to be repeated in Mcp-Param-* headers (MCP
 * 2026-07-28, custom headers). Members are private.
 */
typedef struct _BmaParamHeaders BmaParamHeaders;

BmaParamHeaders *bma_param_headers_new (void) G_GNUC_WARN_UNUSED_RESULT;
void bma_param_headers_free (BmaParamHeaders *self);
void bma_param_headers_learn (BmaParamHeaders *self, const BmaMessage *tools);
char *bma_param_headers_make (BmaParamHeaders *self,
                              const BmaMessage *call) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaParamHeaders, bma_param_headers_free)

G_END_DECLS
