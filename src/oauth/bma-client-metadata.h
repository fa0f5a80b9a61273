/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-client.h"
#include "bma-json.h"
#include "bma-oauth-error.h"

G_BEGIN_DECLS

#define BMA_CLIENT_METADATA_MAX_BYTES (16 * 1024)

#define BMA_CLIENT_KEYS_MAX_BYTES (16 * 1024)

#define BMA_GRANT_TYPE_NAME_DEVICE "urn:ietf:params:oauth:grant-type:device_code"

BmaOauthError bma_client_metadata_read (JsonObject *metadata, BmaClient *client);
BmaOauthError bma_client_metadata_read_auth_method (JsonObject *metadata,
                                                    BmaClient *client);
BmaOauthError bma_client_metadata_read_keys (JsonObject *metadata, BmaClient *client);
BmaOauthError bma_client_metadata_read_scope (JsonObject *metadata,
                                              const char *const *supported,
                                              BmaClient *client);
const char *bma_client_metadata_find_keys_problem (JsonObject *jwks);
gboolean bma_client_has_keys_elsewhere (const BmaClient *client);
char *bma_client_metadata_parse_keys (const char *text,
                                      size_t length) G_GNUC_WARN_UNUSED_RESULT;
gboolean bma_client_has_secret_method (const BmaClient *client);
void bma_client_metadata_write (JsonObject *object, const BmaClient *client);

G_END_DECLS
