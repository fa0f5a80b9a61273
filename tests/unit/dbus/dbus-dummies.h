/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-peer-resolver.h"
#include "bma-uri-opener.h"

G_BEGIN_DECLS

/* Knows who the test says that callers are, and nobody else. */
#define BMA_TYPE_PEER_RESOLVER_DUMMY (bma_peer_resolver_dummy_get_type ())
G_DECLARE_FINAL_TYPE (
    BmaPeerResolverDummy, bma_peer_resolver_dummy, BMA, PEER_RESOLVER_DUMMY, GObject)

BmaPeerResolverDummy *bma_peer_resolver_dummy_new (void);
void bma_peer_resolver_dummy_name (BmaPeerResolverDummy *self, BmaPeer *peer);
void bma_peer_resolver_dummy_forget (BmaPeerResolverDummy *self, const char *sender);

/* Remembers what it was asked to show. */
#define BMA_TYPE_URI_OPENER_DUMMY (bma_uri_opener_dummy_get_type ())
G_DECLARE_FINAL_TYPE (
    BmaUriOpenerDummy, bma_uri_opener_dummy, BMA, URI_OPENER_DUMMY, GObject)

BmaUriOpenerDummy *bma_uri_opener_dummy_new (void);
void bma_uri_opener_dummy_set_failing (BmaUriOpenerDummy *self, gboolean failing);
const char *bma_uri_opener_dummy_get_last (BmaUriOpenerDummy *self);
unsigned int bma_uri_opener_dummy_get_n_opened (BmaUriOpenerDummy *self);

G_END_DECLS
