/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-broker-token.h"
#include "bma-broker.h"

G_BEGIN_DECLS

/* What its user calls us. Plain HTTP, whatever is spoken elsewhere. */
#define BMA_ENDPOINT_HOST "localhost"
#define BMA_ENDPOINT_URL  "http://" BMA_ENDPOINT_HOST "/mcp"

/**
 * BmaEndpoint:
 *
 * A connection to /mcp that was handed to a local caller: what is asked on it is asked by
 * that caller, without a token. It lives as long as the connection and is good for as
 * long as its grant and its caller.
 *
 * Signals: `closed` (): once; the connection must be cut off.
 */
#define BMA_TYPE_ENDPOINT (bma_endpoint_get_type ())
G_DECLARE_FINAL_TYPE (BmaEndpoint, bma_endpoint, BMA, ENDPOINT, GObject)

BmaEndpoint *bma_broker_open_endpoint (BmaBroker *self,
                                       BmaPeer *peer,
                                       const BmaLocalRequest *request,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
const char *bma_endpoint_get_grant_id (BmaEndpoint *self);
const char *bma_endpoint_get_resource (BmaEndpoint *self);
BmaBearer bma_endpoint_check (BmaEndpoint *self);
void bma_endpoint_close (BmaEndpoint *self);

G_END_DECLS
