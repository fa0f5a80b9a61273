/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <openssl/evp.h>

#include "bma-jansson.h"
#include "bma-key.h"

G_BEGIN_DECLS

/* For the other files of this folder only: it includes jansson and OpenSSL. */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_PKEY, EVP_PKEY_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_MD_CTX, EVP_MD_CTX_free)

struct _BmaKey
{
  gatomicrefcount refs;
  BmaAlgorithm algorithm;
  gboolean is_private;
  char *id;             /* owned: `kid` */
  char *public_jwk;     /* owned (nullable): JSON; a shared secret has none */
  EVP_PKEY *pkey;       /* owned */
  EVP_MD_CTX *verifier; /* owned (nullable): copied for each verification; not HS256 */
  EVP_MD_CTX *signer;   /* owned (nullable): copied for each signature */
};

BmaKey *bma_key_new_from_json (const json_t *jwk,
                               BmaAlgorithm algorithm,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

json_t *bma_key_export_json (const BmaKey *self,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

gboolean bma_key_prepare (BmaKey *self) G_GNUC_WARN_UNUSED_RESULT;
gboolean bma_key_verify (const BmaKey *self,
                         const char *text,
                         size_t n_bytes,
                         const uint8_t *signature,
                         size_t signature_bytes) G_GNUC_WARN_UNUSED_RESULT;
uint8_t *bma_key_sign (const BmaKey *self,
                       const char *text,
                       size_t n_bytes,
                       size_t *signature_bytes) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
