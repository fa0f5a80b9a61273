/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <json-glib/json-glib.h>

#include "bma-config.h"

G_BEGIN_DECLS

/**
 * BmaTrustedIssuer:
 *
 * Somebody else whose tokens /mcp takes because the owner says so (docs/adr/0019).
 */
typedef struct
{
  char *issuer;       /* owned: what `iss` must be, byte for byte */
  char *jwks_uri;     /* owned, nullable: where its keys are, if discovery does not say */
  char **audiences;   /* owned: one of them must be in `aud` */
  gboolean is_stytch; /* its sessions have no scopes */
} BmaTrustedIssuer;

BmaTrustedIssuer *bma_trusted_issuer_new (const BmaConfig *config,
                                          const char *name) G_GNUC_WARN_UNUSED_RESULT;
BmaTrustedIssuer *bma_trusted_issuer_find (const BmaConfig *config,
                                           const char *iss) G_GNUC_WARN_UNUSED_RESULT;
void bma_trusted_issuer_free (BmaTrustedIssuer *self);

char **bma_trusted_issuer_read_scopes (const BmaTrustedIssuer *self,
                                       const BmaConfig *config,
                                       JsonObject *claims,
                                       gboolean is_access_type,
                                       const char **problem) G_GNUC_WARN_UNUSED_RESULT;
char *bma_trusted_issuer_make_holder (JsonObject *claims) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaTrustedIssuer, bma_trusted_issuer_free)

G_END_DECLS
