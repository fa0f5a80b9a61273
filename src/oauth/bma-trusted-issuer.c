/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-trusted-issuer.h"

#include <string.h>

#include "bma-json.h"
#include "bma-scope.h"
#include "bma-text.h"

#define STYTCH_PREFIX  "stytch.com/"
#define STYTCH_SESSION "https://stytch.com/session"
#define MAX_SUB_CHARS  255
#define MAX_SCOPES     64

static BmaTrustedIssuer *
new_stytch (const BmaConfig *config, char *issuer)
{
  BmaTrustedIssuer *self = g_new0 (BmaTrustedIssuer, 1);
  g_autoptr (GStrvBuilder) audiences = g_strv_builder_new ();

  g_strv_builder_add (audiences, config->stytch_project_id);
  g_strv_builder_addv (audiences, (const char **) config->resources);
  self->issuer = issuer;
  self->jwks_uri = g_strconcat (config->stytch_api_url, "/v1/sessions/jwks/",
                                config->stytch_project_id, NULL);
  self->audiences = g_strv_builder_end (audiences);
  self->is_stytch = TRUE;
  return self;
}

static gboolean
has_stytch (const BmaConfig *config)
{
  return config->stytch_project_id != NULL && config->stytch_api_url != NULL;
}

static char *
make_stytch_issuer (const BmaConfig *config)
{
  return g_strconcat (STYTCH_PREFIX, config->stytch_project_id, NULL);
}

/**
 * bma_trusted_issuer_new:
 * @config: settings
 * @name: one of the settings' trusted issuers
 *
 * Returns: (transfer full) (nullable): what is expected of its tokens, or %NULL if the
 *   settings do not say
 */
BmaTrustedIssuer *
bma_trusted_issuer_new (const BmaConfig *config, const char *name)
{
  BmaTrustedIssuer *self = NULL;

  if (strcmp (name, BMA_PROVIDER_STYTCH) == 0)
    return has_stytch (config) ? new_stytch (config, make_stytch_issuer (config)) : NULL;
  self = g_new0 (BmaTrustedIssuer, 1);
  self->issuer = g_strdup (name);
  self->audiences = g_strdupv (config->resources);
  return self;
}

/* A Stytch project signs as itself, or as the domain that was asked; both have the same
 * keys. */
static gboolean
is_stytch_issuer (const BmaConfig *config, const char *iss)
{
  g_autofree char *own = has_stytch (config) ? make_stytch_issuer (config) : NULL;

  return own != NULL &&
         (strcmp (own, iss) == 0 || strcmp (config->stytch_api_url, iss) == 0);
}

/**
 * bma_trusted_issuer_find:
 * @config: settings
 * @iss: who a token says it is from
 *
 * We ourselves never count: our tokens are held against their grants.
 *
 * Returns: (transfer full) (nullable): what is expected of it, or %NULL when @iss is not
 *   trusted
 */
BmaTrustedIssuer *
bma_trusted_issuer_find (const BmaConfig *config, const char *iss)
{
  if (strcmp (iss, config->issuer) == 0)
    return NULL;
  for (size_t i = 0; config->trusted_issuers[i] != NULL; i++)
    {
      const char *name = config->trusted_issuers[i];

      if (strcmp (name, BMA_PROVIDER_STYTCH) != 0 && strcmp (name, iss) == 0)
        return bma_trusted_issuer_new (config, name);
      if (strcmp (name, BMA_PROVIDER_STYTCH) == 0 && is_stytch_issuer (config, iss))
        return new_stytch (config, g_strdup (iss));
    }
  return NULL;
}

/**
 * bma_trusted_issuer_free:
 * @self: (transfer full): a trusted issuer
 */
void
bma_trusted_issuer_free (BmaTrustedIssuer *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->issuer);
  g_free (self->jwks_uri);
  g_strfreev (self->audiences);
  g_free (self);
}

/* `scope` (RFC 9068 section 2.2.3), or `scp` as others write it: a list or a text. */
static char **
read_scopes (JsonObject *claims)
{
  const char *text = bma_json_get_string (claims, "scope");
  g_auto (GStrv) list = NULL;
  g_autofree char *joined = NULL;

  if (json_object_has_member (claims, "scope") && text == NULL)
    return NULL;
  if (text == NULL)
    text = bma_json_get_string (claims, "scp");
  if (text == NULL && bma_json_get_strings (claims, "scp", &list) && list != NULL &&
      g_strv_length (list) <= MAX_SCOPES)
    text = joined = g_strjoinv (" ", list);
  if (text == NULL)
    return NULL;
  if (*text == '\0')
    return g_new0 (char *, 1);
  return bma_scope_parse (text);
}

static gboolean
is_session (JsonObject *claims)
{
  JsonNode *node = json_object_get_member (claims, STYTCH_SESSION);

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node);
}

/* Bound to a key that the caller would have to prove (RFC 8705, RFC 9449), which is not
 * asked for here. */
static gboolean
is_bound (JsonObject *claims)
{
  return json_object_has_member (claims, "cnf");
}

/* Where tokens are not told apart by type, an ID token is recognised by what only it
 * has (RFC 9068 section 5). */
static gboolean
is_id_token (JsonObject *claims)
{
  return json_object_has_member (claims, "nonce") ||
         json_object_has_member (claims, "at_hash") ||
         json_object_has_member (claims, "c_hash");
}

/**
 * bma_trusted_issuer_read_scopes:
 * @self: the issuer
 * @config: settings
 * @claims: claims of a token of it whose signature, issuer, audience and times are right
 * @is_access_type: whether its type says that it is an access token (RFC 9068)
 * @problem: (out) (transfer none): why it is refused, a static text
 *
 * A Stytch session says nothing about scopes: it has what /mcp needs at least.
 *
 * Returns: (transfer full) (nullable): the scopes it carries, or %NULL when it is not
 *   accepted
 */
char **
bma_trusted_issuer_read_scopes (const BmaTrustedIssuer *self,
                                const BmaConfig *config,
                                JsonObject *claims,
                                gboolean is_access_type,
                                const char **problem)
{
  const char *sub = bma_json_get_string (claims, "sub");
  char **scopes = NULL;

  *problem = NULL;
  if (sub == NULL || *sub == '\0' || strlen (sub) > MAX_SUB_CHARS ||
      !bma_text_is_printable_ascii (sub))
    *problem = "\"sub\" is missing or not a short text";
  else if (is_bound (claims))
    *problem = "it is bound to a key, which is not checked here";
  else if (!is_access_type && is_id_token (claims))
    *problem = "it is an ID token";
  if (*problem != NULL)
    return NULL;
  if (self->is_stytch && is_session (claims) &&
      !json_object_has_member (claims, "scope") &&
      !json_object_has_member (claims, "scp"))
    return g_strdupv (config->scopes);
  scopes = read_scopes (claims);
  if (scopes == NULL)
    *problem = "it has no scopes";
  return scopes;
}

/**
 * bma_trusted_issuer_make_holder:
 * @claims: claims of an accepted token
 *
 * Returns: (transfer full): who holds it: issuer, person and client, as one id
 */
char *
bma_trusted_issuer_make_holder (JsonObject *claims)
{
  const char *client = bma_json_get_string (claims, "client_id");
  g_autofree char *text = NULL;

  if (client == NULL)
    client = bma_json_get_string (claims, "azp");
  text = g_strconcat (bma_json_get_string (claims, "iss"), "\n",
                      bma_json_get_string (claims, "sub"), "\n",
                      client != NULL ? client : "", NULL);
  return bma_text_sha256_hex (text);
}
