/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-loopback-server.h"

/* A server that answers what the test says, path by path. */
typedef struct
{
  BmaLoopbackServer server;
  GHashTable *answers; /* owned: path -> OidcAnswer */
  GString *seen;       /* owned: "GET /path\n" for each request */
  char *body;          /* owned, nullable: of the last request */
  char *authorization; /* owned, nullable: of the last request */
  gboolean holds;      /* keep requests waiting */
  GPtrArray *held;     /* owned: of SoupServerMessage */
} OidcServer;

void oidc_server_start (OidcServer *self);
void oidc_server_stop (OidcServer *self);
/* A NULL body: nothing is at the path any more. */
void oidc_server_answer (OidcServer *self,
                         const char *path,
                         unsigned int status,
                         const char *cache_control,
                         const char *body);
void oidc_server_release (OidcServer *self);
unsigned int oidc_server_count (OidcServer *self, const char *request);
