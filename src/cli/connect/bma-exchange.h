/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include "bma-answer.h"

G_BEGIN_DECLS

/**
 * BmaExchange:
 *
 * One HTTP request and its answer on a connection.
 */
#define BMA_TYPE_EXCHANGE (bma_exchange_get_type ())
G_DECLARE_FINAL_TYPE (BmaExchange, bma_exchange, BMA, EXCHANGE, GObject)

/**
 * BmaExchangeWatch:
 * @on_head: the head of the answer is there
 * @on_body: takes a part of the body
 * @on_end: it is over, with an error unless the answer is complete
 *
 * What an exchange tells.
 */
typedef struct
{
  void (*on_head) (const BmaAnswer *answer, gpointer user_data);
  void (*on_body) (const char *bytes, size_t n_bytes, gpointer user_data);
  void (*on_end) (const GError *error, gpointer user_data);
} BmaExchangeWatch;

BmaExchange *bma_exchange_start (GIOStream *connection,
                                 GBytes *request,
                                 unsigned int silence_s,
                                 const BmaExchangeWatch *watch,
                                 gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;
void bma_exchange_cancel (BmaExchange *self);
void bma_exchange_break (BmaExchange *self, const char *why);
void bma_exchange_pause (BmaExchange *self, gboolean is_paused);
gboolean bma_exchange_is_over (const BmaExchange *self);
gboolean bma_exchange_was_sent (const BmaExchange *self);
const BmaAnswer *bma_exchange_get_answer (const BmaExchange *self);
GIOStream *bma_exchange_take_connection (BmaExchange *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
