/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-authorize.h"

#include "bma-peer.h"
#include "bma-scope.h"
#include "bma-text.h"
#include "bma-uri.h"

static BmaAuthorizeDecision
decision (BmaAuthorizeAction action, BmaOauthError error)
{
  return (BmaAuthorizeDecision){ action, error };
}

static BmaAuthorizeDecision
proceed (BmaAuthorizeAction action)
{
  return decision (action, BMA_OAUTH_NO_ERROR);
}

/**
 * bma_authorize_grant_covers:
 * @grant: (nullable): what the person allowed before
 * @request: what is asked now
 *
 * Returns: whether the same redirect URI (whatever loopback port) and no further scope is
 *   asked, so that no second consent is needed
 */
gboolean
bma_authorize_grant_covers (const BmaGrant *grant, const BmaAuthorizeRequest *request)
{
  g_autofree char *redirect = NULL;

  if (grant == NULL || grant->redirect_uris == NULL ||
      g_strcmp0 (grant->decision, BMA_DECISION_ALWAYS) != 0)
    return FALSE;
  redirect = bma_uri_without_loopback_port (request->redirect_uri);
  return g_strv_contains ((const char *const *) grant->redirect_uris, redirect) &&
         bma_scope_are_covered ((const char *const *) request->scopes,
                                (const char *const *) grant->scopes);
}

/* Everybody knows the URL of a document, and where the answer does not go to a web server
 * nothing proves which program gets it (RFC 8252 section 8.6). A registered client at
 * least knows an id that was given to it alone. */
static gboolean
could_be_another (const BmaClient *client, const BmaAuthorizeRequest *request)
{
  return g_strcmp0 (client->origin, BMA_CLIENT_ORIGIN_DOCUMENT) == 0 &&
         bma_client_is_public (client) &&
         !g_str_has_prefix (request->redirect_uri, "https://");
}

/* `prompt` or `max_age` may ask for a new proof of who the person is. */
static gboolean
needs_login (const BmaAuthorizeRequest *request, const BmaAuthorizeFacts *facts)
{
  if (facts->wants_login || bma_authorize_request_has_prompt (request, "login") ||
      bma_authorize_request_has_prompt (request, "select_account"))
    return TRUE;
  return request->max_age_s >= 0 && facts->subject != NULL &&
         facts->now_s - facts->subject->signed_in_at_s > request->max_age_s;
}

/**
 * bma_authorize_limit_scopes:
 * @request: a request whose scopes were read
 * @form: what it was read from
 * @client: who asks
 *
 * What the owner made a client for holds for it; one that registered itself may ask for
 * more than it first said, and the person decides.
 *
 * Returns: the error, or none
 */
BmaOauthError
bma_authorize_limit_scopes (BmaAuthorizeRequest *request,
                            const BmaForm *form,
                            const BmaClient *client)
{
  static const char *const always[] = { BMA_SCOPE_OFFLINE_ACCESS, NULL };
  g_auto (GStrv) allowed = NULL;
  g_auto (GStrv) accepted = NULL;

  if (client->scope == NULL || !bma_client_is_by_owner (client))
    return BMA_OAUTH_NO_ERROR;
  allowed = bma_scope_parse (client->scope);
  if (bma_form_get (form, "scope") == NULL && allowed != NULL)
    {
      g_strfreev (request->scopes);
      request->scopes = g_steal_pointer (&allowed);
      return BMA_OAUTH_NO_ERROR;
    }
  accepted = bma_scope_union ((const char *const *) allowed, always);
  if (!bma_scope_are_covered ((const char *const *) request->scopes,
                              (const char *const *) accepted))
    return (BmaOauthError){ BMA_OAUTH_INVALID_SCOPE,
                            "scope holds one that this client may not have" };
  return BMA_OAUTH_NO_ERROR;
}

/**
 * bma_authorize_decide:
 * @request: the request; its scopes and resource are filled in
 * @form: what it was read from
 * @facts: what was looked up
 * @config: settings
 *
 * Decides what happens to an authorization request (RFC 6749 section 4.1.1). Consent
 * comes before the identity provider (the confused deputy rule of MCP). `prompt=consent`
 * alone does not ask again: MCP clients always send it together with `offline_access`
 * (docs/adr/0005).
 *
 * Returns: the decision
 */
BmaAuthorizeDecision
bma_authorize_decide (BmaAuthorizeRequest *request,
                      const BmaForm *form,
                      const BmaAuthorizeFacts *facts,
                      const BmaConfig *config)
{
  BmaOauthError error = bma_authorize_request_check_client (request, facts->client);
  gboolean silent = bma_authorize_request_has_prompt (request, "none");
  gboolean login = FALSE;
  gboolean allowed = FALSE;

  if (error.code != BMA_OAUTH_OK)
    return decision (BMA_AUTHORIZE_SHOW_ERROR, error);
  error = bma_authorize_request_check (request, form, config);
  if (error.code == BMA_OAUTH_OK)
    error = bma_authorize_limit_scopes (request, form, facts->client);
  if (error.code != BMA_OAUTH_OK)
    return decision (BMA_AUTHORIZE_REDIRECT_ERROR, error);

  /* The local user is who the socket says; there is nothing to sign in to again. */
  login = needs_login (request, facts) &&
          !g_str_equal (config->provider, BMA_PROVIDER_LOCAL);
  allowed = facts->consented || (facts->subject != NULL &&
                                 bma_authorize_grant_covers (facts->grant, request) &&
                                 !could_be_another (facts->client, request));
  if (silent && (!allowed || facts->subject == NULL || login))
    return decision (BMA_AUTHORIZE_REDIRECT_ERROR,
                     (BmaOauthError){ BMA_OAUTH_INTERACTION_REQUIRED,
                                      "the person must be asked first" });
  if (!allowed)
    return proceed (BMA_AUTHORIZE_ASK_CONSENT);
  if (facts->subject == NULL || login)
    return proceed (BMA_AUTHORIZE_SIGN_IN);
  return proceed (BMA_AUTHORIZE_ISSUE_CODE);
}

/**
 * bma_authorize_extend_grant:
 * @old: (nullable): what the person allowed before
 * @grant_id: its id
 * @terms: what was asked and allowed now
 * @subject: who allowed it
 * @config: settings
 * @now_s: time
 *
 * A larger set of scopes keeps the old ones.
 *
 * Returns: (transfer full): what the person allows from now on
 */
BmaGrant *
bma_authorize_extend_grant (const BmaGrant *old,
                            const char *grant_id,
                            const BmaCodeTerms *terms,
                            const BmaSubject *subject,
                            const BmaConfig *config,
                            int64_t now_s)
{
  BmaGrant *grant = old != NULL ? bma_record_copy (old)
                                : bma_record_new (&bma_grant_type, grant_id);
  g_autofree char *redirect = terms->redirect_uri != NULL
                                  ? bma_uri_without_loopback_port (terms->redirect_uri)
                                  : NULL;
  const char *const redirects[] = { redirect, NULL };
  char **scopes = bma_scope_union ((const char *const *) grant->scopes, terms->scopes);
  char **uris = bma_scope_union ((const char *const *) grant->redirect_uris, redirects);

  g_strfreev (grant->scopes);
  g_strfreev (grant->redirect_uris);
  grant->scopes = scopes;
  grant->redirect_uris = uris;
  grant->last_used_at_s = now_s;
  if (old != NULL)
    return grant;
  grant->kind = g_strdup (BMA_GRANT_KIND_HTTP_CLIENT);
  grant->client_id = g_strdup (terms->client_id);
  grant->trust = g_strdup (BMA_TRUST_HTTP_CLIENT);
  grant->subject_id = g_strdup (subject->record.id);
  grant->resource = g_strdup (config->resources[0]);
  grant->decision = g_strdup (BMA_DECISION_ALWAYS);
  grant->created_at_s = now_s;
  return grant;
}

/**
 * bma_authorize_get_sign_in_time:
 * @subject: a person
 * @config: settings
 * @now_s: time
 *
 * Returns: when they last proved who they are; the kernel says anew with every request
 *   who the local user is
 */
int64_t
bma_authorize_get_sign_in_time (const BmaSubject *subject,
                                const BmaConfig *config,
                                int64_t now_s)
{
  return g_str_equal (config->provider, BMA_PROVIDER_LOCAL) ? now_s
                                                            : subject->signed_in_at_s;
}

/**
 * bma_authorize_issue:
 * @change: where the puts go
 * @terms: what was asked and allowed
 * @subject: who allowed it
 * @old_grant: (nullable): what they allowed that client before
 * @ticket: randomness
 * @config: settings
 * @now_s: time
 *
 * Adds to @change the new code (its hash only) and the consent to remember.
 */
void
bma_authorize_issue (BmaChange *change,
                     const BmaCodeTerms *terms,
                     const BmaSubject *subject,
                     const BmaGrant *old_grant,
                     const BmaCodeTicket *ticket,
                     const BmaConfig *config,
                     int64_t now_s)
{
  g_autofree char *grant_id = bma_grant_make_id (BMA_GRANT_KIND_HTTP_CLIENT,
                                                 terms->client_id, subject->record.id,
                                                 config->resources[0]);
  g_autofree char *code_id = bma_text_sha256_hex (ticket->code);
  BmaCode *code = bma_record_new (&bma_code_type, code_id);

  code->client_id = g_strdup (terms->client_id);
  code->redirect_uri = g_strdup (terms->redirect_uri);
  code->code_challenge = g_strdup (terms->code_challenge);
  code->nonce = g_strdup (terms->nonce);
  code->grant_id = g_strdup (grant_id);
  code->family_id = g_strdup (ticket->family_id);
  code->resource = g_strdup (terms->resource);
  code->scopes = g_strdupv ((char **) terms->scopes);
  code->signed_in_at_s = bma_authorize_get_sign_in_time (subject, config, now_s);
  code->expires_at_s = now_s + config->code_lifetime_s;
  bma_change_put_take (change, code);
  bma_change_put_take (change, bma_authorize_extend_grant (old_grant, grant_id, terms,
                                                           subject, config, now_s));
}

/**
 * bma_authorize_make_subject:
 * @provider: name of the identity provider
 * @sub: the person's identifier there
 * @name: (nullable): for people to read
 * @email: (nullable): verified address
 * @now_s: time
 *
 * Returns: (transfer full): the person, signed in now
 */
BmaSubject *
bma_authorize_make_subject (const char *provider,
                            const char *sub,
                            const char *name,
                            const char *email,
                            int64_t now_s)
{
  g_autofree char *id = bma_subject_make_id (provider, sub);
  BmaSubject *subject = bma_record_new (&bma_subject_type, id);

  subject->provider = g_strdup (provider);
  subject->sub = g_strdup (sub);
  subject->name = g_strdup (name);
  subject->email = g_strdup (email);
  subject->signed_in_at_s = now_s;
  return subject;
}
