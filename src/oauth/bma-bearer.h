/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-config.h"
#include "bma-oauth-error.h"

G_BEGIN_DECLS

typedef enum
{
  BMA_BEARER_OK,
  BMA_BEARER_ABSENT,    /* no credentials were sent: no error code is told */
  BMA_BEARER_MALFORMED, /* 400 */
} BmaBearerParse;

BmaBearerParse
bma_bearer_parse (const char *authorization, const char **token, size_t *length);
BmaOauthError bma_bearer_decide_scopes (const char *const *granted,
                                        const char *const *needed);
char *bma_bearer_make_plain_challenge (const char *scope,
                                       BmaOauthError error) G_GNUC_WARN_UNUSED_RESULT;
char **bma_bearer_list_step_up (const char *const *granted,
                                const char *const *needed,
                                const BmaConfig *config) G_GNUC_WARN_UNUSED_RESULT;
char *bma_bearer_make_challenge (const BmaConfig *config,
                                 const char *host,
                                 BmaOauthError error,
                                 const char *const *scopes) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
