/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-entropy.h"

G_BEGIN_DECLS

#define BMA_TYPE_ENTROPY_DUMMY (bma_entropy_dummy_get_type ())
G_DECLARE_FINAL_TYPE (BmaEntropyDummy, bma_entropy_dummy, BMA, ENTROPY_DUMMY, GObject)

BmaEntropyDummy *bma_entropy_dummy_new (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
