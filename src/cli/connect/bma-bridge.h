/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include "bma-gateway.h"

G_BEGIN_DECLS

/**
 * BmaBridge:
 *
 * An MCP session of a program that speaks lines, at a server that speaks HTTP.
 */
#define BMA_TYPE_BRIDGE (bma_bridge_get_type ())
G_DECLARE_FINAL_TYPE (BmaBridge, bma_bridge, BMA, BRIDGE, GObject)

/**
 * BmaBridgeWatch:
 * @on_line: takes a line for the program
 * @on_busy: it wants no more lines for now, or wants them again
 * @on_ended: it is over
 *
 * What a bridge tells.
 */
typedef struct
{
  void (*on_line) (const char *text, size_t length, gpointer user_data);
  void (*on_busy) (gboolean is_busy, gpointer user_data);
  void (*on_ended) (gpointer user_data);
} BmaBridgeWatch;

BmaBridge *bma_bridge_new (BmaGateway *gateway,
                           const BmaBridgeWatch *watch,
                           gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;
void bma_bridge_take_line (BmaBridge *self, const char *text, size_t length);
void bma_bridge_refuse_line (BmaBridge *self);
void bma_bridge_pause (BmaBridge *self, gboolean is_paused);
void bma_bridge_break (BmaBridge *self, const char *why);
gboolean bma_bridge_is_waiting (BmaBridge *self);
void bma_bridge_end (BmaBridge *self, unsigned int grace_s);

G_END_DECLS
