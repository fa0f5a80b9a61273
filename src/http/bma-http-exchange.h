/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

#include "bma-broker.h"
#include "bma-http-peer.h"
#include "bma-oauth-error.h"

G_BEGIN_DECLS

/**
 * BmaHttpExchange:
 *
 * One request and its answer. Reference-counted; it stays usable after the client has
 * left, its answers then go nowhere.
 */
typedef struct _BmaHttpExchange BmaHttpExchange;

BmaHttpExchange *bma_http_exchange_new (BmaBroker *broker, SoupServerMessage *message)
    G_GNUC_WARN_UNUSED_RESULT;
BmaHttpExchange *bma_http_exchange_ref (BmaHttpExchange *self);
void bma_http_exchange_unref (BmaHttpExchange *self);

BmaBroker *bma_http_exchange_get_broker (BmaHttpExchange *self);
const BmaHttpPeer *bma_http_exchange_get_peer (BmaHttpExchange *self);
gboolean bma_http_exchange_is_owner (BmaHttpExchange *self);
SoupServerMessage *bma_http_exchange_get_message (BmaHttpExchange *self);
GCancellable *bma_http_exchange_get_cancellable (BmaHttpExchange *self);
const char *bma_http_exchange_get_correlation_id (BmaHttpExchange *self);
void bma_http_exchange_set_topic (BmaHttpExchange *self, const char *topic);
const char *bma_http_exchange_get_topic (BmaHttpExchange *self);
void bma_http_exchange_set_error (BmaHttpExchange *self, const char *error);
const char *bma_http_exchange_get_error (BmaHttpExchange *self);
const char *bma_http_exchange_get_path (BmaHttpExchange *self);
const char *bma_http_exchange_get_query (BmaHttpExchange *self);
const char *bma_http_exchange_get_header (BmaHttpExchange *self, const char *name);
gboolean bma_http_exchange_wants_json (BmaHttpExchange *self);

void bma_http_exchange_pause (BmaHttpExchange *self);
void
bma_http_exchange_set_header (BmaHttpExchange *self, const char *name, const char *value);
void
bma_http_exchange_add_header (BmaHttpExchange *self, const char *name, const char *value);
void bma_http_exchange_reply (BmaHttpExchange *self,
                              unsigned int status,
                              const char *content_type,
                              char *body);
void bma_http_exchange_reply_json (BmaHttpExchange *self,
                                   unsigned int status,
                                   JsonObject *object);
void bma_http_exchange_reply_error (BmaHttpExchange *self, BmaOauthError error);
void bma_http_exchange_reply_error_with_status (BmaHttpExchange *self,
                                                unsigned int status,
                                                const char *error,
                                                const char *description);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaHttpExchange, bma_http_exchange_unref)

G_END_DECLS
