/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-client.h"
#include "bma-grant.h"
#include "bma-json.h"

G_BEGIN_DECLS

/**
 * BmaIntrospection:
 *
 * What is known about a token that is good. Nothing here is owned.
 */
typedef struct
{
  const char *issuer;
  const char *subject; /* nullable */
  const char *audience;
  const char *client_id;  /* the client or app it was given to */
  const char *token_type; /* nullable: none for a refresh token */
  const char *token_id;   /* nullable */
  const char *const *scopes;
  int64_t issued_at_s;
  int64_t expires_at_s;
} BmaIntrospection;

gboolean bma_introspection_may_see (const BmaClient *client, const BmaGrant *grant);
JsonObject *
bma_introspection_make_answer (const BmaIntrospection *token) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
