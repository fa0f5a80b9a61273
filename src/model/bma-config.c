/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-config.h"

#include <string.h>

#include "bma-record.h"
#include "bma-uri.h"

/**
 * bma_config_new:
 *
 * Returns: (transfer full): the built-in settings; the address is still to be set
 */
BmaConfig *
bma_config_new (void)
{
  BmaConfig *self = g_rc_box_new0 (BmaConfig);

  self->listen_host = g_strdup ("127.0.0.1");
  self->listen_port = 8417;
  self->allowed_hosts = g_new0 (char *, 1);
  self->scopes = g_strsplit ("mcp", " ", -1);
  self->provider = g_strdup (BMA_PROVIDER_LOCAL);
  self->stytch_methods = g_strsplit ("google", " ", -1);
  self->stytch_callback = g_strdup (BMA_STYTCH_CALLBACK_TX);
  self->stytch_registration = g_strdup (BMA_REGISTRATION_LOCAL);
  self->oidc_scopes = g_strsplit ("openid profile email", " ", -1);
  self->algorithm = g_strdup (BMA_ALGORITHM_NAME_ES256);
  self->rotate_keys_after_s = 7776000;
  self->trusted_proxies = g_new0 (char *, 1);
  self->monitors = g_new0 (char *, 1);
  self->scope_rules = g_new0 (char *, 1);
  self->trusted_issuers = g_new0 (char *, 1);
  self->clients = g_ptr_array_new_with_free_func (bma_record_unref);
  self->access_lifetime_s = 3600;
  self->refresh_lifetime_s = 2592000;
  self->code_lifetime_s = 300;
  self->login_lifetime_s = 600;
  self->upstream = g_strdup ("http://127.0.0.1:8080/mcp");
  self->command_transport = g_strdup (BMA_TRANSPORT_AUTO);
  self->command_idle_stop_s = 300;
  self->ask = g_strdup (BMA_ASK_AUTO);
  self->cors_origins = g_new0 (char *, 1);
  self->idle_exit_s = 600;
  self->drop_tokens_on_lock = g_strdup ("no");
  self->tokens_while_locked = g_strdup ("yes");
  self->owner_per_minute = 60000;
  self->register_per_minute = 20;
  self->authorize_per_minute = 60;
  self->token_per_minute = 120;
  self->max_connections = 4096;
  self->max_body_bytes = 4 * 1024 * 1024;
  self->header_timeout_ms = 10000;
  self->body_timeout_ms = 60000;
  self->idle_timeout_ms = 120000;
  self->answer_timeout_ms = 300000;
  return self;
}

/**
 * bma_config_ref:
 * @self: settings
 *
 * Returns: (transfer full): @self
 */
BmaConfig *
bma_config_ref (const BmaConfig *self)
{
  return g_rc_box_acquire ((BmaConfig *) self);
}

static void
config_clear (gpointer data)
{
  BmaConfig *self = data;

  g_free (self->listen_host);
  g_free (self->public_url);
  g_strfreev (self->allowed_hosts);
  g_free (self->tls_certificate);
  g_free (self->tls_key);
  g_strfreev (self->trusted_proxies);
  g_strfreev (self->monitors);
  g_free (self->secrets_folder);
  g_free (self->issuer);
  g_free (self->own_origin);
  g_strfreev (self->hosts);
  g_strfreev (self->resources);
  g_strfreev (self->scopes);
  g_strfreev (self->scope_rules);
  g_strfreev (self->trusted_issuers);
  g_free (self->provider);
  g_free (self->stytch_project_id);
  g_free (self->stytch_public_token);
  g_free (self->stytch_api_url);
  g_strfreev (self->stytch_methods);
  g_free (self->stytch_callback);
  g_free (self->stytch_registration);
  g_free (self->oidc_issuer);
  g_free (self->oidc_client_id);
  g_strfreev (self->oidc_scopes);
  g_free (self->algorithm);
  g_free (self->upstream);
  g_free (self->drop_tokens_on_lock);
  g_free (self->tokens_while_locked);
  g_free (self->command);
  g_free (self->command_transport);
  g_free (self->ask);
  g_ptr_array_unref (self->clients);
  g_strfreev (self->cors_origins);
}

/**
 * bma_config_unref:
 * @self: (transfer full): settings
 *
 * Drops a reference.
 */
void
bma_config_unref (BmaConfig *self)
{
  g_rc_box_release_full (self, config_clear);
}

static void
add_host (GStrvBuilder *hosts,
          GStrvBuilder *resources,
          const char *scheme,
          const char *host,
          uint16_t port)
{
  gboolean v6 = strchr (host, ':') != NULL;
  gboolean default_port = port == (strcmp (scheme, "https") == 0 ? 443 : 80);
  g_autofree char *with_port =
      g_strdup_printf ("%s%s%s:%u", v6 ? "[" : "", host, v6 ? "]" : "", port);
  g_autofree char *bare = g_strdup_printf ("%s%s%s", v6 ? "[" : "", host, v6 ? "]" : "");
  g_autofree char *resource =
      g_strconcat (scheme, "://", default_port ? bare : with_port, "/mcp", NULL);

  g_strv_builder_add (hosts, default_port ? bare : with_port);
  if (default_port)
    g_strv_builder_add (hosts, with_port);
  g_strv_builder_add (resources, resource);
}

/**
 * bma_config_set_address:
 * @self: settings nobody else has seen yet
 * @host: the address listened on, without brackets
 * @port: the port listened on
 * @public_url: (nullable): how clients reach us when that is not the address itself
 * @allowed_hosts: (nullable): further values of Host that are ours
 *
 * Derives issuer, resource and the names that are ours. The issuer never depends on a
 * request.
 */
void
bma_config_set_address (BmaConfig *self,
                        const char *host,
                        uint16_t port,
                        const char *public_url,
                        const char *const *allowed_hosts)
{
  static const char *const loopback[] = { "127.0.0.1", "localhost", "::1", NULL };
  const char *scheme = self->tls_certificate != NULL ? "https" : "http";
  gboolean any = strcmp (host, "0.0.0.0") == 0 || strcmp (host, "::") == 0;
  g_autoptr (GStrvBuilder) hosts = g_strv_builder_new ();
  g_autoptr (GStrvBuilder) resources = g_strv_builder_new ();
  gboolean v6 = strchr (host, ':') != NULL;

  if (self->listen_host != host)
    {
      g_free (self->listen_host);
      self->listen_host = g_strdup (host);
    }
  self->listen_port = port;
  g_free (self->issuer);
  self->issuer = public_url != NULL ? bma_uri_get_origin (public_url)
                                    : g_strdup_printf (v6 ? "%s://[%s]:%u" : "%s://%s:%u",
                                                       scheme, host, port);
  self->is_exposed = !bma_uri_is_loopback_host (host);
  self->is_public = FALSE;
  if (public_url != NULL)
    {
      g_autoptr (GUri) uri = g_uri_parse (public_url, G_URI_FLAGS_ENCODED, NULL);
      int public_port = g_uri_get_port (uri);
      const char *public_scheme = g_uri_get_scheme (uri);

      if (public_port < 0)
        public_port = strcmp (public_scheme, "https") == 0 ? 443 : 80;
      add_host (hosts, resources, public_scheme, g_uri_get_host (uri),
                (uint16_t) public_port);
      self->is_public = strcmp (public_scheme, "https") == 0 &&
                        !bma_uri_is_loopback_host (g_uri_get_host (uri));
    }
  else
    add_host (hosts, resources, scheme, host, port);
  for (size_t i = 0; (any || !self->is_exposed) && loopback[i] != NULL; i++)
    if (public_url != NULL || strcmp (loopback[i], host) != 0)
      add_host (hosts, resources, scheme, loopback[i], port);
  g_free (self->own_origin);
  /* Where we speak plain HTTP, a reverse proxy has the public name. */
  self->own_origin =
      self->is_public && self->tls_certificate == NULL
          ? g_strdup_printf (v6 ? "http://[%s]:%u" : "http://%s:%u", host, port)
          : g_strdup (self->issuer);
  for (size_t i = 0; allowed_hosts != NULL && allowed_hosts[i] != NULL; i++)
    g_strv_builder_add (hosts, allowed_hosts[i]);
  g_strfreev (self->hosts);
  g_strfreev (self->resources);
  self->hosts = g_strv_builder_end (hosts);
  self->resources = g_strv_builder_end (resources);
}

/**
 * bma_config_match_resource:
 * @self: settings
 * @uri: a resource indicator (RFC 8707)
 *
 * Scheme and host are compared without regard to case, and one trailing slash is ignored.
 *
 * Returns: (transfer none) (nullable): our spelling of @uri if it names our /mcp
 */
const char *
bma_config_match_resource (const BmaConfig *self, const char *uri)
{
  g_autofree char *origin = bma_uri_get_origin (uri);
  g_autofree char *lower = NULL;
  const char *path = NULL;

  if (origin == NULL)
    return NULL;
  path = strstr (uri, "://") + 3;
  path += strcspn (path, "/?#");
  if (g_str_equal (path, "/mcp/"))
    path = "/mcp";
  lower = g_strconcat (origin, path, NULL);
  for (size_t i = 0; self->resources[i] != NULL; i++)
    if (strcmp (self->resources[i], lower) == 0)
      return self->resources[i];
  return NULL;
}

/**
 * bma_config_is_resource:
 * @self: settings
 * @uri: an audience
 *
 * Returns: whether it is exactly one of the spellings of our /mcp
 */
gboolean
bma_config_is_resource (const BmaConfig *self, const char *uri)
{
  return g_strv_contains ((const char *const *) self->resources, uri);
}

/**
 * bma_config_is_host:
 * @self: settings
 * @host: (nullable): value of the Host header
 *
 * Returns: whether it is ours
 */
gboolean
bma_config_is_host (const BmaConfig *self, const char *host)
{
  for (size_t i = 0; host != NULL && self->hosts[i] != NULL; i++)
    if (g_ascii_strcasecmp (self->hosts[i], host) == 0)
      return TRUE;
  return FALSE;
}

/**
 * bma_config_offers_openid:
 * @self: settings
 *
 * Returns: whether tokens are signed with keys that everybody can verify; with HS256
 *   there is nothing to publish, and so neither a key set nor OpenID Connect
 */
gboolean
bma_config_offers_openid (const BmaConfig *self)
{
  return strcmp (self->algorithm, BMA_ALGORITHM_NAME_HS256) != 0;
}

/**
 * bma_config_find_contradiction:
 * @self: settings
 *
 * Returns: (nullable) (transfer none): what does not go together, and what to do
 */
const char *
bma_config_find_contradiction (const BmaConfig *self)
{
  if (!bma_config_offers_openid (self) && self->trusted_issuers[0] != NULL)
    return "[tokens] algorithm=HS256 does not go with [resource] trusted-issuers: beside "
           "a shared secret no public keys are accepted, lest one be taken for the "
           "other; use ES256 or RS256, or remove the issuers";
  if (g_str_equal (self->provider, BMA_PROVIDER_OIDC) &&
      (self->oidc_issuer == NULL || self->oidc_client_id == NULL))
    return "[identity] provider=oidc needs [oidc] issuer and client-id";
  if (self->stytch_project_id == NULL &&
      g_strv_contains ((const char *const *) self->trusted_issuers, BMA_PROVIDER_STYTCH))
    return "[resource] trusted-issuers: stytch needs [stytch] project-id";
  return NULL;
}
