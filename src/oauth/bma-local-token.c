/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-local-token.h"

#include "bma-once.h"
#include "bma-scope-rules.h"
#include "bma-scope.h"

/**
 * bma_local_token_make_binding:
 * @decision: once, session or always
 * @peer: who was allowed
 * @session_id: (nullable): the desktop session
 *
 * Returns: (transfer full) (nullable): what a grant of that kind is tied to: the bus
 *   connection for `once`, the desktop session for `session`, nothing for `always`
 */
char *
bma_local_token_make_binding (const char *decision,
                              const BmaPeer *peer,
                              const char *session_id)
{
  const char *senders[] = { peer->sender, NULL };

  if (g_str_equal (decision, BMA_DECISION_ONCE))
    return bma_once_make (session_id, senders);
  if (g_str_equal (decision, BMA_DECISION_SESSION))
    return g_strdup (session_id != NULL ? session_id : "");
  return NULL;
}

/**
 * bma_local_token_is_bound:
 * @grant: a grant
 * @peer: who asks
 * @session_id: (nullable): the desktop session
 *
 * Returns: whether what @grant is tied to is still there
 */
gboolean
bma_local_token_is_bound (const BmaGrant *grant,
                          const BmaPeer *peer,
                          const char *session_id)
{
  g_autofree char *binding = NULL;

  if (g_strcmp0 (grant->decision, BMA_DECISION_ONCE) == 0)
    return bma_once_has (grant->caller, session_id, peer->sender);
  binding = bma_local_token_make_binding (grant->decision, peer, session_id);
  return g_strcmp0 (binding, grant->caller) == 0;
}

static unsigned int
rank (const char *decision)
{
  if (g_strcmp0 (decision, BMA_DECISION_ALWAYS) == 0)
    return 3;
  if (g_strcmp0 (decision, BMA_DECISION_SESSION) == 0)
    return 2;
  return g_strcmp0 (decision, BMA_DECISION_ONCE) == 0 ? 1 : 0;
}

/**
 * bma_local_token_outlasts:
 * @grant: what was allowed before
 * @peer: who asks
 * @session_id: (nullable): the desktop session
 * @decision: for how long more is allowed now
 *
 * Returns: whether what was allowed before still holds, and for that long
 */
gboolean
bma_local_token_outlasts (const BmaGrant *grant,
                          const BmaPeer *peer,
                          const char *session_id,
                          const char *decision)
{
  return bma_local_token_is_bound (grant, peer, session_id) &&
         rank (grant->decision) >= rank (decision);
}

static gboolean
is_proven (const BmaPeer *peer)
{
  return g_str_equal (peer->trust, BMA_TRUST_SANDBOX) ||
         g_str_equal (peer->trust, BMA_TRUST_UNIT) ||
         g_str_equal (peer->trust, BMA_TRUST_PAIRED);
}

/**
 * bma_local_token_pick_decision:
 * @wanted: (nullable): what the person chose
 * @peer: who asks
 * @wants_pairing: whether it asked for a key by which it can be known again
 *
 * A caller that only claims to be somebody can be allowed for the session at most, unless
 * it gets a key: any program can claim the same. One that has no name but that of its
 * connection can be allowed for as long as that lasts.
 *
 * Returns: (transfer none): the decision to remember
 */
const char *
bma_local_token_pick_decision (const char *wanted,
                               const BmaPeer *peer,
                               gboolean wants_pairing)
{
  if (g_strcmp0 (wanted, BMA_DECISION_ONCE) == 0)
    return BMA_DECISION_ONCE;
  if (g_strcmp0 (wanted, BMA_DECISION_ALWAYS) == 0 && (is_proven (peer) || wants_pairing))
    return BMA_DECISION_ALWAYS;
  return bma_peer_is_nameless (peer) ? BMA_DECISION_ONCE : BMA_DECISION_SESSION;
}

/**
 * bma_local_token_decide:
 * @scopes: what is asked for
 * @resource: (nullable): where for (RFC 8707)
 * @facts: what was looked up
 * @config: settings
 *
 * Decides whether a local caller gets a token.
 *
 * Returns: the decision
 */
BmaLocalAction
bma_local_token_decide (const char *const *scopes,
                        const char *resource,
                        const BmaLocalFacts *facts,
                        const BmaConfig *config)
{
  g_auto (GStrv) known = bma_scope_rules_list_resource (config);

  if (resource != NULL && bma_config_match_resource (config, resource) == NULL)
    return BMA_LOCAL_BAD_RESOURCE;
  if (!bma_scope_is_subset (scopes, (const char *const *) known))
    return BMA_LOCAL_BAD_SCOPE;
  if (facts->is_refused)
    return BMA_LOCAL_DENY;
  if (facts->subject == NULL)
    return BMA_LOCAL_SIGN_IN;
  if (facts->grant == NULL)
    return BMA_LOCAL_ASK;
  if (g_strcmp0 (facts->grant->decision, BMA_DECISION_NEVER) == 0)
    return BMA_LOCAL_DENY;
  if (!bma_local_token_is_bound (facts->grant, facts->peer, facts->session_id) ||
      !bma_scope_are_covered (scopes, (const char *const *) facts->grant->scopes))
    return BMA_LOCAL_ASK;
  return BMA_LOCAL_ISSUE;
}

/**
 * bma_local_token_decide_life:
 * @max_valid_s: how long a token may be good at most; 0 for no wish
 * @config: settings
 *
 * Returns: how long it will be, seconds
 */
int64_t
bma_local_token_decide_life (uint32_t max_valid_s, const BmaConfig *config)
{
  if (max_valid_s == 0)
    return config->access_lifetime_s;
  return MIN (max_valid_s, config->access_lifetime_s);
}

/**
 * bma_local_token_decide_rest:
 * @min_valid_s: how long the caller needs it
 * @life_s: how long tokens of its kind are good
 *
 * A token that somebody got before is good enough for the next one while at least a
 * quarter of its life is left.
 *
 * Returns: how long it must still be good, seconds
 */
int64_t
bma_local_token_decide_rest (uint32_t min_valid_s, int64_t life_s)
{
  return MAX ((int64_t) min_valid_s, life_s / 4);
}
