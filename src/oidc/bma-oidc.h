/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-clock.h"
#include "bma-config.h"
#include "bma-http-client.h"
#include "bma-identity-provider.h"
#include "bma-keyring.h"

G_BEGIN_DECLS

#define BMA_TYPE_OIDC (bma_oidc_get_type ())
G_DECLARE_FINAL_TYPE (BmaOidc, bma_oidc, BMA, OIDC, GObject)

BmaIdentityProvider *bma_oidc_new (const BmaConfig *config,
                                   BmaKeyring *keyring,
                                   BmaHttpClient *client,
                                   BmaClock *clock) G_GNUC_WARN_UNUSED_RESULT;
void bma_oidc_refresh_early (BmaOidc *self);

G_END_DECLS
