/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>
#include <stdint.h>

G_BEGIN_DECLS

/* A line that a server writes; one message of MCP. */
#define BMA_CHILD_MAX_LINE_BYTES (16 * 1024 * 1024)

/**
 * BmaChildFuncs:
 * @line: a line of its standard output
 * @exited: it is gone, with everything that it started
 *
 * Who runs a server. Each may drop it.
 */
typedef struct
{
  void (*line) (const char *text, size_t length, gpointer data);
  void (*exited) (gpointer data);
} BmaChildFuncs;

/**
 * BmaChild:
 *
 * An MCP server that we started. What it writes to standard error goes to the journal.
 */
#define BMA_TYPE_CHILD (bma_child_get_type ())
G_DECLARE_FINAL_TYPE (BmaChild, bma_child, BMA, CHILD, GObject)

BmaChild *bma_child_new (const char *keeper,
                         const char *const *words,
                         const BmaChildFuncs *funcs,
                         gpointer data,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean bma_child_write_line (BmaChild *self, const char *line);
void bma_child_hold (BmaChild *self, gboolean hold);
void bma_child_stop (BmaChild *self);
void bma_child_abandon (BmaChild *self);
gboolean bma_child_is_alive (BmaChild *self);
const char *bma_child_get_last_words (BmaChild *self);
char *bma_child_describe_end (BmaChild *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
