/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-bearer.h"

#include <string.h>

#include "bma-metadata.h"
#include "bma-scope-rules.h"
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
  if (bma_scope_are_covered (needed, granted))
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
 * bma_bearer_list_step_up:
 * @granted: scopes of the token
 * @needed: everything that the request needs
 * @config: settings
 *
 * Returns: (transfer full): what to ask for so that the request passes and nothing is
 *   lost: what @granted has of this resource, and @needed
 */
char **
bma_bearer_list_step_up (const char *const *granted,
                         const char *const *needed,
                         const BmaConfig *config)
{
  g_autoptr (GStrvBuilder) kept = g_strv_builder_new ();
  g_auto (GStrv) known = bma_scope_rules_list_resource (config);
  g_auto (GStrv) of_resource = NULL;

  for (size_t i = 0; granted != NULL && granted[i] != NULL; i++)
    if (g_strv_contains ((const char *const *) known, granted[i]))
      g_strv_builder_add (kept, granted[i]);
  of_resource = g_strv_builder_end (kept);
  return bma_scope_union ((const char *const *) of_resource, needed);
}

/**
 * bma_bearer_make_challenge:
 * @config: settings
 * @host: (nullable): the Host the client used, one of ours
 * @error: what is wrong; none when no credentials were sent
 * @scopes: what to ask for
 *
 * Returns: (transfer full): value of WWW-Authenticate (RFC 6750 section 3, RFC 9728
 *   section 5.1)
 */
char *
bma_bearer_make_challenge (const BmaConfig *config,
                           const char *host,
                           BmaOauthError error,
                           const char *const *scopes)
{
  const char *resource = bma_metadata_pick_resource (config, host);
  size_t origin = strlen (resource) - strlen ("/mcp");
  g_autofree char *scope = bma_scope_join (scopes);
  GString *out = g_string_new ("Bearer realm=\"BioMCP\"");

  append_error (out, error);
  g_string_append_printf (
      out,
      ", resource_metadata=\"%.*s/.well-known/oauth-protected-resource/mcp\", "
      "scope=\"%s\"",
      (int) origin, resource, scope);
  return g_string_free (out, FALSE);
}
