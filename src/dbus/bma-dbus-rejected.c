/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-dbus-rejected.h"

#include "bma-dbus-access.h"
#include "bma-dbus-record.h"

/* NULL: there is none, or it is somebody else's. */
static const BmaGrant *
find_grant (BmaBroker *broker, const BmaPeer *peer, const char *path)
{
  const BmaRecord *record = bma_dbus_record_lookup (bma_broker_get_store (broker), path);

  if (record == NULL || record->type != &bma_grant_type ||
      !bma_dbus_access_holds (peer, (const BmaGrant *) record))
    return NULL;
  return (const BmaGrant *) record;
}

/**
 * bma_dbus_rejected_report:
 * @call: org.biomcp.Auth.Broker1.ReportRejected
 * @broker: decides
 *
 * Tells the caller what to do about a token that a server rejected.
 */
void
bma_dbus_rejected_report (BmaDbusCall *call, BmaBroker *broker)
{
  const char *path = NULL;
  const char *challenge = NULL;
  const BmaGrant *grant = NULL;

  g_variant_get (bma_dbus_call_get_arguments (call), "(&o&s)", &path, &challenge);
  grant = find_grant (broker, bma_dbus_call_get_peer (call), path);
  if (grant == NULL)
    bma_dbus_call_fail (call,
                        g_error_new_literal (BMA_BROKER_ERROR, BMA_BROKER_ERROR_NOT_FOUND,
                                             "There is no such grant"));
  else
    bma_dbus_call_return (
        call,
        g_variant_new ("(@a{sv})", bma_broker_report_rejected (broker, grant, challenge)),
        NULL);
}
