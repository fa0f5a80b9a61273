/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-broker-private.h"

#include "bma-approval-private.h"
#include "bma-local-token.h"
#include "bma-log.h"

const char *const *
bma_broker_wanted_scopes (BmaBroker *self, const BmaLocalRequest *request)
{
  if (request->scopes == NULL || request->scopes[0] == NULL)
    return (const char *const *) self->config->scopes;
  return request->scopes;
}

/**
 * bma_broker_decide_local:
 * @self: a broker
 * @caller: who asks
 * @request: for what
 * @grant: (out) (transfer none) (nullable): what the person allowed it
 *
 * Returns: what happens to the request
 */
BmaLocalAction
bma_broker_decide_local (BmaBroker *self,
                         BmaPeer *caller,
                         const BmaLocalRequest *request,
                         const BmaGrant **grant)
{
  g_autoptr (BmaPeer) peer = bma_broker_recognise (self, caller, self->subject);
  BmaLocalFacts facts = { peer, self->session_id, self->subject, NULL };
  g_autofree char *id = NULL;

  facts.is_refused = bma_broker_is_refused (self, peer);
  if (self->subject != NULL)
    {
      id = bma_broker_make_app_grant_id (self, peer, self->subject);
      facts.grant = bma_store_lookup (self->store, &bma_grant_type, id);
    }
  *grant = facts.grant;
  return bma_local_token_decide (bma_broker_wanted_scopes (self, request),
                                 request->resource, &facts, self->config);
}

/**
 * bma_broker_refuse_local:
 * @self: a broker
 * @action: what was decided
 * @request: for what
 *
 * Returns: (transfer full) (nullable): what there is against a token
 */
GError *
bma_broker_refuse_local (BmaBroker *self,
                         BmaLocalAction action,
                         const BmaLocalRequest *request)
{
  const GError *problem = bma_key_manager_get_problem (self->keys);
  GError *locked = bma_broker_refuse_while_locked (self);

  if (locked != NULL)
    return locked;
  switch (action)
    {
    case BMA_LOCAL_BAD_SCOPE:
      return g_error_new_literal (BMA_BROKER_ERROR, BMA_BROKER_ERROR_INVALID_SCOPE,
                                  "A scope is not supported; see scopes_supported of the "
                                  "resource metadata");
    case BMA_LOCAL_BAD_RESOURCE:
      return g_error_new_literal (BMA_BROKER_ERROR, BMA_BROKER_ERROR_INVALID_RESOURCE,
                                  "That resource is not served here; see the property "
                                  "Resource");
    case BMA_LOCAL_SIGN_IN:
      return g_error_new_literal (BMA_BROKER_ERROR, BMA_BROKER_ERROR_NOT_SIGNED_IN,
                                  "Nobody is signed in; call SignIn or RequestToken");
    case BMA_LOCAL_DENY:
      return g_error_new_literal (BMA_BROKER_ERROR, BMA_BROKER_ERROR_ACCESS_DENIED,
                                  "The person refused this program");
    case BMA_LOCAL_ASK:
      return g_error_new_literal (BMA_BROKER_ERROR, BMA_BROKER_ERROR_INTERACTION_REQUIRED,
                                  "The person has to allow it first; call RequestToken");
    case BMA_LOCAL_ISSUE:
      break;
    }
  if (request->min_valid_s > self->config->access_lifetime_s)
    return g_error_new_literal (BMA_BROKER_ERROR, BMA_BROKER_ERROR_INVALID_ARGUMENT,
                                "min-valid-s is longer than tokens live here");
  if (request->max_valid_s != 0 &&
      request->max_valid_s < MAX (request->min_valid_s, BMA_LOCAL_TOKEN_MIN_LIFE_S))
    return g_error_new (BMA_BROKER_ERROR, BMA_BROKER_ERROR_INVALID_ARGUMENT,
                        "max-valid-s must be %d at least, and no less than min-valid-s",
                        BMA_LOCAL_TOKEN_MIN_LIFE_S);
  if (bma_key_manager_get_keys (self->keys) != NULL)
    return NULL;
  if (problem != NULL &&
      g_error_matches (problem, BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_MISSING))
    return g_error_new (BMA_BROKER_ERROR, BMA_BROKER_ERROR_KEYRING_MISSING,
                        "There is no keyring: %s", problem->message);
  if (bma_broker_has_unusable_key (self))
    return g_error_new_literal (BMA_BROKER_ERROR, BMA_BROKER_ERROR_FAILED,
                                "There is no usable key to sign with; biomcp-auth doctor "
                                "tells why");
  return g_error_new_literal (BMA_BROKER_ERROR, BMA_BROKER_ERROR_KEYRING_LOCKED,
                              "The keyring is locked; unlock it and try again");
}

/**
 * bma_broker_refuse_question:
 * @self: a broker
 * @peer: who asks
 * @request: for what
 *
 * Returns: (transfer full) (nullable): why the person need not be asked
 */
GError *
bma_broker_refuse_question (BmaBroker *self,
                            BmaPeer *peer,
                            const BmaLocalRequest *request)
{
  const BmaGrant *grant = NULL;
  BmaLocalAction action = bma_broker_decide_local (self, peer, request, &grant);

  if (action == BMA_LOCAL_ASK || action == BMA_LOCAL_SIGN_IN)
    action = BMA_LOCAL_ISSUE;
  return bma_broker_refuse_local (self, action, request);
}
