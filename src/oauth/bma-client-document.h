/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-client.h"
#include "bma-json.h"
#include "bma-oauth-error.h"

G_BEGIN_DECLS

/* draft-ietf-oauth-client-id-metadata-document section 6.6. */
#define BMA_CLIENT_DOCUMENT_MAX_BYTES (5 * 1024)

gboolean bma_client_document_is_url (const char *client_id);
const char *bma_client_document_find_url_problem (const char *client_id);
gboolean bma_client_document_is_media_type (const char *media_type);
BmaClient *bma_client_document_decide (const char *url,
                                       const char *text,
                                       size_t length,
                                       BmaOauthError *error) G_GNUC_WARN_UNUSED_RESULT;
gboolean bma_client_has_only_loopback_redirects (const BmaClient *client);

G_END_DECLS
