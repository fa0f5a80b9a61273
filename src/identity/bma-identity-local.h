/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-identity-provider.h"

G_BEGIN_DECLS

#define BMA_TYPE_IDENTITY_LOCAL (bma_identity_local_get_type ())
G_DECLARE_FINAL_TYPE (BmaIdentityLocal, bma_identity_local, BMA, IDENTITY_LOCAL, GObject)

BmaIdentityProvider *bma_identity_local_new (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
