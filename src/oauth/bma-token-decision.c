/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-scope.h"
#include "bma-token-grant.h"

/**
 * bma_token_decision_free:
 * @self: (transfer full) (nullable): a decision
 */
void
bma_token_decision_free (BmaTokenDecision *self)
{
  if (self == NULL)
    return;
  g_free (self->family_id);
  g_free (self->resource);
  g_strfreev (self->scopes);
  g_free (self->nonce);
  g_clear_pointer (&self->subject, bma_record_unref);
  g_clear_pointer (&self->grant, bma_record_unref);
  g_free (self);
}

/**
 * bma_token_decision_new_refusal:
 * @code: the error
 * @description: for the client's developer, static
 * @reason: for the log, static
 *
 * Returns: (transfer full): a refusal
 */
BmaTokenDecision *
bma_token_decision_new_refusal (BmaOauthErrorCode code,
                                const char *description,
                                const char *reason)
{
  BmaTokenDecision *self = g_new0 (BmaTokenDecision, 1);

  self->action = BMA_TOKEN_REFUSE;
  self->error = (BmaOauthError){ code, description };
  self->reason = reason;
  return self;
}

/**
 * bma_token_decision_new_reuse:
 * @facts: what was looked up
 * @family_id: (nullable): the family that dies
 * @reason: for the log, static
 * @now_s: time
 * @change: where the changes go
 *
 * RFC 9700 section 4.14.2: whoever used it twice, the family dies and the owner is told.
 *
 * Returns: (transfer full): a refusal
 */
BmaTokenDecision *
bma_token_decision_new_reuse (const BmaTokenFacts *facts,
                              const char *family_id,
                              const char *reason,
                              int64_t now_s,
                              BmaChange *change)
{
  BmaTokenDecision *self = bma_token_decision_new_refusal (
      BMA_OAUTH_INVALID_GRANT, "the code or refresh token is not valid; sign in again",
      reason);

  self->reuse = TRUE;
  if (family_id != NULL)
    bma_change_delete (change, &bma_family_type, family_id);
  if (facts->grant != NULL)
    {
      BmaGrant *grant = bma_record_copy (facts->grant);

      grant->reused_at_s = now_s;
      bma_change_put_take (change, grant);
    }
  return self;
}

/**
 * bma_token_decision_put_refresh:
 * @change: where the put goes
 * @refresh_id: id (hash) of the refresh token
 * @predecessor: (nullable): id of the one it replaces
 * @family_id: its family
 * @config: settings
 * @now_s: time
 *
 * Makes a refresh token known.
 */
void
bma_token_decision_put_refresh (BmaChange *change,
                                const char *refresh_id,
                                const char *predecessor,
                                const char *family_id,
                                const BmaConfig *config,
                                int64_t now_s)
{
  BmaToken *token = bma_record_new (&bma_token_type, refresh_id);

  token->predecessor = g_strdup (predecessor);
  token->kind = g_strdup (BMA_TOKEN_KIND_REFRESH);
  token->family_id = g_strdup (family_id);
  token->issued_at_s = now_s;
  token->expires_at_s = now_s + config->refresh_lifetime_s;
  bma_change_put_take (change, token);
}

/**
 * bma_token_decision_put_use:
 * @change: where the put goes
 * @old: a grant
 * @now_s: time
 *
 * Counts a use of the grant.
 */
void
bma_token_decision_put_use (BmaChange *change, const BmaGrant *old, int64_t now_s)
{
  BmaGrant *grant = bma_record_copy (old);

  grant->last_used_at_s = now_s;
  grant->n_uses++;
  bma_change_put_take (change, grant);
}

/**
 * bma_token_decision_found_family:
 * @self: a decision to issue, with everything said but what this adds
 * @facts: what was looked up; its grant is there
 * @config: settings
 * @ticket: randomness
 * @now_s: time
 * @change: where puts go
 *
 * Founds the family of the first tokens of a sign-in. There is a refresh token if the
 * client registered for it, and an ID token if `openid` was asked for.
 */
void
bma_token_decision_found_family (BmaTokenDecision *self,
                                 const BmaTokenFacts *facts,
                                 const BmaConfig *config,
                                 const BmaTokenTicket *ticket,
                                 int64_t now_s,
                                 BmaChange *change)
{
  BmaFamily *family = bma_record_new (&bma_family_type, self->family_id);

  self->with_refresh = bma_client_has_grant_type (facts->client, "refresh_token");
  self->with_id_token =
      g_strv_contains ((const char *const *) self->scopes, BMA_SCOPE_OPENID);
  family->grant_id = g_strdup (facts->grant->record.id);
  family->resource = g_strdup (self->resource);
  family->scopes = g_strdupv (self->scopes);
  family->signed_in_at_s = self->signed_in_at_s;
  family->created_at_s = now_s;
  family->expires_at_s = now_s +
                         MAX (config->access_lifetime_s,
                              self->with_refresh ? config->refresh_lifetime_s : 0);
  bma_change_put_take (change, family);
  if (self->with_refresh)
    bma_token_decision_put_refresh (change, ticket->refresh_id, NULL, self->family_id,
                                    config, now_s);
  bma_token_decision_put_use (change, facts->grant, now_s);
}
