/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-broker-private.h"
#include "bma-once.h"

/* The last one takes the grant along. */
static void
forget_holder (BmaBroker *self,
               BmaChange *change,
               const BmaGrant *grant,
               const char *sender)
{
  char *rest = bma_once_drop (grant->caller, self->session_id, sender);
  BmaGrant *reduced = NULL;

  if (rest == NULL)
    {
      bma_broker_delete_grant (self, change, grant);
      return;
    }
  reduced = bma_record_copy (grant);
  g_free (reduced->caller);
  reduced->caller = rest;
  bma_change_put_take (change, reduced);
}

/**
 * bma_broker_list_once_callers:
 * @self: a broker
 *
 * Returns: (transfer full): the bus connections of this session that a grant of `once` is
 *   tied to, whether they are still there or left while the service was not
 */
char **
bma_broker_list_once_callers (BmaBroker *self)
{
  g_autoptr (GPtrArray) grants = bma_store_list (self->store, &bma_grant_type);
  g_autoptr (GStrvBuilder) callers = g_strv_builder_new ();

  for (unsigned int i = 0; i < grants->len; i++)
    {
      const BmaGrant *grant = g_ptr_array_index (grants, i);
      g_auto (GStrv) senders = NULL;

      if (g_strcmp0 (grant->decision, BMA_DECISION_ONCE) != 0)
        continue;
      senders = bma_once_list (grant->caller, self->session_id);
      g_strv_builder_addv (callers, (const char **) senders);
    }
  return g_strv_builder_end (callers);
}

/**
 * bma_broker_forget_caller:
 * @self: a broker
 * @sender: a bus connection that is gone
 *
 * Ends the grants of `once`, the endpoints and the tied tokens that belonged to it.
 */
void
bma_broker_forget_caller (BmaBroker *self, const char *sender)
{
  g_autoptr (GPtrArray) grants = bma_store_list (self->store, &bma_grant_type);
  g_autoptr (BmaChange) change = bma_change_new ();

  for (unsigned int i = 0; i < grants->len; i++)
    {
      const BmaGrant *grant = g_ptr_array_index (grants, i);

      if (g_strcmp0 (grant->decision, BMA_DECISION_ONCE) == 0 &&
          bma_once_has (grant->caller, self->session_id, sender))
        forget_holder (self, change, grant, sender);
    }
  if (bma_change_get_n_ops (change) > 0)
    bma_store_apply_lazily (self->store, change);
  bma_broker_untie (self, sender, NULL);
  bma_broker_close_endpoints (self, sender);
}
