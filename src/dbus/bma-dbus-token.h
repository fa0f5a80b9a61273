/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>
#include <gio/gunixfdlist.h>

#include "bma-broker.h"

G_BEGIN_DECLS

#define BMA_DBUS_GRANT_FOLDER  "/org/biomcp/Auth/grant"
#define BMA_DBUS_CLIENT_FOLDER "/org/biomcp/Auth/client"

gboolean bma_dbus_token_add_file (GVariantDict *dict,
                                  const char *name,
                                  BmaSecret *secret,
                                  GUnixFDList **fds,
                                  GError **error);
GVariant *bma_dbus_token_to_variant (const BmaLocalToken *token,
                                     gboolean as_fd,
                                     GUnixFDList **fds,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
