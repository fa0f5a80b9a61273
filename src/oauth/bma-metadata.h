/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-config.h"
#include "bma-json.h"

G_BEGIN_DECLS

/**
 * BmaMetadataFacts:
 * @accepts_documents: whether client id metadata documents can be fetched now
 *
 * What the metadata says besides the settings.
 */
typedef struct
{
  gboolean accepts_documents;
} BmaMetadataFacts;

JsonObject *
bma_metadata_make_server (const BmaConfig *config,
                          const BmaMetadataFacts *facts) G_GNUC_WARN_UNUSED_RESULT;
JsonObject *
bma_metadata_make_openid (const BmaConfig *config,
                          const BmaMetadataFacts *facts,
                          const char *const *algorithms) G_GNUC_WARN_UNUSED_RESULT;
JsonObject *bma_metadata_make_resource (const BmaConfig *config,
                                        const char *host) G_GNUC_WARN_UNUSED_RESULT;
const char *bma_metadata_pick_resource (const BmaConfig *config, const char *host);

G_END_DECLS
