/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BMA_COMMAND_PORT        "{port}"
#define BMA_COMMAND_SOCKET      "{socket}"
#define BMA_COMMAND_SECRET_FILE "{secret-file}"

/**
 * BmaCommandPlaces:
 * @port: (nullable): what stands for `{port}`
 * @socket: (nullable): what stands for `{socket}`
 * @secret_file: (nullable): what stands for `{secret-file}`
 *
 * What one start of a server is told.
 */
typedef struct
{
  const char *port;
  const char *socket;
  const char *secret_file;
} BmaCommandPlaces;

char **bma_command_parse (const char *text) G_GNUC_WARN_UNUSED_RESULT;
gboolean bma_command_has (const char *const *words, const char *placeholder);
char **bma_command_fill (const char *const *words,
                         const BmaCommandPlaces *places) G_GNUC_WARN_UNUSED_RESULT;
char **bma_command_make_environment (const char *const *from) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
