/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include "bma-grant.h"
#include "bma-peer.h"

G_BEGIN_DECLS

gboolean bma_dbus_access_may_manage (const BmaPeer *peer);
gboolean bma_dbus_access_holds (const BmaPeer *peer, const BmaGrant *grant);
gboolean bma_dbus_access_may_see (const BmaPeer *peer, gconstpointer record);
void bma_dbus_access_return_missing (GDBusMethodInvocation *invocation);

G_END_DECLS
