/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-grant.h"
#include "bma-peer.h"
#include "bma-secret.h"

G_BEGIN_DECLS

/* A pairing key is a random number that a program which can prove nothing gets once, when
 * the person allows it always. Showing it later makes the program `paired`. We keep its
 * hash. */
#define BMA_PAIRING_KEY_BYTES 32
#define BMA_MAX_PAIRINGS      64

char *bma_pairing_hash (const BmaSecret *key) G_GNUC_WARN_UNUSED_RESULT;
gboolean bma_pairing_is_proven (const BmaGrant *grant, const BmaPeer *peer);
BmaPeer *bma_pairing_recognise (BmaPeer *peer,
                                const BmaGrant *grant) G_GNUC_WARN_UNUSED_RESULT;
BmaPeer *bma_pairing_make_peer (const BmaPeer *peer,
                                const char *app_id,
                                const char *hash) G_GNUC_WARN_UNUSED_RESULT;
const BmaGrant *bma_pairing_find_surplus (const GPtrArray *grants);

G_END_DECLS
