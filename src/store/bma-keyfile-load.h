/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-clock.h"
#include "bma-keyfile-writer.h"
#include "bma-store-tables.h"

G_BEGIN_DECLS

BmaKeyfileWriter *bma_keyfile_load (BmaKeyfileFolder *folder,
                                    BmaClock *clock,
                                    BmaStoreTables *tables,
                                    GPtrArray *reports,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
