/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-broker-private.h"

G_BEGIN_DECLS

/**
 * BmaOutcome:
 *
 * What an endpoint answers, as the data of its task: a JSON object, or why not. Both are
 * values.
 */
typedef struct
{
  JsonObject *object; /* owned, nullable */
  BmaOauthError error;
} BmaOutcome;

BmaOutcome *bma_outcome_new_for (GTask *task);
void bma_outcome_apply_then_return (BmaBroker *self, GTask *task, BmaChange *change);
JsonObject *bma_outcome_finish (GAsyncResult *result,
                                BmaOauthError *error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
