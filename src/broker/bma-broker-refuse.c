/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-approval-private.h"
#include "bma-broker-private.h"
#include "bma-log.h"

/**
 * bma_broker_make_refusal_id:
 * @self: a broker
 * @peer: a caller
 *
 * Who says never says it of the program, whoever is signed in.
 *
 * Returns: (transfer full): id of the grant with the decision never
 */
char *
bma_broker_make_refusal_id (BmaBroker *self, const BmaPeer *peer)
{
  g_autofree char *holder = g_strconcat (peer->trust, ":", peer->app_id, NULL);

  return bma_grant_make_id (BMA_GRANT_KIND_DBUS_APP, holder, "",
                            self->config->resources[0]);
}

/**
 * bma_broker_is_refused:
 * @self: a broker
 * @peer: a caller, recognised
 *
 * One that was allowed always and proves to be that one is another than all those of its
 * name.
 *
 * Returns: whether the person said never to it
 */
gboolean
bma_broker_is_refused (BmaBroker *self, const BmaPeer *peer)
{
  g_autofree char *id = bma_broker_make_refusal_id (self, peer);

  return !g_str_equal (peer->trust, BMA_TRUST_PAIRED) &&
         bma_store_lookup (self->store, &bma_grant_type, id) != NULL;
}

/**
 * bma_broker_can_refuse:
 * @peer: a caller
 *
 * Returns: whether never can be said to it: it has a name beyond its connection
 */
gboolean
bma_broker_can_refuse (const BmaPeer *peer)
{
  return !bma_peer_is_nameless (peer);
}

/**
 * bma_broker_deny_app:
 * @self: a broker
 * @approval: the question
 *
 * The person said no, this time. The program does not come back by itself.
 */
void
bma_broker_deny_app (BmaBroker *self, BmaApproval *approval)
{
  bma_broker_put_off (self, approval, NULL);
  bma_approval_resolve (approval, BMA_APPROVAL_DENIED, NULL);
}

static gboolean
is_held_by (const BmaGrant *grant, const BmaPeer *peer)
{
  if (g_strcmp0 (grant->kind, BMA_GRANT_KIND_DBUS_APP) != 0 ||
      g_strcmp0 (grant->decision, BMA_DECISION_NEVER) == 0)
    return FALSE;
  if (g_str_equal (grant->trust, BMA_TRUST_PAIRED))
    return peer->pairing_hash != NULL &&
           g_strcmp0 (grant->pairing_hash, peer->pairing_hash) == 0;
  return g_strcmp0 (grant->app_id, peer->app_id) == 0 &&
         g_strcmp0 (grant->trust, peer->trust) == 0;
}

static void
delete_app_grants (BmaBroker *self, BmaChange *change, const BmaPeer *peer)
{
  g_autoptr (GPtrArray) grants = bma_store_list (self->store, &bma_grant_type);

  for (unsigned int i = 0; i < grants->len; i++)
    if (is_held_by (grants->pdata[i], peer))
      bma_broker_delete_grant (self, change, grants->pdata[i]);
}

/* Whatever else it asks has the same answer. */
static void
deny_others (BmaBroker *self, BmaApproval *approval)
{
  BmaPeer *peer = bma_approval_get_peer (approval);
  g_autoptr (GPtrArray) approvals = bma_broker_list_approvals (self);

  for (unsigned int i = 0; i < approvals->len; i++)
    if (approvals->pdata[i] != approval &&
        bma_broker_is_same_program (self, bma_approval_get_peer (approvals->pdata[i]),
                                    peer))
      bma_approval_resolve (approvals->pdata[i], BMA_APPROVAL_DENIED, NULL);
}

/**
 * bma_broker_refuse_app:
 * @self: a broker
 * @approval: the question
 *
 * The person said never: remembers that, takes back what the program was allowed before,
 * and ends the question. It is not asked again until the person takes it back.
 */
void
bma_broker_refuse_app (BmaBroker *self, BmaApproval *approval)
{
  const BmaPeer *peer = bma_approval_get_peer (approval);
  g_autofree char *id = bma_broker_make_refusal_id (self, peer);
  g_autoptr (BmaChange) change = bma_change_new ();
  BmaGrant *grant = NULL;

  if (!bma_broker_can_refuse (peer))
    {
      bma_broker_deny_app (self, approval);
      return;
    }
  grant = bma_record_new (&bma_grant_type, id);
  grant->kind = g_strdup (BMA_GRANT_KIND_DBUS_APP);
  grant->app_id = g_strdup (peer->app_id);
  grant->trust = g_strdup (peer->trust);
  grant->subject_id = g_strdup ("");
  grant->resource = g_strdup (self->config->resources[0]);
  grant->scopes = g_new0 (char *, 1);
  grant->decision = g_strdup (BMA_DECISION_NEVER);
  grant->created_at_s = bma_broker_now_s (self);
  grant->last_used_at_s = grant->created_at_s;
  delete_app_grants (self, change, peer);
  bma_change_put_take (change, grant);
  bma_log_notice ("local", "%s (%s): never", peer->app_id, peer->trust);
  bma_broker_apply_then_resolve (self, approval, change, BMA_APPROVAL_DENIED);
  bma_broker_emit_grant_changed (self, grant, "added");
  deny_others (self, approval);
}

/**
 * bma_broker_refuse_sign_in:
 * @self: a broker
 * @peer: who asks
 *
 * Returns: (transfer full) (nullable): why the person need not be asked to sign in
 */
GError *
bma_broker_refuse_sign_in (BmaBroker *self, const BmaPeer *peer)
{
  const BmaLocalRequest request = { NULL };

  return bma_broker_is_refused (self, peer)
             ? bma_broker_refuse_local (self, BMA_LOCAL_DENY, &request)
             : NULL;
}
