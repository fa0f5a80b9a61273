/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The person at this desktop, and everybody else (docs/adr/0018): whoever comes from
 * elsewhere signs in with the provider, for their own client and for nothing more. */

#include "bma-broker-login.h"

#include "bma-broker-login-private.h"

/**
 * bma_broker_subject_for:
 * @self: a broker
 * @is_owner: whether it is the owner's browser that asks
 *
 * Returns: (transfer none) (nullable): who is signed in already, as far as that browser
 *   is concerned
 */
const BmaSubject *
bma_broker_subject_for (BmaBroker *self, gboolean is_owner)
{
  return is_owner ? self->subject : NULL;
}

/**
 * bma_broker_is_desktop_only:
 * @self: a broker
 *
 * Returns: whether the provider knows nobody but the person at this desktop, so that
 *   nobody else can sign in
 */
gboolean
bma_broker_is_desktop_only (BmaBroker *self)
{
  g_autoptr (BmaIdentity) identity = bma_identity_provider_get_immediate (self->provider);

  return identity != NULL;
}
