/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-clock.h"
#include "bma-config.h"
#include "bma-entropy.h"
#include "bma-stdio-session.h"

G_BEGIN_DECLS

/**
 * BmaUpstreamParts:
 * @clock: time
 * @entropy: randomness
 * @keeper: (type filename): the program that sees to the end of what we start
 * @runtime_folder: (type filename): where sockets and secrets of servers may be
 *
 * What a supervisor works with.
 */
typedef struct
{
  BmaClock *clock;
  BmaEntropy *entropy;
  const char *keeper;
  const char *runtime_folder;
} BmaUpstreamParts;

/**
 * BmaUpstream:
 *
 * Starts the MCP server of `[resource] command` when it is needed, watches over it, and
 * stops it when nobody needs it any more.
 */
#define BMA_TYPE_UPSTREAM (bma_upstream_get_type ())
G_DECLARE_FINAL_TYPE (BmaUpstream, bma_upstream, BMA, UPSTREAM, GObject)

BmaUpstream *bma_upstream_new (const BmaConfig *config,
                               const BmaUpstreamParts *parts) G_GNUC_WARN_UNUSED_RESULT;
void bma_upstream_set_config (BmaUpstream *self, const BmaConfig *config);
gboolean bma_upstream_has_command (BmaUpstream *self);
gboolean bma_upstream_is_stdio (BmaUpstream *self);
gboolean bma_upstream_is_busy (BmaUpstream *self);
/* "none", "stopped", "starting", "running" or "failed" */
const char *bma_upstream_get_state (BmaUpstream *self);
const char *bma_upstream_get_trouble (BmaUpstream *self);
int64_t bma_upstream_get_wait_s (BmaUpstream *self);
void bma_upstream_stop (BmaUpstream *self, const char *reason);
void bma_upstream_stop_starting (BmaUpstream *self, const char *reason);
void bma_upstream_check (BmaUpstream *self);

BmaStdioSession *bma_upstream_open_session (BmaUpstream *self, const char *owner);
BmaStdioSession *bma_upstream_share_session (BmaUpstream *self, const char *owner);
BmaStdioSession *bma_upstream_find_session (BmaUpstream *self, const char *id);
void bma_upstream_end_foreign_sessions (BmaUpstream *self,
                                        gboolean (*is_owner) (const char *owner,
                                                              gpointer data),
                                        gpointer data);

G_END_DECLS
