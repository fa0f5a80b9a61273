/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-peer-resolver.h"
#include "bma-secret.h"

G_BEGIN_DECLS

BmaPeer *bma_dbus_pairing_show (BmaPeerResolver *resolver,
                                BmaPeer *peer,
                                const BmaSecret *key) G_GNUC_WARN_UNUSED_RESULT;
void
bma_dbus_pairing_learn (BmaPeerResolver *resolver, BmaPeer **peer, const BmaSecret *key);
GVariant *bma_dbus_pairing_add_key (GVariant *result,
                                    const BmaSecret *key) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
