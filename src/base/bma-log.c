/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-log.h"

#include <stdarg.h>
#include <string.h>

#include "bma-text.h"

#define MAX_LINE_CHARS 1000

static gboolean verbose_output = FALSE;

/**
 * bma_log_set_verbose:
 * @verbose: whether messages of level info and debug are written too
 *
 * Call once at start-up.
 */
void
bma_log_set_verbose (gboolean verbose)
{
  verbose_output = verbose;
}

void
bma_log (GLogLevelFlags level,
         const char *topic,
         const char *correlation_id,
         const char *format,
         ...)
{
  g_autofree char *raw = NULL;
  g_autofree char *text = NULL;
  g_autofree char *line = NULL;
  const char *priority = "6";
  va_list args;

  if (!verbose_output && (level & (G_LOG_LEVEL_INFO | G_LOG_LEVEL_DEBUG)) != 0)
    return;
  if ((level & G_LOG_LEVEL_WARNING) != 0)
    priority = "4";
  else if ((level & G_LOG_LEVEL_MESSAGE) != 0)
    priority = "5";
  else if ((level & G_LOG_LEVEL_DEBUG) != 0)
    priority = "7";

  va_start (args, format);
  raw = g_strdup_vprintf (format, args);
  va_end (args);
  text = bma_text_display (raw, MAX_LINE_CHARS);
  line = correlation_id != NULL
             ? g_strdup_printf ("%s: %s [%s]", topic, text, correlation_id)
             : g_strdup_printf ("%s: %s", topic, text);

  {
    const GLogField fields[] = {
      { "MESSAGE", line, -1 },
      { "PRIORITY", priority, -1 },
      { "GLIB_DOMAIN", "biomcp-auth", -1 },
      { "BMA_TOPIC", topic, -1 },
      { "BMA_CORRELATION_ID", correlation_id != NULL ? correlation_id : "", -1 },
    };

    /* The level only picks the stream and colour: a warning of ours is never fatal. */
    if (g_log_writer_is_journald (2))
      g_log_writer_journald (level, fields, G_N_ELEMENTS (fields), NULL);
    else
      g_log_writer_standard_streams (level & ~G_LOG_FLAG_FATAL, fields,
                                     G_N_ELEMENTS (fields), NULL);
  }
}
