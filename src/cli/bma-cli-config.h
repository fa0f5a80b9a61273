/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

char *bma_cli_config_check (const char *kind, const char *text) G_GNUC_WARN_UNUSED_RESULT;
char *bma_cli_config_check_same (const char *project_id,
                                 const char *public_token,
                                 const char *secret) G_GNUC_WARN_UNUSED_RESULT;
/**
 * BmaCliConfigEntry:
 * @group: a group
 * @key: a key of it
 * @value: its value
 *
 * One key of the configuration. Never a secret.
 */
typedef struct
{
  char *group; /* owned */
  char *key;   /* owned */
  char *value; /* owned */
} BmaCliConfigEntry;

BmaCliConfigEntry *bma_cli_config_entry_new (const char *group,
                                             const char *key,
                                             const char *value) G_GNUC_WARN_UNUSED_RESULT;
void bma_cli_config_entry_free (BmaCliConfigEntry *self);

char *bma_cli_config_edit (const char *text,
                           GPtrArray *entries,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
char *bma_cli_config_describe (GPtrArray *entries) G_GNUC_WARN_UNUSED_RESULT;

char *bma_cli_config_get_path (void) G_GNUC_WARN_UNUSED_RESULT;
char *bma_cli_config_load (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean bma_cli_config_save (const char *path, const char *text, GError **error);

G_END_DECLS
