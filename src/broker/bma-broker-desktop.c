/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-broker-private.h"

#include <string.h>

#include "bma-log.h"
#include "bma-uri.h"

/* What the broker makes of what happens to the desktop. Nothing here ever ends a sign-in
 * or a permission: a network that is gone says nothing about either. */

static gboolean
is_elsewhere (const char *url)
{
  g_autoptr (GUri) uri = url != NULL ? g_uri_parse (url, G_URI_FLAGS_ENCODED, NULL)
                                     : NULL;

  return uri != NULL && g_uri_get_host (uri) != NULL &&
         !bma_uri_is_loopback_host (g_uri_get_host (uri));
}

/* To sign in, while nobody is. */
static gboolean
needs_provider (BmaBroker *self)
{
  const BmaConfig *config = self->config;

  if (self->subject != NULL || strcmp (config->provider, BMA_PROVIDER_LOCAL) == 0)
    return FALSE;
  return is_elsewhere (strcmp (config->provider, BMA_PROVIDER_OIDC) == 0
                           ? config->oidc_issuer
                           : config->stytch_api_url);
}

/**
 * bma_broker_is_cut_off:
 * @self: a broker
 *
 * Returns: whether there is no network and nothing can go on without
 */
gboolean
bma_broker_is_cut_off (BmaBroker *self)
{
  return self->is_offline &&
         (needs_provider (self) || is_elsewhere (self->config->upstream));
}

/**
 * bma_broker_set_online:
 * @self: a broker
 * @is_online: whether there is a network
 *
 * Tells it.
 */
void
bma_broker_set_online (BmaBroker *self, gboolean is_online)
{
  g_return_if_fail (BMA_IS_BROKER (self));

  if (self->is_offline == !is_online)
    return;
  self->is_offline = !is_online;
  g_signal_emit_by_name (self, "state-changed");
}

/**
 * bma_broker_refresh_early:
 * @self: a broker
 *
 * Fetches again what could not be fetched while there was no network, or what will be
 * due soon, before somebody waits for it.
 */
void
bma_broker_refresh_early (BmaBroker *self)
{
  g_return_if_fail (BMA_IS_BROKER (self));

  if (self->trusted_keys != NULL)
    bma_key_source_refresh_early (self->trusted_keys);
  if (bma_key_manager_get_keys (self->keys) == NULL)
    bma_key_manager_load (self->keys);
}

/**
 * bma_broker_set_locked:
 * @self: a broker
 * @is_locked: whether the screen is locked
 *
 * Drops what it remembers of tokens, or gives none, as [desktop] says.
 */
void
bma_broker_set_locked (BmaBroker *self, gboolean is_locked)
{
  g_return_if_fail (BMA_IS_BROKER (self));

  self->is_locked = is_locked;
  if (is_locked && strcmp (self->config->drop_tokens_on_lock, "yes") == 0)
    {
      bma_log_info ("local", "The screen is locked: dropping the tokens in memory");
      g_hash_table_remove_all (self->verified);
      bma_token_cache_drop (self->tokens, NULL);
    }
}

GError *
bma_broker_refuse_while_locked (BmaBroker *self)
{
  if (!self->is_locked || strcmp (self->config->tokens_while_locked, "no") != 0)
    return NULL;
  return g_error_new_literal (BMA_BROKER_ERROR, BMA_BROKER_ERROR_INTERACTION_REQUIRED,
                              "The screen is locked; unlock it and try again");
}
