/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-bearer.h"

#include <string.h>

#include "bma-metadata.h"
#include "bma-scope.h"

#define MAX_TOKEN_CHARS 8192

/* b64token, RFC 6750 section 2.1. */
#define B64TOKEN "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/="

/**
 * bma_bearer_parse:
 * @authorization: (nullable): value of the Authorization header
 * @token: (out) (transfer none): where the token begins in @authorization
 * @length: (out): its length
 *
 * Returns: whether there is a bearer token (RFC 6750 section 2.1); another scheme counts
 * as no credentials
 */
BmaBearerParse
bma_bearer_parse (const char *authorization, const char **token, size_t *length)
{
  if (authorization == NULL || g_ascii_strncasecmp (authorization, "Bearer", 6) != 0 ||
      (authorization[6] != ' ' && authorization[6] != '\0'))
    return BMA_BEARER_ABSENT;
  *token = authorization + 6 + strspn (authorization + 6, " ");
  *length = strlen (*token);
  if (*length == 0 || *length > MAX_TOKEN_CHARS || strspn (*token, B64TOKEN) != *length)
    return BMA_BEARER_MALFORMED;
  return BMA_BEARER_OK;
}

/**
 * bma_bearer_decide_scopes:
 * @granted: scopes of the token
 * @needed: scopes of the resource
 *
 * Returns: `insufficient_scope`, or no error
 */
BmaOauthError
bma_bearer_decide_scopes (const char *const *granted, const char *const *needed)
{
  if (bma_scope_is_subset (needed, granted))
    return BMA_OAUTH_NO_ERROR;
  return (BmaOauthError){ BMA_OAUTH_INSUFFICIENT_SCOPE,
                          "the token lacks a scope that this needs" };
}

static void
append_error (GString *out, BmaOauthError error)
{
  if (error.code == BMA_OAUTH_OK)
    return;
  g_string_append_printf (out, ", error=\"%s\"", bma_oauth_error_to_text (error.code));
  if (error.description != NULL)
    g_string_append_printf (out, ", error_description=\"%s\"", error.description);
}

/**
 * bma_bearer_make_plain_challenge:
 * @scope: what is needed
 * @error: what is wrong; none when no credentials were sent
 *
 * Returns: (transfer full): value of WWW-Authenticate (RFC 6750 section 3) of what is no
 *   protected resource in the sense of RFC 9728
 */
char *
bma_bearer_make_plain_challenge (const char *scope, BmaOauthError error)
{
  GString *out = g_string_new ("Bearer realm=\"BioMCP\"");

  append_error (out, error);
  g_string_append_printf (out, ", scope=\"%s\"", scope);
  return g_string_free (out, FALSE);
}

/**
 * bma_bearer_make_challenge:
 * @config: settings
 * @host: (nullable): the Host the client used, one of ours
 * @error: what is wrong; none when no credentials were sent
 *
 * Returns: (transfer full): value of WWW-Authenticate (RFC 6750 section 3, RFC 9728
 *   section 5.1)
 */
char *
bma_bearer_make_challenge (const BmaConfig *config, const char *host, BmaOauthError error)
{
  const char *resource = bma_metadata_pick_resource (config, host);
  size_t origin = strlen (resource) - strlen ("/mcp");
  g_autofree char *scope = bma_scope_join ((const char *const *) config->scopes);
  GString *out = g_string_new ("Bearer realm=\"BioMCP\"");

  append_error (out, error);
  g_string_append_printf (
      out,
      ", resource_metadata=\"%.*s/.well-known/oauth-protected-resource/mcp\", "
      "scope=\"%s\"",
      (int) origin, resource, scope);
  return g_string_free (out, FALSE);
}
