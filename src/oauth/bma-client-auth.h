/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-client.h"
#include "bma-config.h"
#include "bma-form.h"
#include "bma-json.h"
#include "bma-oauth-error.h"
#include "bma-secret.h"

G_BEGIN_DECLS

#define BMA_CLIENT_ASSERTION_TYPE "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
/* How far in the future the end of an assertion may be; so long its `jti` is remembered.
 */
#define BMA_CLIENT_ASSERTION_MAX_S 600

/**
 * BmaClientAuth:
 *
 * How a client authenticates itself in a request (RFC 6749 section 2.3, RFC 7523 section
 * 2.2).
 */
typedef struct
{
  const char *method;    /* static: BMA_CLIENT_AUTH_* */
  char *client_id;       /* owned, nullable */
  BmaSecret *secret;     /* owned, nullable: for the two secret methods */
  const char *assertion; /* nullable: for private_key_jwt; belongs to the form */
} BmaClientAuth;

void bma_client_auth_clear (BmaClientAuth *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BmaClientAuth, bma_client_auth_clear)

BmaOauthError bma_client_auth_parse (const BmaForm *form,
                                     const char *authorization,
                                     BmaClientAuth *self);

/**
 * BmaClientAuthFacts:
 * @client: (nullable): the client that the request names
 * @claims: (nullable): what its assertion says, if the signature is by a key of @client
 * @is_replayed: whether that assertion was used before
 *
 * What was looked up to authenticate a client.
 */
typedef struct
{
  const BmaClient *client;
  JsonObject *claims;
  gboolean is_replayed;
} BmaClientAuthFacts;

BmaOauthError bma_client_auth_decide (const BmaClientAuth *self,
                                      const BmaClientAuthFacts *facts,
                                      const BmaConfig *config,
                                      int64_t now_s);
char *bma_client_auth_make_assertion_id (const char *client_id,
                                         JsonObject *claims) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
