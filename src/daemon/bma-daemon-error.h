/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * BmaDaemonError:
 * @BMA_DAEMON_ERROR_USAGE: the command line is wrong
 * @BMA_DAEMON_ERROR_UNAVAILABLE: somebody else has the port, the bus name or the records
 * @BMA_DAEMON_ERROR_IO: the state folder cannot be used
 * @BMA_DAEMON_ERROR_CONFIG: the configuration is wrong, or asks for what is not there
 *
 * Why the daemon does not start, or did not end well.
 */
typedef enum
{
  BMA_DAEMON_ERROR_USAGE,
  BMA_DAEMON_ERROR_UNAVAILABLE,
  BMA_DAEMON_ERROR_IO,
  BMA_DAEMON_ERROR_CONFIG,
} BmaDaemonError;

#define BMA_DAEMON_N_ERRORS (BMA_DAEMON_ERROR_CONFIG + 1)
#define BMA_DAEMON_ERROR    (bma_daemon_error_quark ())
GQuark bma_daemon_error_quark (void);

void bma_daemon_error_take (GError **error, BmaDaemonError code, GError *cause);
int bma_daemon_error_get_exit_code (const GError *error);

G_END_DECLS
