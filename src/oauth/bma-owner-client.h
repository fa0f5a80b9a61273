/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-client.h"
#include "bma-config.h"

G_BEGIN_DECLS

/**
 * BmaOwnerClientRequest:
 * @name: for people to read
 * @scopes: (nullable): what it may have; all that the resource needs by default
 * @grant_types: (nullable): what it may do
 * @redirect_uris: (nullable): where codes may go
 * @auth_method: (nullable): how it authenticates
 * @jwks: (nullable): its public keys, a JWK Set
 * @is_resource_server: whether it may ask about everybody's tokens
 *
 * A client that the owner wants to make.
 */
typedef struct
{
  const char *name;
  const char *const *scopes;
  const char *const *grant_types;
  const char *const *redirect_uris;
  const char *auth_method;
  const char *jwks;
  gboolean is_resource_server;
} BmaOwnerClientRequest;

/**
 * BmaOwnerClientTicket:
 * @client_id: the id to give
 * @secret: its secret, should it get one
 *
 * Randomness for a new client.
 */
typedef struct
{
  const char *client_id;
  const char *secret;
} BmaOwnerClientTicket;

BmaClient *bma_owner_client_decide (const BmaOwnerClientRequest *request,
                                    const BmaConfig *config,
                                    const BmaOwnerClientTicket *ticket,
                                    int64_t now_s,
                                    const char **problem) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
