/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-config.h"

G_BEGIN_DECLS

/* What `[lock] client=*` names. */
#define BMA_SETTINGS_CLIENT_LOCK "client"

/**
 * BmaSettingsClients:
 *
 * The groups `[client NAME]` of the configuration files, of which the first file that has
 * a NAME counts, as a whole.
 */
typedef struct _BmaSettingsClients BmaSettingsClients;

BmaSettingsClients *bma_settings_clients_new (void) G_GNUC_WARN_UNUSED_RESULT;
void bma_settings_clients_free (BmaSettingsClients *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaSettingsClients, bma_settings_clients_free)

gboolean bma_settings_clients_is_group (const char *group);
gboolean bma_settings_clients_is_empty (const BmaSettingsClients *self);
gboolean bma_settings_clients_read (BmaSettingsClients *self,
                                    GKeyFile *file,
                                    const char *path,
                                    GError **error);
gboolean
bma_settings_clients_finish (BmaSettingsClients *self, BmaConfig *config, GError **error);

G_END_DECLS
