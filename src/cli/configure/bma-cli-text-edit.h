/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>
#include <stddef.h>

G_BEGIN_DECLS

typedef struct _BmaCliTextEdit BmaCliTextEdit;

BmaCliTextEdit *bma_cli_text_edit_new (const char *text,
                                       size_t length) G_GNUC_WARN_UNUSED_RESULT;
void bma_cli_text_edit_free (BmaCliTextEdit *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaCliTextEdit, bma_cli_text_edit_free)

void bma_cli_text_edit_replace (BmaCliTextEdit *self,
                                size_t at,
                                size_t n_bytes,
                                const char *with);
char *bma_cli_text_edit_apply (BmaCliTextEdit *self) G_GNUC_WARN_UNUSED_RESULT;

const char *bma_cli_text_edit_get_newline (const char *text);
char *bma_cli_text_edit_get_indent (const char *text,
                                    size_t at) G_GNUC_WARN_UNUSED_RESULT;
gboolean bma_cli_text_edit_is_first_on_line (const char *text, size_t at);

G_END_DECLS
