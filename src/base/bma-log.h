/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * bma_log:
 * @level: a #GLogLevelFlags
 * @topic: what it is about: "http", "token", "store", ...
 * @correlation_id: (nullable): the request it belongs to
 * @format: printf format; ids and decisions only, never tokens, codes, URLs or headers
 *
 * Writes one structured line (fields BMA_TOPIC, BMA_CORRELATION_ID).
 */
void bma_log (GLogLevelFlags level,
              const char *topic,
              const char *correlation_id,
              const char *format,
              ...) G_GNUC_PRINTF (4, 5);

#define bma_log_info(topic, ...)   bma_log (G_LOG_LEVEL_INFO, topic, NULL, __VA_ARGS__)
#define bma_log_notice(topic, ...) bma_log (G_LOG_LEVEL_MESSAGE, topic, NULL, __VA_ARGS__)
#define bma_log_warning(topic, ...)                                                      \
  bma_log (G_LOG_LEVEL_WARNING, topic, NULL, __VA_ARGS__)
#define bma_log_debug(topic, ...) bma_log (G_LOG_LEVEL_DEBUG, topic, NULL, __VA_ARGS__)

void bma_log_set_verbose (gboolean verbose);

/**
 * BmaLogWatcher:
 * @level: a #GLogLevelFlags
 * @topic: what it is about
 * @correlation_id: (nullable): the request it belongs to
 * @message: one line, fit to be shown
 * @user_data: what was given
 *
 * Is told of every line, on the thread that writes it. It must write none itself.
 */
typedef void (*BmaLogWatcher) (GLogLevelFlags level,
                               const char *topic,
                               const char *correlation_id,
                               const char *message,
                               gpointer user_data);

void bma_log_set_watcher (BmaLogWatcher watcher, gpointer user_data);

G_END_DECLS
