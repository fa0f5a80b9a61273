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

/**
 * BmaCliTomlKind:
 * @BMA_CLI_TOML_TABLE: `[a.b]`
 * @BMA_CLI_TOML_LIST: `[[a.b]]`
 * @BMA_CLI_TOML_PAIR: `a.b = value`
 */
typedef enum
{
  BMA_CLI_TOML_TABLE,
  BMA_CLI_TOML_LIST,
  BMA_CLI_TOML_PAIR,
} BmaCliTomlKind;

/**
 * BmaCliTomlStatement:
 * @path: names of the tables it is in, then its own
 * @start: where it begins
 * @value_start: of a pair: where its value begins
 * @end: behind its last byte
 * @kind: what it is
 *
 * One header or key of a document, by its place in bytes.
 */
typedef struct
{
  char **path; /* owned */
  size_t start;
  size_t value_start;
  size_t end;
  BmaCliTomlKind kind;
} BmaCliTomlStatement;

GPtrArray *bma_cli_toml_parse (const char *text,
                               size_t length,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *bma_cli_toml_scan (const char *text,
                              size_t length,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
