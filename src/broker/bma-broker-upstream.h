/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-broker.h"
#include "bma-upstream.h"

G_BEGIN_DECLS

void bma_broker_set_upstream (BmaBroker *self, BmaUpstream *upstream);
BmaUpstream *bma_broker_get_upstream (BmaBroker *self);
gboolean bma_broker_runs_upstream (BmaBroker *self);
char *bma_broker_describe_upstream (BmaBroker *self) G_GNUC_WARN_UNUSED_RESULT;
const char *bma_broker_judge_upstream (BmaBroker *self, char **what, const char **advice);

G_END_DECLS
