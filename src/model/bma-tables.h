/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-record.h"

G_BEGIN_DECLS

#define BMA_N_TABLES 8

/* Every kind of record, in the order in which the store writes them. */
extern const BmaRecordType *const bma_tables[BMA_N_TABLES];

G_END_DECLS
