/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-log.h"

#include <stdarg.h>
#include <string.h>

#include "bma-text.h"

#define MAX_LINE_CHARS 1000

static gboolean verbose_output = FALSE;

/* Both under the lock, which is held while it is told: lines come from any thread. */
static GMutex watcher_lock;
static BmaLogWatcher watcher = NULL;
static gpointer watcher_data = NULL;

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

/**
 * bma_log_set_watcher:
 * @func: (nullable) (scope forever): is told of every line, whatever is written
 * @user_data: for @func; must live until another watcher is set
 *
 * There is one watcher.
 */
void
bma_log_set_watcher (BmaLogWatcher func, gpointer user_data)
{
  g_mutex_lock (&watcher_lock);
  watcher = func;
  watcher_data = user_data;
  g_mutex_unlock (&watcher_lock);
}

static gboolean
is_written (GLogLevelFlags level)
{
  return verbose_output || (level & (G_LOG_LEVEL_INFO | G_LOG_LEVEL_DEBUG)) == 0;
}

static void
write_line (GLogLevelFlags level,
            const char *topic,
            const char *correlation_id,
            const char *text)
{
  g_autofree char *line =
      correlation_id != NULL
          ? g_strdup_printf ("%s: %s [%s]", topic, text, correlation_id)
          : g_strdup_printf ("%s: %s", topic, text);
  const char *priority = "6";

  if ((level & G_LOG_LEVEL_WARNING) != 0)
    priority = "4";
  else if ((level & G_LOG_LEVEL_MESSAGE) != 0)
    priority = "5";
  else if ((level & G_LOG_LEVEL_DEBUG) != 0)
    priority = "7";

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

void
bma_log (GLogLevelFlags level,
         const char *topic,
         const char *correlation_id,
         const char *format,
         ...)
{
  g_autofree char *raw = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&watcher_lock);
  va_list args;

  if (watcher == NULL && !is_written (level))
    return;
  va_start (args, format);
  raw = g_strdup_vprintf (format, args);
  va_end (args);
  text = bma_text_display (raw, MAX_LINE_CHARS);
  if (is_written (level))
    write_line (level, topic, correlation_id, text);
  if (watcher != NULL)
    watcher (level, topic, correlation_id, text, watcher_data);
}
