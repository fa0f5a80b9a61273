/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

/* A session (bma-stdio-session.c), what clients tell it (bma-stdio-call.c), and which of
 * its streams a message of the server belongs to (bma-stdio-route.c). */

#include "bma-stdio-session.h"

G_BEGIN_DECLS

struct _BmaStdioSession
{
  GObject parent_instance;

  char *id;         /* owned, nullable: requests stand alone (MCP 2026-07-28) */
  char *owner;      /* owned: whose it is */
  char *version;    /* owned, nullable: what `initialize` settled */
  char *trouble;    /* owned, nullable: how the server ended by itself */
  BmaChild *child;  /* owned, nullable: before the start and after the end */
  GHashTable *open; /* owned: our id -> OpenRequest, owned */
  GQueue sinks;     /* of BmaStdioSink, owned by who opened them; oldest first */
  GQueue backlog;   /* of text, owned: for who will listen */
  size_t n_backlog_bytes;
  int64_t last_id;
  int64_t started_us;
  int64_t used_us;
  unsigned int n_full; /* sinks that cannot take more now */
  gboolean has_answered;
  gboolean has_ended;
};

struct _BmaStdioSink
{
  BmaStdioSession *session;       /* owned */
  const BmaStdioSinkFuncs *funcs; /* static */
  gpointer data;                  /* for funcs */
  GList link;                     /* in the session's sinks */
  unsigned int n_open;            /* requests without an answer */
  gboolean is_listener;
  gboolean can_stream; /* takes more than the answer */
  gboolean is_full;
};

/* A request that the server has not answered yet. */
typedef struct
{
  int64_t number;     /* our id */
  char *id;           /* owned: the client's, JSON */
  char *progress;     /* owned, nullable: the client's progress token, JSON */
  BmaStdioSink *sink; /* not owned, nullable: nobody waits any more */
  gboolean is_initialize;
  gboolean is_cancelled; /* an answer need not come */
} BmaOpenRequest;

void bma_open_request_free (BmaOpenRequest *self);
void bma_stdio_session_route (BmaStdioSession *self, const char *text, size_t length);

G_END_DECLS
