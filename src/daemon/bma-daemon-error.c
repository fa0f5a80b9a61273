/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-daemon-error.h"

#include "bma-names.h"

G_DEFINE_QUARK (bma_daemon_error_quark, bma_daemon_error)

/* Promised to other programs. */
static const int exit_codes[] = {
  [BMA_DAEMON_ERROR_USAGE] = BMA_EXIT_USAGE,
  [BMA_DAEMON_ERROR_UNAVAILABLE] = BMA_EXIT_UNAVAILABLE,
  [BMA_DAEMON_ERROR_IO] = BMA_EXIT_IO,
  [BMA_DAEMON_ERROR_CONFIG] = BMA_EXIT_CONFIG,
};

G_STATIC_ASSERT (G_N_ELEMENTS (exit_codes) == BMA_DAEMON_N_ERRORS);

/**
 * bma_daemon_error_take:
 * @error: return location
 * @code: what it means for the daemon
 * @cause: (transfer full): what happened
 *
 * Reports an error of a layer below.
 */
void
bma_daemon_error_take (GError **error, BmaDaemonError code, GError *cause)
{
  g_set_error_literal (error, BMA_DAEMON_ERROR, code, cause->message);
  g_error_free (cause);
}

/**
 * bma_daemon_error_get_exit_code:
 * @error: a #BmaDaemonError
 *
 * Returns: the exit code that tells it
 */
int
bma_daemon_error_get_exit_code (const GError *error)
{
  g_return_val_if_fail (error->domain == BMA_DAEMON_ERROR, 1);

  return exit_codes[error->code];
}
