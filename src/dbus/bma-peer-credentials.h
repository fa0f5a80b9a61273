/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gunixfdlist.h>

#include "bma-peer-proc.h"

G_BEGIN_DECLS

BmaPeerProcess *bma_peer_credentials_parse (const char *sender,
                                            GVariant *credentials,
                                            GUnixFDList *fds,
                                            uint32_t uid,
                                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
