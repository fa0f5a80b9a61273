/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include "bma-secret.h"

G_BEGIN_DECLS

/**
 * BmaCliTomlItem:
 * @path: names of the tables it is in, then its key
 * @text: its value: a string without quotes and escapes, or the word as it stands
 *
 * One string, number, date or truth value of a document.
 */
typedef struct
{
  char **path;         /* owned */
  BmaSecretText *text; /* owned, wiped: it may be a secret */
} BmaCliTomlItem;

GPtrArray *bma_cli_toml_parse (const char *text,
                               size_t length,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
