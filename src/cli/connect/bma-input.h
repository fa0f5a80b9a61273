/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * BmaInput:
 *
 * Lines that are read as they come. Members are private.
 */
typedef struct _BmaInput BmaInput;

/**
 * BmaInputWatch:
 * @on_line: takes a line, without its end
 * @on_too_long: a line is longer than allowed, and skipped
 * @on_end: there is no more
 *
 * What an input tells.
 */
typedef struct
{
  void (*on_line) (const char *text, size_t length, gpointer user_data);
  void (*on_too_long) (gpointer user_data);
  void (*on_end) (gpointer user_data);
} BmaInputWatch;

BmaInput *bma_input_new (GInputStream *stream,
                         size_t max_bytes,
                         const BmaInputWatch *watch,
                         gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;
void bma_input_free (BmaInput *self);
void bma_input_pause (BmaInput *self, gboolean is_paused);

G_END_DECLS
