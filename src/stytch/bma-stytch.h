/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-config.h"
#include "bma-http-client.h"
#include "bma-identity-provider.h"
#include "bma-keyring.h"

G_BEGIN_DECLS

/**
 * BmaStytch:
 *
 * People sign in with a Stytch project of the operator.
 */
#define BMA_TYPE_STYTCH (bma_stytch_get_type ())
G_DECLARE_FINAL_TYPE (BmaStytch, bma_stytch, BMA, STYTCH, GObject)

BmaIdentityProvider *bma_stytch_new (const BmaConfig *config,
                                     BmaKeyring *keyring,
                                     BmaHttpClient *client) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
