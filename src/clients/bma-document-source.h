/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-client-source.h"
#include "bma-clock.h"
#include "bma-network.h"

G_BEGIN_DECLS

/* How long a document is good when its server does not say, and what it may say. */
#define BMA_DOCUMENT_FRESH_S     300
#define BMA_DOCUMENT_MIN_FRESH_S 60
#define BMA_DOCUMENT_MAX_FRESH_S 86400
/* Keys that a client publishes are read again sooner, so that it can change them. */
#define BMA_DOCUMENT_KEYS_MAX_FRESH_S 600
/* How long we count as offline after the network itself failed. */
#define BMA_DOCUMENT_OFFLINE_S 60

#define BMA_TYPE_DOCUMENT_SOURCE (bma_document_source_get_type ())
G_DECLARE_FINAL_TYPE (
    BmaDocumentSource, bma_document_source, BMA, DOCUMENT_SOURCE, GObject)

BmaClientSource *bma_document_source_new (BmaNetwork *network,
                                          BmaClock *clock) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
