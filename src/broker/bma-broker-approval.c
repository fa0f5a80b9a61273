/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-broker-login-private.h"
#include "bma-broker-private.h"
#include "bma-local-token.h"
#include "bma-log.h"
#include "bma-scope.h"

#define MAX_APPROVALS 64

BmaApproval *
bma_broker_lookup_approval (BmaBroker *self, const char *id)
{
  return g_hash_table_lookup (self->approvals, id);
}

static void
on_approval_resolved (BmaApproval *approval, BmaBroker *self)
{
  g_hash_table_remove (self->approvals, bma_approval_get_id (approval));
}

static BmaApproval *
add_approval (BmaBroker *self,
              BmaPeer *peer,
              const BmaLocalRequest *request,
              GError **error)
{
  BmaApproval *approval = NULL;

  if (g_hash_table_size (self->approvals) >= MAX_APPROVALS)
    {
      g_set_error_literal (error, BMA_BROKER_ERROR, BMA_BROKER_ERROR_RATE_LIMITED,
                           "Too many questions wait for the person; try again later");
      return NULL;
    }
  approval = bma_approval_new (self, peer, request);
  g_hash_table_insert (self->approvals, g_strdup (bma_approval_get_id (approval)),
                       g_object_ref (approval));
  g_signal_connect_object (approval, "resolved", G_CALLBACK (on_approval_resolved), self,
                           G_CONNECT_AFTER);
  return approval;
}

/**
 * bma_broker_request_approval:
 * @self: a broker
 * @peer: who asks
 * @request: for what
 * @error: return location for a #BmaBrokerError
 *
 * Makes the question that the person has to answer before a token can be given.
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
  return add_approval (self, peer, &full, error);
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
  if (self->subject != NULL)
    return NULL;
  return add_approval (self, peer, NULL, error);
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

static void
resolve_when_applied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmaApproval) approval = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) failure = NULL;

  if (bma_store_apply_finish (BMA_STORE (source), result, &error))
    {
      bma_approval_resolve (approval, BMA_APPROVAL_ALLOWED, NULL);
      return;
    }
  failure =
      g_error_new_literal (BMA_BROKER_ERROR, BMA_BROKER_ERROR_FAILED, error->message);
  bma_approval_resolve (approval, BMA_APPROVAL_FAILED, failure);
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

static BmaGrant *
make_app_grant (BmaBroker *self,
                BmaChange *change,
                BmaApproval *approval,
                const char *wanted,
                const BmaSubject *subject)
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
  grant->scopes = bma_scope_union (old != NULL ? (const char *const *) old->scopes : NULL,
                                   request->scopes);
  grant->decision = g_strdup (decision);
  grant->caller = bma_local_token_make_binding (decision, peer, self->session_id);
  if (g_str_equal (peer->trust, BMA_TRUST_PAIRED))
    grant->pairing_hash = g_strdup (peer->pairing_hash);
  grant->created_at_s = bma_broker_now_s (self);
  grant->last_used_at_s = grant->created_at_s;
  return grant;
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

  if (!bma_approval_is_sign_in (approval))
    {
      grant = make_app_grant (self, own, approval, decision, subject);
      bma_change_put_take (own, grant);
    }
  bma_change_put (own, subject);
  bma_store_apply_async (self->store, own, NULL, resolve_when_applied,
                         g_object_ref (approval));
  if (grant != NULL)
    bma_broker_emit_grant_changed (self, grant, "added");
}
