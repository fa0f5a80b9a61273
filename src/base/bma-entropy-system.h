/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-entropy.h"

G_BEGIN_DECLS

#define BMA_TYPE_ENTROPY_SYSTEM (bma_entropy_system_get_type ())
G_DECLARE_FINAL_TYPE (BmaEntropySystem, bma_entropy_system, BMA, ENTROPY_SYSTEM, GObject)

BmaEntropy *bma_entropy_system_new (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
