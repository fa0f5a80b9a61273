/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-config.h"
#include "bma-options.h"

G_BEGIN_DECLS

BmaConfig *bma_daemon_config_load (const BmaOptions *options,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
BmaConfig *bma_daemon_config_reload (const BmaOptions *options,
                                     const BmaConfig *running,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bma_daemon_config_set_port (BmaConfig *config, uint16_t port);

G_END_DECLS
