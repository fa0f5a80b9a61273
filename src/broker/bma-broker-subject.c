/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-authorize.h"
#include "bma-broker-private.h"

/**
 * bma_broker_find_subject:
 * @self: a broker
 *
 * Issues tokens for the person who signed in last with the provider in use and did not
 * sign out, if there is one.
 */
void
bma_broker_find_subject (BmaBroker *self)
{
  g_autoptr (GPtrArray) subjects = bma_store_list (self->store, &bma_subject_type);
  const char *provider = bma_identity_provider_get_name (self->provider);
  const BmaSubject *found = NULL;

  for (unsigned int i = 0; i < subjects->len; i++)
    {
      const BmaSubject *subject = g_ptr_array_index (subjects, i);

      if (g_strcmp0 (subject->provider, provider) == 0 && subject->signed_out_at_s == 0 &&
          (found == NULL || found->signed_in_at_s < subject->signed_in_at_s))
        found = subject;
    }
  bma_broker_set_subject (self, found);
}

/**
 * bma_broker_make_subject:
 * @self: a broker
 * @provider: who says so
 * @identity: who signed in
 *
 * Returns: (transfer full): the person, signed in now
 */
BmaSubject *
bma_broker_make_subject (BmaBroker *self,
                         BmaIdentityProvider *provider,
                         const BmaIdentity *identity)
{
  return bma_authorize_make_subject (bma_identity_provider_get_name (provider),
                                     identity->sub, identity->name, identity->email,
                                     bma_broker_now_s (self));
}

/**
 * bma_broker_sign_in_immediately:
 * @self: a broker
 *
 * The desktop user is signed in from the start, unless they signed out.
 */
void
bma_broker_sign_in_immediately (BmaBroker *self)
{
  g_autoptr (BmaIdentity) identity = bma_identity_provider_get_immediate (self->provider);
  g_autoptr (BmaSubject) subject = NULL;
  g_autoptr (BmaChange) change = NULL;

  if (identity == NULL)
    return;
  subject = bma_broker_make_subject (self, self->provider, identity);
  if (bma_store_lookup (self->store, &bma_subject_type, subject->record.id) != NULL)
    return;
  change = bma_change_new ();
  bma_change_put (change, subject);
  bma_store_apply_lazily (self->store, change);
}

/**
 * bma_broker_set_provider:
 * @self: a broker
 * @provider: who tells who the person is from now on
 *
 * Whoever another provider vouched for stays known, but is not signed in any more.
 */
void
bma_broker_set_provider (BmaBroker *self, BmaIdentityProvider *provider)
{
  g_return_if_fail (BMA_IS_BROKER (self));

  g_set_object (&self->provider, provider);
  bma_broker_sign_in_immediately (self);
  bma_broker_find_subject (self);
}

/**
 * bma_broker_get_subject:
 * @self: a broker
 *
 * Returns: (transfer none) (nullable): the person tokens are issued for
 */
const BmaSubject *
bma_broker_get_subject (BmaBroker *self)
{
  return self->subject;
}

/**
 * bma_broker_set_subject:
 * @self: a broker
 * @subject: (nullable): who signed in
 *
 * Changes whom tokens are issued for.
 */
void
bma_broker_set_subject (BmaBroker *self, const BmaSubject *subject)
{
  BmaSubject *old = self->subject;

  self->subject = subject != NULL ? bma_record_ref (subject) : NULL;
  g_clear_pointer (&old, bma_record_unref);
  g_signal_emit_by_name (self, "state-changed");
}
