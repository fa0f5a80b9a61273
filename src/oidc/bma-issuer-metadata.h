/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

/**
 * BmaPkceSupport:
 * @BMA_PKCE_UNSAID: the document does not say; many providers support it all the same
 * @BMA_PKCE_S256: S256 is supported
 * @BMA_PKCE_OTHER: PKCE is supported, but not S256
 *
 * What `code_challenge_methods_supported` says.
 */
typedef enum
{
  BMA_PKCE_UNSAID,
  BMA_PKCE_S256,
  BMA_PKCE_OTHER,
} BmaPkceSupport;

/**
 * BmaIssuerMetadata:
 *
 * What we need of a discovery document (OpenID Connect Discovery 1.0 section 3, RFC 8414
 * section 2). Immutable, reference-counted.
 */
typedef struct
{
  char *issuer;                 /* owned */
  char *authorization_endpoint; /* owned, nullable */
  char *token_endpoint;         /* owned, nullable */
  char *userinfo_endpoint;      /* owned, nullable */
  char *jwks_uri;               /* owned */
  char **auth_methods; /* owned, nullable: token_endpoint_auth_methods_supported */
  gboolean sends_iss;  /* authorization_response_iss_parameter_supported (RFC 9207) */
  BmaPkceSupport pkce;
} BmaIssuerMetadata;

gboolean bma_issuer_is_acceptable (const char *issuer);
char *bma_issuer_make_openid_uri (const char *issuer) G_GNUC_WARN_UNUSED_RESULT;
char *bma_issuer_make_oauth_uri (const char *issuer) G_GNUC_WARN_UNUSED_RESULT;

BmaIssuerMetadata *bma_issuer_metadata_parse (const char *issuer,
                                              const char *body,
                                              size_t length,
                                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
BmaIssuerMetadata *bma_issuer_metadata_ref (BmaIssuerMetadata *self);
void bma_issuer_metadata_unref (BmaIssuerMetadata *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaIssuerMetadata, bma_issuer_metadata_unref)

G_END_DECLS
