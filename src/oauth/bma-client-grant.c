/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-client-grant.h"

#include "bma-peer.h"
#include "bma-scope.h"

/**
 * bma_client_grant_make_id:
 * @client: a client
 * @config: settings
 *
 * Returns: (transfer full): the id of the grant by which the client acts for itself
 */
char *
bma_client_grant_make_id (const BmaClient *client, const BmaConfig *config)
{
  const char *id = bma_client_get_id (client);
  g_autofree char *subject_id = bma_subject_make_id (BMA_SUBJECT_PROVIDER_CLIENT, id);

  return bma_grant_make_id (BMA_GRANT_KIND_HTTP_CLIENT, id, subject_id,
                            config->resources[0]);
}

/* Nobody is asked, so only the owner can make such a client. */
static gboolean
may_act_for_itself (const BmaClient *client)
{
  return !bma_client_is_public (client) && bma_client_is_by_owner (client) &&
         bma_client_has_grant_type (client, "client_credentials");
}

/* Scopes that speak of a person mean nothing here. */
static char **
drop_personal (const char *const *scopes)
{
  static const char *const personal[] = { BMA_SCOPE_OFFLINE_ACCESS, BMA_SCOPE_OPENID,
                                          "profile", "email", NULL };
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (size_t i = 0; scopes[i] != NULL; i++)
    if (!g_strv_contains (personal, scopes[i]))
      g_strv_builder_add (builder, scopes[i]);
  return g_strv_builder_end (builder);
}

/* What the client gets; NULL when it asks for more than it may have. */
static char **
pick_scopes (const BmaTokenRequest *request,
             const BmaClient *client,
             const BmaConfig *config)
{
  g_auto (GStrv) asked = bma_scope_parse (request->scope);
  g_auto (GStrv) registered = bma_scope_parse (client->scope);
  g_auto (GStrv) allowed = NULL;

  if (asked == NULL || registered == NULL)
    return NULL;
  allowed = drop_personal (client->scope != NULL ? (const char *const *) registered
                                                 : (const char *const *) config->scopes);
  if (asked[0] == NULL)
    return allowed[0] != NULL ? g_steal_pointer (&allowed) : NULL;
  return bma_scope_are_covered ((const char *const *) asked,
                                (const char *const *) allowed)
             ? g_steal_pointer (&asked)
             : NULL;
}

static BmaSubject *
make_subject (const BmaClient *client, int64_t now_s)
{
  const char *id = bma_client_get_id (client);
  g_autofree char *subject_id = bma_subject_make_id (BMA_SUBJECT_PROVIDER_CLIENT, id);
  BmaSubject *subject = bma_record_new (&bma_subject_type, subject_id);

  subject->provider = g_strdup (BMA_SUBJECT_PROVIDER_CLIENT);
  subject->sub = g_strdup (id);
  subject->name = g_strdup (client->name);
  subject->signed_in_at_s = now_s;
  return subject;
}

static BmaGrant *
make_grant (const BmaTokenFacts *facts,
            const BmaSubject *subject,
            const BmaConfig *config,
            const char *const *scopes,
            int64_t now_s)
{
  g_autofree char *id = bma_client_grant_make_id (facts->client, config);
  BmaGrant *grant = facts->grant != NULL ? bma_record_copy (facts->grant)
                                         : bma_record_new (&bma_grant_type, id);
  char **all = bma_scope_union ((const char *const *) grant->scopes, scopes);

  g_strfreev (grant->scopes);
  grant->scopes = all;
  grant->last_used_at_s = now_s;
  grant->n_uses++;
  if (facts->grant != NULL)
    return grant;
  grant->kind = g_strdup (BMA_GRANT_KIND_HTTP_CLIENT);
  grant->client_id = g_strdup (bma_client_get_id (facts->client));
  grant->trust = g_strdup (BMA_TRUST_HTTP_CLIENT);
  grant->subject_id = g_strdup (subject->record.id);
  grant->resource = g_strdup (config->resources[0]);
  grant->decision = g_strdup (BMA_DECISION_ALWAYS);
  grant->created_at_s = now_s;
  return grant;
}

static void
put_family (BmaChange *change,
            const BmaTokenDecision *decision,
            const BmaConfig *config,
            int64_t now_s)
{
  BmaFamily *family = bma_record_new (&bma_family_type, decision->family_id);

  family->grant_id = g_strdup (decision->grant->record.id);
  family->resource = g_strdup (decision->resource);
  family->scopes = g_strdupv (decision->scopes);
  family->signed_in_at_s = now_s;
  family->created_at_s = now_s;
  family->expires_at_s = now_s + config->access_lifetime_s;
  bma_change_put_take (change, family);
}

/**
 * bma_client_grant_decide:
 * @request: the request
 * @facts: what was looked up; its client is authenticated
 * @config: settings
 * @ticket: randomness
 * @now_s: time
 * @change: where puts go
 *
 * Decides a request of a client for itself (RFC 6749 section 4.4). Its token belongs to a
 * grant like every other, so that the owner sees it and can revoke it.
 *
 * Returns: (transfer full): the decision
 */
BmaTokenDecision *
bma_client_grant_decide (const BmaTokenRequest *request,
                         const BmaTokenFacts *facts,
                         const BmaConfig *config,
                         const BmaTokenTicket *ticket,
                         int64_t now_s,
                         BmaChange *change)
{
  BmaTokenDecision *self = NULL;
  g_auto (GStrv) scopes = NULL;

  if (!may_act_for_itself (facts->client))
    return bma_token_decision_new_refusal (BMA_OAUTH_UNAUTHORIZED_CLIENT,
                                           "only a client that the owner made for it may "
                                           "use client_credentials",
                                           "client_credentials not allowed");
  scopes = pick_scopes (request, facts->client, config);
  if (scopes == NULL)
    return bma_token_decision_new_refusal (BMA_OAUTH_INVALID_SCOPE,
                                           "scope goes beyond what the client may have",
                                           "scope beyond client");
  if (!bma_token_request_matches_resource (request, config))
    return bma_token_decision_new_refusal (BMA_OAUTH_INVALID_TARGET,
                                           "resource is not served here",
                                           "foreign resource");
  self = g_new0 (BmaTokenDecision, 1);
  self->action = BMA_TOKEN_ISSUE;
  self->reason = "client credentials";
  self->family_id = g_strdup (ticket->family_id);
  self->resource =
      bma_token_request_pick_audience (request, config, config->resources[0]);
  self->scopes = g_steal_pointer (&scopes);
  self->signed_in_at_s = now_s;
  self->subject = make_subject (facts->client, now_s);
  self->grant = make_grant (facts, self->subject, config,
                            (const char *const *) self->scopes, now_s);
  self->is_new_grant = facts->grant == NULL;
  bma_change_put (change, self->subject);
  bma_change_put (change, self->grant);
  put_family (change, self, config, now_s);
  return self;
}
