/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-cli-toml.h"

G_BEGIN_DECLS

/* No library of Debian reads TOML in C; docs/adr/0015 says why this one does. Nested
 * values are followed to MAX_DEPTH; elements of arrays have the path of the array. */
typedef struct
{
  const char *text;      /* all of it */
  GPtrArray *statements; /* owned, nullable: BmaCliTomlStatement */
  const char *at;        /* what is read next; the text ends with NUL */
  GPtrArray *path;       /* owned: char *, where we are */
  GPtrArray *items;      /* owned: BmaCliTomlItem */
  GHashTable *seen;      /* owned: paths that have a value */
  unsigned int line;     /* from 1 */
  unsigned int depth;
  gboolean is_list;    /* the table is one of several of its name */
  const char *problem; /* static, nullable */
} BmaCliTomlReader;

gboolean bma_cli_toml_fail (BmaCliTomlReader *self, const char *problem);
gboolean bma_cli_toml_read_string (BmaCliTomlReader *self, GString *out);

G_END_DECLS
