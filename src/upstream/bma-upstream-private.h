/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

/* The supervisor (bma-upstream.c), its sessions (bma-upstream-sessions.c), and its server
 * that speaks HTTP (bma-served.c). */

#include "bma-backoff.h"
#include "bma-upstream.h"

G_BEGIN_DECLS

typedef struct _BmaServed BmaServed;

struct _BmaUpstream
{
  GObject parent_instance;

  BmaClock *clock;      /* owned */
  BmaEntropy *entropy;  /* owned */
  BmaConfig *config;    /* owned */
  char *keeper;         /* owned */
  char *runtime_folder; /* owned */
  char **words;         /* owned, nullable: the command */
  GPtrArray *sessions;  /* owned: of BmaStdioSession, owned */
  GPtrArray *owners;    /* owned: of text: whose servers live, or have not gone yet */
  BmaServed *served;    /* owned */
  BmaBackoff backoff;
  char *trouble;         /* owned, nullable: why the last start came to nothing */
  unsigned int check_id; /* source: while something lives */
};

void bma_upstream_keep_checking (BmaUpstream *self);
void bma_upstream_fail (BmaUpstream *self, const char *trouble);
void bma_upstream_check_sessions (BmaUpstream *self, int64_t now_us);
void bma_upstream_end_sessions (BmaUpstream *self, const char *reason);

BmaServed *bma_served_new (BmaUpstream *upstream) G_GNUC_WARN_UNUSED_RESULT;
void bma_served_free (BmaServed *self);
void bma_served_stop (BmaServed *self, const char *reason);
void bma_served_check (BmaServed *self, int64_t idle_us);
gboolean bma_served_is_alive (const BmaServed *self);
gboolean bma_served_is_ready (const BmaServed *self);

G_END_DECLS
