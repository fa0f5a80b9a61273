/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-config.h"
#include "bma-form.h"
#include "bma-oauth-error.h"

G_BEGIN_DECLS

typedef enum
{
  BMA_GRANT_TYPE_CODE,
  BMA_GRANT_TYPE_REFRESH,
  BMA_GRANT_TYPE_CLIENT,
  BMA_GRANT_TYPE_DEVICE,
} BmaGrantType;

/**
 * BmaTokenRequest:
 *
 * A parsed token request (RFC 6749 sections 4.1.3 and 6). Its strings belong to others.
 */
typedef struct
{
  BmaGrantType grant_type;
  const char *client_id;
  const char *code;          /* for a code */
  const char *code_verifier; /* for a code */
  const char *redirect_uri;  /* for a code */
  const char *device_code;   /* for a device */
  const char *refresh_token; /* for a refresh */
  const char *scope;         /* nullable, for a refresh or a client itself */
  const BmaForm *form;
} BmaTokenRequest;

BmaOauthError bma_token_request_parse (const BmaForm *form,
                                       const char *client_id,
                                       BmaTokenRequest *request);
gboolean bma_token_request_matches_resource (const BmaTokenRequest *self,
                                             const BmaConfig *config);
char *bma_token_request_pick_audience (const BmaTokenRequest *self,
                                       const BmaConfig *config,
                                       const char *before) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
