/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-token-grant.h"

G_BEGIN_DECLS

/* The provider of subjects that are clients, not people. */
#define BMA_SUBJECT_PROVIDER_CLIENT "client"

char *bma_client_grant_make_id (const BmaClient *client,
                                const BmaConfig *config) G_GNUC_WARN_UNUSED_RESULT;
BmaTokenDecision *bma_client_grant_decide (const BmaTokenRequest *request,
                                           const BmaTokenFacts *facts,
                                           const BmaConfig *config,
                                           const BmaTokenTicket *ticket,
                                           int64_t now_s,
                                           BmaChange *change) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
