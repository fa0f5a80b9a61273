/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-loopback-server.h"
#include "bma-network.h"

G_BEGIN_DECLS

/* A network of the test's: names have the addresses it says, and every address leads to
 * one server on the loopback interface. What is checked is the address, what is connected
 * to is that server. */
#define BMA_TYPE_NETWORK_DUMMY (bma_network_dummy_get_type ())
G_DECLARE_FINAL_TYPE (BmaNetworkDummy, bma_network_dummy, BMA, NETWORK_DUMMY, GObject)

/* An ordinary address of the internet. */
#define BMA_NETWORK_DUMMY_PUBLIC "93.184.216.34"

BmaNetworkDummy *bma_network_dummy_new (void) G_GNUC_WARN_UNUSED_RESULT;
/* Where every address leads to. */
void bma_network_dummy_set_server (BmaNetworkDummy *self, uint16_t port);
/* Addresses separated by spaces; given again, they are the next answer for the name, and
 * the last answer stays. An empty text is a resolver that does not answer. */
void bma_network_dummy_add_host (BmaNetworkDummy *self,
                                 const char *host,
                                 const char *addresses);
void bma_network_dummy_set_available (BmaNetworkDummy *self, gboolean is_available);
unsigned int bma_network_dummy_get_n_lookups (BmaNetworkDummy *self);
/* Addresses that were let through, "ADDRESS:PORT ..." */
const char *bma_network_dummy_get_routes (BmaNetworkDummy *self);

/* Starts a server for client.example, other.example and slow.example whose certificate
 * everybody in this process trusts from now on. */
uint16_t bma_network_dummy_start_server (BmaLoopbackServer *server);

G_END_DECLS
