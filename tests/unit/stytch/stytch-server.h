/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-loopback-server.h"
#include "stytch-fixture.h"

#define STYTCH_BASIC "Basic cHJvamVjdC10ZXN0LTE6c2VjcmV0LXRlc3QtY2FuYXJ5"
#define STYTCH_USER                                                                      \
  "{\"status_code\":200,\"user_id\":\"user-test-1\",\"provider_values\":{"               \
  "\"access_token\":\"x\"},\"user\":{\"user_id\":\"user-test-1\",\"emails\":[{"          \
  "\"email\":\"a@x.org\",\"verified\":true}],\"name\":{\"first_name\":\"Ada\"}}}"

/* The provider against a server of ours that gives one answer to everything. */
typedef struct
{
  StytchFixture stytch;
  BmaLoopbackServer server;
  unsigned int status;        /* what it answers */
  const char *body;           /* NULL = never answers */
  SoupServerMessage *waiting; /* owned, nullable */
  unsigned int n_requests;
  char *seen;          /* owned, nullable: method and path */
  char *seen_body;     /* owned, nullable */
  char *authorization; /* owned, nullable */
} StytchServer;

void stytch_server_start (StytchServer *self, unsigned int status, const char *body);
void stytch_server_stop (StytchServer *self);
