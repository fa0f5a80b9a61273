/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-gateway.h"

#include <string.h>

#include "bma-cli-client.h"
#include "bma-names.h"

/**
 * bma_gateway_may_try_again:
 * @error: why there is no connection
 *
 * Returns: whether it may be otherwise in a moment, without a person doing something
 */
gboolean
bma_gateway_may_try_again (const GError *error)
{
  static const char *const passing[] = { "Offline", "RateLimited", "TimedOut" };
  g_autofree char *name = bma_cli_client_get_error_name (error);

  if (error->domain == G_DBUS_ERROR)
    return error->code == G_DBUS_ERROR_NO_REPLY ||
           error->code == G_DBUS_ERROR_NAME_HAS_NO_OWNER ||
           error->code == G_DBUS_ERROR_TIMEOUT ||
           error->code == G_DBUS_ERROR_DISCONNECTED;
  if (error->domain == G_IO_ERROR && name == NULL)
    return error->code == G_IO_ERROR_CLOSED || error->code == G_IO_ERROR_BROKEN_PIPE ||
           error->code == G_IO_ERROR_TIMED_OUT;
  for (size_t i = 0; name != NULL && i < G_N_ELEMENTS (passing); i++)
    if (g_str_equal (name + MIN (strlen (name), strlen (BMA_DBUS_ERROR_PREFIX)),
                     passing[i]))
      return TRUE;
  return FALSE;
}
