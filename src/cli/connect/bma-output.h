/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * BmaOutput:
 *
 * Lines that wait to be written. Members are private.
 */
typedef struct _BmaOutput BmaOutput;

/**
 * BmaOutputWatch:
 * @on_full: nobody reads the lines, or they are read again
 * @on_empty: all lines are written
 * @on_broken: nobody will read them any more
 *
 * What an output tells.
 */
typedef struct
{
  void (*on_full) (gboolean is_full, gpointer user_data);
  void (*on_empty) (gpointer user_data);
  void (*on_broken) (gpointer user_data);
} BmaOutputWatch;

BmaOutput *bma_output_new (GOutputStream *stream,
                           const BmaOutputWatch *watch,
                           gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;
void bma_output_free (BmaOutput *self);
void bma_output_write_line (BmaOutput *self, const char *text, size_t length);
gboolean bma_output_is_empty (const BmaOutput *self);

G_END_DECLS
