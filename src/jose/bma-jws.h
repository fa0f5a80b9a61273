/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-keyset.h"

G_BEGIN_DECLS

#define BMA_JWS_MAX_BYTES (8 * 1024)

BmaSecret *bma_jws_sign (BmaKey *key,
                         const char *typ,
                         const char *payload,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
char *bma_jws_verify (const BmaKeyset *keys,
                      const char *typ,
                      const char *token,
                      size_t length,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
