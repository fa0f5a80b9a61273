/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-client-source.h"
#include "bma-clock.h"
#include "bma-config.h"
#include "bma-http-client.h"
#include "bma-keyring.h"

G_BEGIN_DECLS

/* How long we go by what Stytch said about a client. */
#define BMA_STYTCH_CLIENTS_FRESH_S 600
/* Registrations that wait for Stytch at once. */
#define BMA_STYTCH_CLIENTS_MAX_REGISTERING 8

#define BMA_TYPE_STYTCH_CLIENTS (bma_stytch_clients_get_type ())
G_DECLARE_FINAL_TYPE (BmaStytchClients, bma_stytch_clients, BMA, STYTCH_CLIENTS, GObject)

BmaClientSource *bma_stytch_clients_new (const BmaConfig *config,
                                         BmaKeyring *keyring,
                                         BmaHttpClient *client,
                                         BmaClock *clock) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
