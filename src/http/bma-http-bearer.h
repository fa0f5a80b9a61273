/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-broker-token.h"
#include "bma-http-exchange.h"

G_BEGIN_DECLS

BmaBearer bma_http_bearer_check (BmaHttpExchange *exchange);

G_END_DECLS
