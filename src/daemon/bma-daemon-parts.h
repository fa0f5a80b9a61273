/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-config.h"
#include "bma-dbus-service.h"
#include "bma-handed-sockets.h"
#include "bma-http-server.h"
#include "bma-store-keyfile.h"

G_BEGIN_DECLS

GDBusConnection *bma_daemon_join_bus (gboolean replace,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
BmaStoreKeyfile *bma_daemon_open_store (const char *folder,
                                        BmaClock *clock,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
BmaHttpServer *bma_daemon_bind (const BmaConfig *config,
                                BmaHandedSockets *sockets,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
BmaKeyring *bma_daemon_make_keyring (const BmaConfig *config,
                                     gboolean has_bus,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
BmaIdentityProvider *bma_daemon_make_provider (const BmaConfig *config,
                                               BmaKeyring *keyring,
                                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

void bma_daemon_set_upstream (BmaBroker *broker,
                              const BmaConfig *config,
                              BmaClock *clock,
                              BmaEntropy *entropy);
void bma_daemon_set_client_sources (BmaBroker *broker,
                                    const BmaConfig *config,
                                    BmaKeyring *keyring,
                                    BmaClock *clock);
void bma_daemon_set_key_sources (BmaBroker *broker, BmaClock *clock);
void bma_daemon_set_self_check (BmaBroker *broker);

BmaDbusService *bma_daemon_make_service (BmaBroker *broker,
                                         BmaEntropy *entropy,
                                         GDBusConnection *bus,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
