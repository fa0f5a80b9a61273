/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>
#include <stdint.h>

G_BEGIN_DECLS

/**
 * BmaCliStyle:
 * @BMA_CLI_STYLE_PLAIN: as it is
 * @BMA_CLI_STYLE_STRONG: a heading
 * @BMA_CLI_STYLE_GOOD: all is well
 * @BMA_CLI_STYLE_WARNING: worth a look
 * @BMA_CLI_STYLE_BAD: something is wrong
 *
 * What a colour stands for.
 */
typedef enum
{
  BMA_CLI_STYLE_PLAIN,
  BMA_CLI_STYLE_STRONG,
  BMA_CLI_STYLE_GOOD,
  BMA_CLI_STYLE_WARNING,
  BMA_CLI_STYLE_BAD,
} BmaCliStyle;

gboolean bma_cli_print_has_colour (int fd);
char *bma_cli_print_paint (const char *text,
                           BmaCliStyle style,
                           gboolean colour) G_GNUC_WARN_UNUSED_RESULT;
char *bma_cli_print_clean (const char *text) G_GNUC_WARN_UNUSED_RESULT;
char *bma_cli_print_time (int64_t time_s) G_GNUC_WARN_UNUSED_RESULT;
char *bma_cli_print_columns (const char *const *headings,
                             GPtrArray *rows,
                             gboolean colour) G_GNUC_WARN_UNUSED_RESULT;
gboolean bma_cli_print_write (int fd, const char *text, size_t n_bytes);
gboolean bma_cli_print_json (GVariant *value);
gboolean bma_cli_print_json_line (GVariant *value);

G_END_DECLS
