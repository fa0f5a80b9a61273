/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

/* The supervisor (bma-upstream.c) and its sessions (bma-upstream-sessions.c). */

#include "bma-backoff.h"
#include "bma-upstream.h"

G_BEGIN_DECLS

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
  BmaBackoff backoff;
  char *trouble;         /* owned, nullable: why the last start came to nothing */
  unsigned int check_id; /* source: while something lives */
};

void bma_upstream_keep_checking (BmaUpstream *self);
void bma_upstream_fail (BmaUpstream *self, const char *trouble);
void bma_upstream_check_sessions (BmaUpstream *self, int64_t now_us);
void bma_upstream_end_sessions (BmaUpstream *self, const char *reason);

G_END_DECLS
