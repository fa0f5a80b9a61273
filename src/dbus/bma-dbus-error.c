/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-dbus-error.h"

#include "bma-names.h"

#define ENTRY(code, name)                                                                \
  {                                                                                      \
    BMA_BROKER_ERROR_##code, BMA_DBUS_ERROR_PREFIX name                                  \
  }

static const GDBusErrorEntry entries[] = {
  ENTRY (INTERACTION_REQUIRED, "InteractionRequired"),
  ENTRY (ACCESS_DENIED, "AccessDenied"),
  ENTRY (CANCELLED, "Cancelled"),
  ENTRY (TIMED_OUT, "TimedOut"),
  ENTRY (NOT_SIGNED_IN, "NotSignedIn"),
  ENTRY (KEYRING_LOCKED, "KeyringLocked"),
  ENTRY (KEYRING_MISSING, "KeyringMissing"),
  ENTRY (OFFLINE, "Offline"),
  ENTRY (RATE_LIMITED, "RateLimited"),
  ENTRY (INVALID_ARGUMENT, "InvalidArgument"),
  ENTRY (INVALID_SCOPE, "InvalidScope"),
  ENTRY (INVALID_RESOURCE, "InvalidResource"),
  ENTRY (POLICY_FORBIDDEN, "PolicyForbidden"),
  ENTRY (NOT_FOUND, "NotFound"),
  ENTRY (FAILED, "Failed"),
};

G_STATIC_ASSERT (G_N_ELEMENTS (entries) == BMA_BROKER_N_ERRORS);

/**
 * bma_dbus_error_register:
 *
 * Gives the errors of the broker their names on the bus. May be called again.
 */
void
bma_dbus_error_register (void)
{
  static gsize registered = 0;

  if (!g_once_init_enter (&registered))
    return;
  for (size_t i = 0; i < G_N_ELEMENTS (entries); i++)
    g_dbus_error_register_error (BMA_BROKER_ERROR, entries[i].error_code,
                                 entries[i].dbus_error_name);
  g_once_init_leave (&registered, 1);
}

/**
 * bma_dbus_error_get_name:
 * @error: an error of #BmaBrokerError
 *
 * Returns: (transfer full): its full name on the bus
 */
char *
bma_dbus_error_get_name (const GError *error)
{
  bma_dbus_error_register ();
  return g_dbus_error_encode_gerror (error);
}

/**
 * bma_dbus_error_translate:
 * @error: (transfer full): what went wrong
 *
 * Callers get errors of the broker only; what lies below is Failed, with its message.
 *
 * Returns: (transfer full): an error of #BmaBrokerError
 */
GError *
bma_dbus_error_translate (GError *error)
{
  BmaBrokerError code = BMA_BROKER_ERROR_FAILED;
  GError *translated = NULL;

  if (error->domain == BMA_BROKER_ERROR)
    return error;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    code = BMA_BROKER_ERROR_CANCELLED;
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    code = BMA_BROKER_ERROR_TIMED_OUT;
  translated = g_error_new_literal (BMA_BROKER_ERROR, code, error->message);
  g_error_free (error);
  return translated;
}

/**
 * bma_dbus_error_return:
 * @invocation: (transfer full): a call
 * @error: (transfer full): why it fails
 *
 * Answers a call with an error.
 */
void
bma_dbus_error_return (GDBusMethodInvocation *invocation, GError *error)
{
  bma_dbus_error_register ();
  g_dbus_method_invocation_take_error (invocation, bma_dbus_error_translate (error));
}
