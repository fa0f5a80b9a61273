/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-metadata.h"

#include <string.h>

#include "bma-scope-rules.h"
#include "bma-client-metadata.h"
#include "bma-scope.h"

static void
set_endpoint (JsonObject *object,
              const BmaConfig *config,
              const char *name,
              const char *path)
{
  g_autofree char *uri = g_strconcat (config->issuer, path, NULL);

  json_object_set_string_member (object, name, uri);
}

/**
 * bma_metadata_make_server:
 * @config: settings
 * @facts: what depends on the moment
 *
 * Metadata documents of clients are advertised only while they can be fetched: clients
 * that have one do not fall back to registration.
 *
 * Returns: (transfer full): authorization server metadata (RFC 8414 section 2)
 */
JsonObject *
bma_metadata_make_server (const BmaConfig *config, const BmaMetadataFacts *facts)
{
  static const char *const code[] = { "code", NULL };
  static const char *const query[] = { "query", NULL };
  static const char *const grants[] = { "authorization_code", "refresh_token",
                                        "client_credentials", BMA_GRANT_TYPE_NAME_DEVICE,
                                        NULL };
  static const char *const methods[] = { "none", "client_secret_basic",
                                         "client_secret_post", "private_key_jwt", NULL };
  static const char *const assertion_algorithms[] = { "ES256", "RS256", NULL };
  static const char *const s256[] = { "S256", NULL };
  JsonObject *object = json_object_new ();
  g_auto (GStrv) known = bma_scope_rules_list_supported (config);
  g_auto (GStrv) scopes =
      bma_scope_without ((const char *const *) known,
                         bma_config_offers_openid (config) ? NULL : BMA_SCOPE_OPENID);

  json_object_set_string_member (object, "issuer", config->issuer);
  set_endpoint (object, config, "authorization_endpoint", "/authorize");
  set_endpoint (object, config, "token_endpoint", "/token");
  set_endpoint (object, config, "registration_endpoint", "/register");
  set_endpoint (object, config, "revocation_endpoint", "/revoke");
  set_endpoint (object, config, "introspection_endpoint", "/introspect");
  set_endpoint (object, config, "device_authorization_endpoint", "/device_authorization");
  if (bma_config_offers_openid (config))
    set_endpoint (object, config, "jwks_uri", "/.well-known/jwks.json");
  bma_json_set_strings (object, "scopes_supported", (const char *const *) scopes);
  bma_json_set_strings (object, "response_types_supported", code);
  bma_json_set_strings (object, "response_modes_supported", query);
  bma_json_set_strings (object, "grant_types_supported", grants);
  bma_json_set_strings (object, "token_endpoint_auth_methods_supported", methods);
  bma_json_set_strings (object, "token_endpoint_auth_signing_alg_values_supported",
                        assertion_algorithms);
  bma_json_set_strings (object, "revocation_endpoint_auth_methods_supported", methods);
  bma_json_set_strings (object, "revocation_endpoint_auth_signing_alg_values_supported",
                        assertion_algorithms);
  bma_json_set_strings (object, "introspection_endpoint_auth_methods_supported",
                        methods + 1);
  bma_json_set_strings (object,
                        "introspection_endpoint_auth_signing_alg_values_supported",
                        assertion_algorithms);
  bma_json_set_strings (object, "code_challenge_methods_supported", s256);
  json_object_set_boolean_member (object,
                                  "authorization_response_iss_parameter_supported", TRUE);
  if (facts->accepts_documents)
    json_object_set_boolean_member (object, "client_id_metadata_document_supported",
                                    TRUE);
  return object;
}

/**
 * bma_metadata_make_openid:
 * @config: settings
 * @facts: what depends on the moment
 * @algorithms: (array zero-terminated=1): how id_tokens are signed
 *
 * Returns: (transfer full) (nullable): OpenID provider metadata (OpenID Connect Discovery
 *   section 3): the server metadata with what that document must have besides; %NULL
 *   where OpenID Connect is not offered
 */
JsonObject *
bma_metadata_make_openid (const BmaConfig *config,
                          const BmaMetadataFacts *facts,
                          const char *const *algorithms)
{
  static const char *const subject_types[] = { "public", NULL };
  static const char *const prompts[] = { "none", "login", "consent", "select_account",
                                         NULL };
  static const char *const claims[] = { "iss",
                                        "sub",
                                        "aud",
                                        "exp",
                                        "iat",
                                        "nonce",
                                        "at_hash",
                                        "auth_time",
                                        "name",
                                        "email",
                                        "email_verified",
                                        NULL };
  JsonObject *object = NULL;

  if (!bma_config_offers_openid (config))
    return NULL;
  object = bma_metadata_make_server (config, facts);
  set_endpoint (object, config, "userinfo_endpoint", "/userinfo");
  bma_json_set_strings (object, "prompt_values_supported", prompts);
  bma_json_set_strings (object, "subject_types_supported", subject_types);
  bma_json_set_strings (object, "id_token_signing_alg_values_supported", algorithms);
  bma_json_set_strings (object, "claims_supported", claims);
  json_object_set_boolean_member (object, "claims_parameter_supported", FALSE);
  json_object_set_boolean_member (object, "request_parameter_supported", FALSE);
  json_object_set_boolean_member (object, "request_uri_parameter_supported", FALSE);
  return object;
}

/**
 * bma_metadata_pick_resource:
 * @config: settings
 * @host: (nullable): the Host the client used, one of ours
 *
 * Returns: (transfer none): the spelling of our /mcp that belongs to @host, because
 * strict clients discard metadata that names another (RFC 9728 section 3.3)
 */
const char *
bma_metadata_pick_resource (const BmaConfig *config, const char *host)
{
  for (size_t i = 0; host != NULL && config->resources[i] != NULL; i++)
    {
      const char *authority = strstr (config->resources[i], "://") + 3;
      size_t length = strcspn (authority, "/");

      if (strlen (host) == length && g_ascii_strncasecmp (authority, host, length) == 0)
        return config->resources[i];
    }
  return config->resources[0];
}

/**
 * bma_metadata_make_resource:
 * @config: settings
 * @host: (nullable): the Host the client used, one of ours
 *
 * Returns: (transfer full): protected resource metadata (RFC 9728 section 2)
 */
JsonObject *
bma_metadata_make_resource (const BmaConfig *config, const char *host)
{
  const char *const servers[] = { config->issuer, NULL };
  static const char *const header[] = { "header", NULL };
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "resource",
                                 bma_metadata_pick_resource (config, host));
  bma_json_set_strings (object, "authorization_servers", servers);
  bma_json_set_strings (object, "scopes_supported", (const char *const *) config->scopes);
  bma_json_set_strings (object, "bearer_methods_supported", header);
  json_object_set_string_member (object, "resource_name", "BioMCP");
  return object;
}
