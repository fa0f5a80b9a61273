/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-dbus-access.h"

#include "bma-pairing.h"

/**
 * bma_dbus_access_may_manage:
 * @peer: a caller
 *
 * Returns: whether it may look after the service: a program that certainly runs outside
 * any sandbox
 */
gboolean
bma_dbus_access_may_manage (const BmaPeer *peer)
{
  return peer->executable != NULL && (g_strcmp0 (peer->trust, BMA_TRUST_CLAIMED) == 0 ||
                                      g_strcmp0 (peer->trust, BMA_TRUST_UNIT) == 0);
}

/**
 * bma_dbus_access_holds:
 * @peer: a caller
 * @grant: a grant
 *
 * A refusal is the person's: the program it is about can neither see it nor take it back.
 *
 * Returns: whether the grant was made for it
 */
gboolean
bma_dbus_access_holds (const BmaPeer *peer, const BmaGrant *grant)
{
  if (bma_pairing_is_proven (grant, peer))
    return TRUE;
  return g_strcmp0 (grant->kind, BMA_GRANT_KIND_DBUS_APP) == 0 &&
         g_strcmp0 (grant->decision, BMA_DECISION_NEVER) != 0 &&
         g_strcmp0 (grant->app_id, peer->app_id) == 0 &&
         g_strcmp0 (grant->trust, peer->trust) == 0;
}

/**
 * bma_dbus_access_may_see:
 * @peer: a caller
 * @record: a grant or a client
 *
 * Returns: whether it exists as far as the caller is concerned
 */
gboolean
bma_dbus_access_may_see (const BmaPeer *peer, gconstpointer record)
{
  const BmaRecord *head = record;

  if (bma_dbus_access_may_manage (peer))
    return TRUE;
  return head->type == &bma_grant_type && bma_dbus_access_holds (peer, record);
}

/**
 * bma_dbus_access_return_missing:
 * @invocation: (transfer full): a call of an object that is not there or not the caller's
 *
 * Answers as GDBus does where no object is.
 */
void
bma_dbus_access_return_missing (GDBusMethodInvocation *invocation)
{
  g_dbus_method_invocation_return_error (invocation, G_DBUS_ERROR,
                                         G_DBUS_ERROR_UNKNOWN_METHOD,
                                         "Object does not exist at path “%s”",
                                         g_dbus_method_invocation_get_object_path (
                                             invocation));
}
