/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-http-account.h"
#include "bma-http-exchange.h"
#include "bma-http-proxy.h"

G_BEGIN_DECLS

void bma_http_dispatch (BmaHttpExchange *exchange,
                        BmaHttpProxy *proxy,
                        BmaHttpAccount *account);

G_END_DECLS
