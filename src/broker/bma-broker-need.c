/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-broker-private.h"

/* Whether the service may go while nobody asks anything: what would be lost with it. */

/**
 * bma_broker_hold:
 * @self: a broker
 *
 * Says that something in memory must not be lost, until [method@Broker.release].
 */
void
bma_broker_hold (BmaBroker *self)
{
  g_return_if_fail (BMA_IS_BROKER (self));

  self->n_holds++;
}

/**
 * bma_broker_release:
 * @self: a broker
 *
 * Takes one [method@Broker.hold] back.
 */
void
bma_broker_release (BmaBroker *self)
{
  g_return_if_fail (BMA_IS_BROKER (self) && self->n_holds > 0);

  self->n_holds--;
}

void
bma_broker_keep_until (BmaBroker *self, int64_t at_s)
{
  self->needed_until_s = MAX (self->needed_until_s, at_s);
}

/* A grant of `once` ends with the bus connection of its caller, and only who is there
 * sees that. */
static gboolean
is_bound_to_a_caller (BmaBroker *self, const BmaGrant *grant)
{
  return g_strcmp0 (grant->decision, BMA_DECISION_ONCE) == 0 && grant->caller != NULL &&
         self->session_id != NULL && g_str_has_prefix (grant->caller, self->session_id);
}

/**
 * bma_broker_is_needed:
 * @self: a broker
 *
 * Returns: whether something would be lost if the service ended now, to be started again
 *   with the next request: a question to the person, whom they sent away, a form in a
 * browser, a tied token that is still good, what is held
 */
gboolean
bma_broker_is_needed (BmaBroker *self)
{
  g_autoptr (GPtrArray) grants = NULL;

  g_return_val_if_fail (BMA_IS_BROKER (self), FALSE);

  if (self->n_holds > 0 || self->approvals->len > 0 ||
      g_hash_table_size (self->put_off) > 0 ||
      bma_broker_now_s (self) < self->needed_until_s || bma_broker_has_ties (self))
    return TRUE;
  grants = bma_store_list (self->store, &bma_grant_type);
  for (unsigned int i = 0; i < grants->len; i++)
    if (is_bound_to_a_caller (self, g_ptr_array_index (grants, i)))
      return TRUE;
  return FALSE;
}
