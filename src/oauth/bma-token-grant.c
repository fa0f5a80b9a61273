/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-token-grant.h"

#include <string.h>

#include "bma-client-grant.h"
#include "bma-device-grant.h"
#include "bma-pkce.h"
#include "bma-scope.h"

static BmaTokenDecision *
refuse_grant (const char *reason)
{
  return bma_token_decision_new_refusal (
      BMA_OAUTH_INVALID_GRANT, "the code or refresh token is not valid; sign in again",
      reason);
}

static void
burn_code (BmaChange *change, const BmaCode *old, int64_t now_s)
{
  BmaCode *code = bma_record_copy (old);

  code->redeemed_at_s = now_s;
  bma_change_put_take (change, code);
}

/* Refusals of a code; NULL when it may be redeemed. */
static BmaTokenDecision *
refuse_code (const BmaTokenRequest *request,
             const BmaTokenFacts *facts,
             const BmaConfig *config,
             int64_t now_s,
             BmaChange *change)
{
  const BmaCode *code = facts->code;

  if (code == NULL)
    return refuse_grant ("unknown code");
  if (strcmp (code->client_id, request->client_id) != 0)
    return refuse_grant ("code of another client");
  if (strcmp (code->redirect_uri, request->redirect_uri) != 0)
    return refuse_grant ("code for another redirect_uri");
  if (!bma_pkce_verify (request->code_verifier, code->code_challenge))
    {
      /* A code that somebody tries to guess the verifier of is worth nothing any more;
       * one that is redeemed already stays as it is, an invalid replay revokes nothing.
       */
      if (code->redeemed_at_s == 0)
        burn_code (change, code, now_s);
      return refuse_grant ("wrong code_verifier");
    }
  if (code->redeemed_at_s != 0)
    /* RFC 6749 section 4.1.2: revoke what the first use gave. */
    return bma_token_decision_new_reuse (facts, code->family_id, "code used twice", now_s,
                                         change);
  if (code->expires_at_s <= now_s)
    return refuse_grant ("expired code");
  if (facts->grant == NULL)
    return refuse_grant ("grant revoked");
  if (!bma_token_request_matches_resource (request, config))
    return bma_token_decision_new_refusal (BMA_OAUTH_INVALID_TARGET,
                                           "resource is not the one authorized",
                                           "foreign resource");
  return NULL;
}

static BmaTokenDecision *
decide_code (const BmaTokenRequest *request,
             const BmaTokenFacts *facts,
             const BmaConfig *config,
             const BmaTokenTicket *ticket,
             int64_t now_s,
             BmaChange *change)
{
  const BmaCode *code = facts->code;
  BmaTokenDecision *self = refuse_code (request, facts, config, now_s, change);

  if (self != NULL)
    return self;
  self = g_new0 (BmaTokenDecision, 1);
  self->action = BMA_TOKEN_ISSUE;
  self->reason = "code redeemed";
  self->family_id = g_strdup (code->family_id);
  self->resource = bma_token_request_pick_audience (request, config, code->resource);
  self->scopes = g_strdupv (code->scopes);
  self->nonce = g_strdup (code->nonce);
  self->signed_in_at_s = code->signed_in_at_s;

  burn_code (change, code, now_s);
  bma_token_decision_found_family (self, facts, config, ticket, now_s, change);
  return self;
}

/* Whether a spent refresh token comes again because its answer was lost: soon, its
 * successor not used yet, and not again and again. */
static gboolean
may_repeat (const BmaTokenFacts *facts, int64_t now_s)
{
  int64_t age_s = now_s - facts->token->spent_at_s;

  return age_s >= 0 && age_s <= BMA_REFRESH_GRACE_S && facts->token->salt != NULL &&
         facts->successor != NULL && facts->successor->spent_at_s == 0 &&
         facts->token->n_repeats < BMA_REFRESH_MAX_REPEATS;
}

/* Refusals of a refresh; NULL when it may go on. */
static BmaTokenDecision *
refuse_refresh (const BmaTokenRequest *request,
                const BmaTokenFacts *facts,
                const BmaConfig *config,
                int64_t now_s,
                BmaChange *change)
{
  const BmaToken *token = facts->token;

  if (token == NULL || !g_str_equal (token->kind, BMA_TOKEN_KIND_REFRESH))
    return refuse_grant ("unknown refresh token");
  if (facts->family == NULL || facts->grant == NULL)
    return refuse_grant ("refresh token revoked");
  if (g_strcmp0 (facts->grant->client_id, request->client_id) != 0)
    return refuse_grant ("refresh token of another client");
  if (token->expires_at_s <= now_s)
    return refuse_grant ("expired refresh token");
  if (!bma_token_request_matches_resource (request, config))
    return bma_token_decision_new_refusal (BMA_OAUTH_INVALID_TARGET,
                                           "resource is not the one authorized",
                                           "foreign resource");
  if (token->spent_at_s != 0 && !may_repeat (facts, now_s))
    return bma_token_decision_new_reuse (facts, token->family_id,
                                         "refresh token used twice", now_s, change);
  return NULL;
}

/* Nobody asks for the successor of the one before any more, so nobody shall be able to
 * make it again. */
static void
forget_salt (BmaChange *change, const BmaToken *predecessor)
{
  BmaToken *token = NULL;

  if (predecessor == NULL || predecessor->salt == NULL)
    return;
  token = bma_record_copy (predecessor);
  g_clear_pointer (&token->salt, g_free);
  bma_change_put_take (change, token);
}

static void
rotate (BmaChange *change,
        const BmaTokenFacts *facts,
        const BmaConfig *config,
        const BmaTokenTicket *ticket,
        int64_t now_s)
{
  BmaToken *spent = bma_record_copy (facts->token);
  BmaFamily *family = bma_record_copy (facts->family);

  forget_salt (change, facts->predecessor);
  spent->spent_at_s = now_s;
  spent->successor = g_strdup (ticket->refresh_id);
  spent->salt = g_strdup (ticket->salt);
  bma_change_put_take (change, spent);
  bma_token_decision_put_refresh (change, ticket->refresh_id, spent->record.id,
                                  facts->family->record.id, config, now_s);
  family->expires_at_s = now_s +
                         MAX (config->refresh_lifetime_s, config->access_lifetime_s);
  bma_change_put_take (change, family);
}

static void
count_repeat (BmaChange *change, const BmaToken *spent, int64_t now_s)
{
  BmaToken *token = NULL;

  if (now_s - spent->spent_at_s <= BMA_REFRESH_BURST_S)
    return;
  token = bma_record_copy (spent);
  token->n_repeats++;
  bma_change_put_take (change, token);
}

static BmaTokenDecision *
decide_refresh (const BmaTokenRequest *request,
                const BmaTokenFacts *facts,
                const BmaConfig *config,
                const BmaTokenTicket *ticket,
                int64_t now_s,
                BmaChange *change)
{
  BmaTokenDecision *self = refuse_refresh (request, facts, config, now_s, change);
  g_auto (GStrv) scopes = NULL;

  if (self != NULL)
    return self;
  scopes = bma_scope_parse (request->scope);
  if (scopes == NULL ||
      !bma_scope_are_covered ((const char *const *) scopes,
                              (const char *const *) facts->family->scopes))
    return bma_token_decision_new_refusal (BMA_OAUTH_INVALID_SCOPE,
                                           "scope goes beyond what was granted",
                                           "scope beyond grant");
  self = g_new0 (BmaTokenDecision, 1);
  self->with_refresh = TRUE;
  self->with_id_token = FALSE;
  self->family_id = g_strdup (facts->family->record.id);
  self->resource =
      bma_token_request_pick_audience (request, config, facts->family->resource);
  self->scopes = scopes[0] != NULL ? g_steal_pointer (&scopes)
                                   : g_strdupv (facts->family->scopes);
  self->signed_in_at_s = facts->family->signed_in_at_s;
  if (facts->token->spent_at_s != 0)
    {
      self->action = BMA_TOKEN_REPEAT;
      self->reason = "refresh repeated";
      count_repeat (change, facts->token, now_s);
      return self;
    }
  self->action = BMA_TOKEN_ISSUE;
  self->reason = "refreshed";
  rotate (change, facts, config, ticket, now_s);
  bma_token_decision_put_use (change, facts->grant, now_s);
  return self;
}

/**
 * bma_token_grant_decide:
 * @request: the request
 * @facts: what was looked up
 * @config: settings
 * @ticket: randomness
 * @now_s: time
 * @change: where puts and deletes go, also those of a refusal
 *
 * Decides a token request (RFC 6749 sections 4.1.3, 4.4 and 6, RFC 7636, RFC 8707;
 * rotation as RFC 9700 section 4.14.2 wants it).
 *
 * Returns: (transfer full): the decision
 */
BmaTokenDecision *
bma_token_grant_decide (const BmaTokenRequest *request,
                        const BmaTokenFacts *facts,
                        const BmaConfig *config,
                        const BmaTokenTicket *ticket,
                        int64_t now_s,
                        BmaChange *change)
{
  if (facts->client == NULL)
    return bma_token_decision_new_refusal (BMA_OAUTH_INVALID_CLIENT,
                                           "the client is not known here; register again",
                                           "unknown client");
  if (request->grant_type == BMA_GRANT_TYPE_CODE)
    return decide_code (request, facts, config, ticket, now_s, change);
  if (request->grant_type == BMA_GRANT_TYPE_CLIENT)
    return bma_client_grant_decide (request, facts, config, ticket, now_s, change);
  if (request->grant_type == BMA_GRANT_TYPE_DEVICE)
    return bma_device_grant_decide (request, facts, config, ticket, now_s, change);
  return decide_refresh (request, facts, config, ticket, now_s, change);
}
