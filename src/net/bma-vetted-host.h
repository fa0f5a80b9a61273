/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-network.h"

G_BEGIN_DECLS

GSocketConnectable *bma_vetted_host_new (BmaNetwork *network,
                                         const char *host,
                                         uint16_t port) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
