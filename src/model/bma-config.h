/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib-object.h>
#include <stdint.h>

G_BEGIN_DECLS

#define BMA_PROVIDER_LOCAL  "local"
#define BMA_PROVIDER_STYTCH "stytch"
#define BMA_PROVIDER_OIDC   "oidc"

#define BMA_ALGORITHM_NAME_ES256 "ES256"
#define BMA_ALGORITHM_NAME_RS256 "RS256"
#define BMA_ALGORITHM_NAME_HS256 "HS256"

#define BMA_STYTCH_CALLBACK_TX    "tx"
#define BMA_STYTCH_CALLBACK_FIXED "fixed"

#define BMA_TRANSPORT_AUTO  "auto"
#define BMA_TRANSPORT_STDIO "stdio"
#define BMA_TRANSPORT_HTTP  "http"

#define BMA_REGISTRATION_LOCAL  "local"
#define BMA_REGISTRATION_STYTCH "stytch"

#define BMA_ASK_AUTO         "auto"
#define BMA_ASK_NOTIFICATION "notification"
#define BMA_ASK_PAGE         "page"
#define BMA_ASK_NONE         "none"

/**
 * BmaConfig:
 *
 * The settings the service runs with, all checked. Immutable once it is handed out.
 * Secrets are never in here.
 */
typedef struct
{
  char *listen_host;     /* owned: address without brackets */
  uint16_t listen_port;  /* 0 = any free one */
  char *public_url;      /* owned, nullable: how clients reach us if not by the address */
  char **allowed_hosts;  /* owned, possibly empty: further values of Host, with port */
  char *tls_certificate; /* owned, nullable: path of a PEM file */
  char *tls_key;         /* owned, nullable: path of a PEM file */
  char **
      trusted_proxies; /* owned, possibly empty: addresses or ranges of reverse proxies */
  char **monitors; /* owned, possibly empty: addresses or ranges that may read /metrics */
  char *secrets_folder; /* owned, nullable: holds one 0600 file for each secret */
  char *issuer;         /* owned: origin of the authorization server, no trailing slash */
  char *own_origin;     /* owned: where the owner's browser reaches us directly */
  gboolean is_public;   /* the issuer is https and not on the loopback interface */
  gboolean is_exposed;  /* other machines can connect */
  char **hosts;         /* owned: values of Host that are ours, with port */
  char **resources; /* owned: spellings of the /mcp URL; the first is the canonical one */
  char **scopes;    /* owned: what /mcp needs */
  char **scope_rules;     /* owned, possibly empty: METHOD=SCOPE or METHOD:NAME=SCOPE */
  char **trusted_issuers; /* owned, possibly empty: "stytch" or issuer URLs */

  char *provider; /* owned: BMA_PROVIDER_* */

  char *stytch_project_id;   /* owned, nullable */
  char *stytch_public_token; /* owned, nullable */
  char *stytch_api_url;      /* owned, nullable: without /v1 and trailing slash */
  char **stytch_methods;     /* owned: ways to sign in, the first is the default */
  char *stytch_callback;     /* owned: BMA_STYTCH_CALLBACK_* */
  char *stytch_registration; /* owned: BMA_REGISTRATION_* */

  char *oidc_issuer;    /* owned, nullable */
  char *oidc_client_id; /* owned, nullable */
  char **oidc_scopes;   /* owned */

  char *algorithm; /* owned: BMA_ALGORITHM_NAME_* */
  int64_t rotate_keys_after_s;

  int64_t access_lifetime_s;
  int64_t refresh_lifetime_s;
  int64_t code_lifetime_s;
  int64_t login_lifetime_s;

  char *upstream;          /* owned: URL of the MCP server */
  char *command;           /* owned, nullable: starts the MCP server instead */
  char *command_transport; /* owned: BMA_TRANSPORT_* */
  uint32_t command_idle_stop_s;

  char *ask; /* owned: BMA_ASK_*, how a program's question reaches the person */

  GPtrArray *clients; /* owned: BmaClient, those of the configuration */

  char **cors_origins; /* owned, possibly empty: origins, or "*" */

  uint32_t idle_exit_s;      /* 0 = never */
  char *drop_tokens_on_lock; /* owned: yes or no */
  char *tokens_while_locked; /* owned: yes or no */

  uint32_t owner_per_minute; /* requests of a kind that are counted, 0 = no limit */
  uint32_t register_per_minute;
  uint32_t authorize_per_minute;
  uint32_t token_per_minute;
  uint32_t max_connections;
  uint32_t max_body_bytes;
  uint32_t header_timeout_ms;
  uint32_t body_timeout_ms;
  uint32_t idle_timeout_ms;
  uint32_t answer_timeout_ms; /* of the MCP server */
} BmaConfig;

BmaConfig *bma_config_new (void) G_GNUC_WARN_UNUSED_RESULT;
BmaConfig *bma_config_ref (const BmaConfig *self);
void bma_config_unref (BmaConfig *self);

void bma_config_set_address (BmaConfig *self,
                             const char *host,
                             uint16_t port,
                             const char *public_url,
                             const char *const *allowed_hosts);
gboolean bma_config_is_resource (const BmaConfig *self, const char *uri);
const char *bma_config_match_resource (const BmaConfig *self, const char *uri);
gboolean bma_config_is_host (const BmaConfig *self, const char *host);
gboolean bma_config_offers_openid (const BmaConfig *self);
const char *bma_config_find_contradiction (const BmaConfig *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaConfig, bma_config_unref)

G_END_DECLS
