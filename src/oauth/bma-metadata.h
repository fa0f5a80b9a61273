/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-config.h"
#include "bma-json.h"

G_BEGIN_DECLS

JsonObject *bma_metadata_make_server (const BmaConfig *config) G_GNUC_WARN_UNUSED_RESULT;
JsonObject *
bma_metadata_make_openid (const BmaConfig *config,
                          const char *const *algorithms) G_GNUC_WARN_UNUSED_RESULT;
JsonObject *bma_metadata_make_resource (const BmaConfig *config,
                                        const char *host) G_GNUC_WARN_UNUSED_RESULT;
const char *bma_metadata_pick_resource (const BmaConfig *config, const char *host);

G_END_DECLS
