/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * BmaLineReaderFuncs:
 * @line: a line without its end; not terminated by a zero
 * @overlong: a line was too long and is left out
 * @rest: (nullable): what came after the end of the last line, before @closed
 * @closed: nothing more comes
 *
 * Who reads. Each may end the reader.
 */
typedef struct
{
  void (*line) (const char *text, size_t length, gpointer data);
  void (*overlong) (gpointer data);
  void (*rest) (const char *text, size_t length, gpointer data);
  void (*closed) (gpointer data);
} BmaLineReaderFuncs;

/**
 * BmaLineReader:
 *
 * Lines of a pipe. It takes no more out of the pipe while it is held, so that whoever
 * writes has to wait.
 */
typedef struct _BmaLineReader BmaLineReader;

BmaLineReader *bma_line_reader_new (GInputStream *stream,
                                    size_t max_bytes,
                                    const BmaLineReaderFuncs *funcs,
                                    gpointer data) G_GNUC_WARN_UNUSED_RESULT;
void bma_line_reader_hold (BmaLineReader *self, gboolean hold);
void bma_line_reader_end (BmaLineReader *self);

G_END_DECLS
