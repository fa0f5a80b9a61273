/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include "bma-broker-error.h"

G_BEGIN_DECLS

void bma_dbus_error_register (void);
char *bma_dbus_error_get_name (const GError *error) G_GNUC_WARN_UNUSED_RESULT;
GError *bma_dbus_error_translate (GError *error) G_GNUC_WARN_UNUSED_RESULT;
void bma_dbus_error_return (GDBusMethodInvocation *invocation, GError *error);

G_END_DECLS
