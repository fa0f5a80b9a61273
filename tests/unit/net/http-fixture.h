/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-http-client.h"

/* A request of a client in a test and how it ended. */
typedef struct
{
  BmaHttpResponse *response; /* owned, nullable */
  GError *error;             /* owned, nullable */
  gboolean is_done;
} Outcome;

void outcome_clear (Outcome *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Outcome, outcome_clear)

void on_outcome (GObject *source, GAsyncResult *result, gpointer user_data);
void outcome_await (Outcome *self);
void outcome_get (Outcome *self, BmaHttpClient *client, const char *uri);
void assert_body (const Outcome *self, const char *text);

/* A server that reads something and then answers raw bytes, whatever was asked. */
typedef struct
{
  GSocketService *service; /* owned */
  const char *answer;
  gboolean keeps_open; /* does not close after the answer */
  GIOStream *kept;     /* owned, nullable */
  unsigned int n_connections;
  char *uri;          /* owned */
  char request[2048]; /* what it read first */
} RawServer;

void raw_server_start (RawServer *self, const char *answer);
void raw_server_stop (RawServer *self);
