/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-http-exchange.h"
#include "bma-limits.h"

G_BEGIN_DECLS

/**
 * BmaHttpAccount:
 *
 * Keeps account of requests: how often each peer asked, and how they went.
 */
typedef struct _BmaHttpAccount BmaHttpAccount;

BmaHttpAccount *bma_http_account_new (BmaBroker *broker) G_GNUC_WARN_UNUSED_RESULT;
void bma_http_account_unref (BmaHttpAccount *self);
const char *bma_http_account_class_of_status (unsigned int status);
void bma_http_account_open (BmaHttpAccount *self,
                            BmaHttpExchange *exchange,
                            const char *route,
                            BmaLimitKind limit);
gboolean bma_http_account_admits (BmaHttpAccount *self,
                                  BmaHttpExchange *exchange,
                                  const char *route,
                                  BmaLimitKind limit);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaHttpAccount, bma_http_account_unref)

G_END_DECLS
