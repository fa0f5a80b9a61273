/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>
#include <stddef.h>

G_BEGIN_DECLS

#define BMA_CLI_JSONC_MAX_BYTES (8 * 1024 * 1024)

/**
 * BmaCliJsoncFlags:
 * @BMA_CLI_JSONC_STRICT: JSON (RFC 8259) and nothing else
 * @BMA_CLI_JSONC_COMMENTS: comments of both kinds too
 * @BMA_CLI_JSONC_TRAILING_COMMAS: a comma behind the last member or element too
 *
 * What the program that owns a file accepts.
 */
typedef enum
{
  BMA_CLI_JSONC_STRICT = 0,
  BMA_CLI_JSONC_COMMENTS = 1 << 0,
  BMA_CLI_JSONC_TRAILING_COMMAS = 1 << 1,
} BmaCliJsoncFlags;

/**
 * BmaCliJsoncNode:
 * @kind: '{', '[', '"', or '0' for a number or word
 * @start: where the value begins
 * @end: behind its last byte
 * @content_end: of an object or array: behind the last value, comma or comment in it
 * @key: the decoded name, if it is a member
 * @key_start: where the name's quote is
 * @comma: where the comma behind it is, 0 if there is none
 * @children: (element-type BmaCliJsoncNode): members or elements
 *
 * One value of a text, by its place in it.
 */
typedef struct _BmaCliJsoncNode BmaCliJsoncNode;
struct _BmaCliJsoncNode
{
  size_t start;
  size_t end;
  size_t content_end;
  size_t key_start;
  size_t comma;
  char *key;           /* owned, nullable */
  GPtrArray *children; /* owned, nullable */
  char kind;
};

typedef struct _BmaCliJsonc BmaCliJsonc;

BmaCliJsonc *bma_cli_jsonc_parse (const char *text,
                                  size_t length,
                                  BmaCliJsoncFlags flags,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bma_cli_jsonc_free (BmaCliJsonc *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaCliJsonc, bma_cli_jsonc_free)

const char *bma_cli_jsonc_get_text (const BmaCliJsonc *self, size_t *length);
const BmaCliJsoncNode *bma_cli_jsonc_get_root (const BmaCliJsonc *self);
void bma_cli_jsonc_get_place (const char *text,
                              size_t offset,
                              unsigned int *line,
                              unsigned int *column);
gboolean bma_cli_jsonc_find_member (const BmaCliJsonc *self,
                                    const BmaCliJsoncNode *object,
                                    const char *key,
                                    const BmaCliJsoncNode **member,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean bma_cli_jsonc_find (const BmaCliJsonc *self,
                             const char *const *path,
                             const BmaCliJsoncNode **member,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
char *bma_cli_jsonc_describe (const BmaCliJsonc *self,
                              const BmaCliJsoncNode *node) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
