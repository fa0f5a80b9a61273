/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-approval-private.h"
#include "bma-broker-private.h"
#include "bma-local-token.h"
#include "bma-log.h"
#include "bma-once.h"
#include "bma-scope.h"

/**
 * bma_broker_request_approval:
 * @self: a broker
 * @peer: who asks
 * @request: for what
 * @error: return location for a #BmaBrokerError
 *
 * Makes the question that the person has to answer before a token can be given, or joins
 * it if that program asks it already. Who loses interest must leave it again, see
 * [method@Approval.leave].
 *
 * Returns: (transfer full) (nullable): the question
 */
BmaApproval *
bma_broker_request_approval (BmaBroker *self,
                             BmaPeer *peer,
                             const BmaLocalRequest *request,
                             GError **error)
{
  BmaLocalRequest full = *request;
  GError *refusal = bma_broker_refuse_question (self, peer, request);

  if (refusal != NULL)
    {
      g_propagate_error (error, refusal);
      return NULL;
    }
  full.scopes = bma_broker_wanted_scopes (self, request);
  return bma_broker_add_approval (self, peer, &full, error);
}

/**
 * bma_broker_request_sign_in:
 * @self: a broker
 * @peer: who asks
 * @error: return location for a #BmaBrokerError
 *
 * Returns: (transfer full) (nullable): the question; %NULL without an error when the
 * person is signed in
 */
BmaApproval *
bma_broker_request_sign_in (BmaBroker *self, BmaPeer *peer, GError **error)
{
  GError *refusal = bma_broker_refuse_sign_in (self, peer);

  if (refusal != NULL)
    {
      g_propagate_error (error, refusal);
      return NULL;
    }
  if (self->subject != NULL)
    return NULL;
  return bma_broker_add_approval (self, peer, NULL, error);
}

/**
 * bma_broker_offered_decisions:
 * @self: a broker
 * @approval: a question
 *
 * Returns: (transfer full): for how long the person can allow it, the default first
 */
char **
bma_broker_offered_decisions (BmaBroker *self, BmaApproval *approval)
{
  static const char *const decisions[] = { BMA_DECISION_ALWAYS, BMA_DECISION_SESSION,
                                           BMA_DECISION_ONCE };
  g_autoptr (BmaPeer)
      peer = bma_broker_recognise (self, bma_approval_get_peer (approval), self->subject);
  gboolean wants_pairing = bma_approval_get_request (approval)->wants_pairing;
  const char *first = bma_local_token_pick_decision (BMA_DECISION_ALWAYS, peer, FALSE);
  g_autoptr (GStrvBuilder) offered = g_strv_builder_new ();

  g_strv_builder_add (offered, first);
  for (size_t i = 0; i < G_N_ELEMENTS (decisions); i++)
    if (!g_str_equal (decisions[i], first) &&
        g_str_equal (bma_local_token_pick_decision (decisions[i], peer, wants_pairing),
                     decisions[i]))
      g_strv_builder_add (offered, decisions[i]);
  return g_strv_builder_end (offered);
}

/* What waits for a store. */
typedef struct
{
  BmaApproval *approval; /* owned */
  BmaApprovalOutcome outcome;
} Answer;

static void
resolve_when_applied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Answer *answer = user_data;
  g_autoptr (BmaApproval) approval = answer->approval;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) failure = NULL;

  if (bma_store_apply_finish (BMA_STORE (source), result, &error))
    {
      bma_approval_resolve (approval, answer->outcome, NULL);
      return;
    }
  failure =
      g_error_new_literal (BMA_BROKER_ERROR, BMA_BROKER_ERROR_FAILED, error->message);
  bma_approval_resolve (approval, BMA_APPROVAL_FAILED, failure);
}

/**
 * bma_broker_apply_then_resolve:
 * @self: a broker
 * @approval: the question
 * @change: what must be durable first
 * @outcome: what becomes of it then
 *
 * Ends the question when the answer is safe.
 */
void
bma_broker_apply_then_resolve (BmaBroker *self,
                               BmaApproval *approval,
                               BmaChange *change,
                               BmaApprovalOutcome outcome)
{
  Answer *answer = g_new0 (Answer, 1);

  answer->approval = g_object_ref (approval);
  answer->outcome = outcome;
  bma_store_apply_async (self->store, change, NULL, resolve_when_applied, answer);
}

/* Whoever asked together is allowed together. */
static char *
make_binding (BmaBroker *self,
              BmaApproval *approval,
              const BmaPeer *peer,
              const char *decision)
{
  g_auto (GStrv) senders = bma_approval_list_senders (approval);

  if (g_str_equal (decision, BMA_DECISION_ONCE) && senders[0] != NULL)
    return bma_once_make (self->session_id, (const char *const *) senders);
  return bma_local_token_make_binding (decision, peer, self->session_id);
}

/* Who the grant is for: with a key, where it takes one to know the caller again. */
static BmaPeer *
pick_holder (BmaBroker *self,
             BmaChange *change,
             BmaApproval *approval,
             BmaPeer *peer,
             const char *decision)
{
  BmaSecret *key = NULL;
  BmaPeer *paired = NULL;

  if (!g_str_equal (peer->trust, BMA_TRUST_CLAIMED) ||
      !g_str_equal (decision, BMA_DECISION_ALWAYS))
    return bma_peer_ref (peer);
  paired = bma_broker_pair (self, change, peer, &key);
  bma_approval_set_pairing_key (approval, key);
  return paired;
}

/* What was allowed for a shorter time, or to others of that name, is not part of the
 * answer: the page did not show it. */
static gboolean
keeps_scopes (BmaBroker *self,
              BmaApproval *approval,
              const BmaGrant *old,
              const BmaPeer *peer,
              const char *decision)
{
  g_auto (GStrv) senders = bma_approval_list_senders (approval);

  if (old == NULL || !bma_local_token_outlasts (old, peer, self->session_id, decision))
    return FALSE;
  for (size_t i = 0;
       g_strcmp0 (old->decision, BMA_DECISION_ONCE) == 0 && senders[i] != NULL; i++)
    if (!bma_once_has (old->caller, self->session_id, senders[i]))
      return FALSE;
  return TRUE;
}

/* What that means for those who had the grant before. */
static const char *
name_change (const BmaGrant *old, const BmaGrant *grant)
{
  if (old == NULL)
    return "added";
  if (g_strcmp0 (old->decision, BMA_DECISION_ONCE) == 0 &&
      g_strcmp0 (grant->decision, BMA_DECISION_ONCE) == 0 &&
      g_strcmp0 (old->caller, grant->caller) != 0)
    return "reduced";
  return bma_scope_is_subset ((const char *const *) old->scopes,
                              (const char *const *) grant->scopes)
             ? "refreshed"
             : "reduced";
}

static BmaGrant *
make_app_grant (BmaBroker *self,
                BmaChange *change,
                BmaApproval *approval,
                const char *wanted,
                const BmaSubject *subject,
                const char **what)
{
  const BmaLocalRequest *request = bma_approval_get_request (approval);
  g_autoptr (BmaPeer)
      known = bma_broker_recognise (self, bma_approval_get_peer (approval), subject);
  const char *decision =
      bma_local_token_pick_decision (wanted, known, request->wants_pairing);
  g_autoptr (BmaPeer) peer = pick_holder (self, change, approval, known, decision);
  g_autofree char *id = bma_broker_make_app_grant_id (self, peer, subject);
  const BmaGrant *old = bma_store_lookup (self->store, &bma_grant_type, id);
  BmaGrant *grant = bma_record_new (&bma_grant_type, id);

  grant->kind = g_strdup (BMA_GRANT_KIND_DBUS_APP);
  grant->app_id = g_strdup (peer->app_id);
  grant->trust = g_strdup (peer->trust);
  grant->subject_id = g_strdup (subject->record.id);
  grant->resource = g_strdup (self->config->resources[0]);
  grant->scopes = bma_scope_union (keeps_scopes (self, approval, old, peer, decision)
                                       ? (const char *const *) old->scopes
                                       : NULL,
                                   request->scopes);
  grant->decision = g_strdup (decision);
  grant->caller = make_binding (self, approval, peer, decision);
  if (g_str_equal (peer->trust, BMA_TRUST_PAIRED))
    grant->pairing_hash = g_strdup (peer->pairing_hash);
  grant->created_at_s = bma_broker_now_s (self);
  grant->last_used_at_s = grant->created_at_s;
  *what = name_change (old, grant);
  return grant;
}

/**
 * bma_broker_resolve_sign_ins:
 * @self: a broker
 *
 * Somebody is signed in now; that was all some asked for.
 */
void
bma_broker_resolve_sign_ins (BmaBroker *self)
{
  g_autoptr (GPtrArray) approvals = bma_broker_list_approvals (self);

  for (unsigned int i = 0; i < approvals->len; i++)
    if (bma_approval_is_sign_in (approvals->pdata[i]))
      bma_approval_resolve (approvals->pdata[i], BMA_APPROVAL_ALLOWED, NULL);
}

/**
 * bma_broker_grant_to_app:
 * @self: a broker
 * @approval: the question
 * @decision: (nullable): for how long
 * @subject: who answered it
 *
 * The person allowed it: remembers that, then ends the question.
 */
void
bma_broker_grant_to_app (BmaBroker *self,
                         BmaApproval *approval,
                         const char *decision,
                         const BmaSubject *subject)
{
  g_autoptr (BmaChange) own = bma_change_new ();
  BmaGrant *grant = NULL;
  const char *what = NULL;

  bma_broker_lift_put_off (self, bma_approval_get_peer (approval));
  if (!bma_approval_is_sign_in (approval))
    {
      grant = make_app_grant (self, own, approval, decision, subject, &what);
      bma_change_put_take (own, grant);
    }
  bma_change_put (own, subject);
  bma_broker_apply_then_resolve (self, approval, own, BMA_APPROVAL_ALLOWED);
  if (grant != NULL)
    bma_broker_emit_grant_changed (self, grant, what);
  bma_broker_resolve_sign_ins (self);
}
