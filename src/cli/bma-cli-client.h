/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>
#include <stdint.h>

G_BEGIN_DECLS

/* Interfaces of the service, all at or below its root object. */
#define BMA_CLI_BROKER  "org.biomcp.Auth.Broker1"
#define BMA_CLI_CLIENT  "org.biomcp.Auth.Client1"
#define BMA_CLI_GRANT   "org.biomcp.Auth.Grant1"
#define BMA_CLI_REQUEST "org.biomcp.Auth.Request1"
#define BMA_CLI_SERVER  "org.biomcp.Auth.Server1"

/* Most answers need no network; these are the exceptions and a service that starts. */
#define BMA_CLI_CALL_LIMIT_MS (30 * 1000)
#define BMA_CLI_LONG_LIMIT_MS (120 * 1000)

/**
 * BmaCliExit:
 * @BMA_CLI_EXIT_DONE: it is done
 * @BMA_CLI_EXIT_FAILED: it failed, and trying again does not help
 * @BMA_CLI_EXIT_PERSON: a person has to do something first
 * @BMA_CLI_EXIT_REFUSED: the person, or the service, said no
 * @BMA_CLI_EXIT_LATER: it may work later
 * @BMA_CLI_EXIT_USAGE: the command line is wrong
 *
 * Exit codes: a promise to scripts.
 */
typedef enum
{
  BMA_CLI_EXIT_DONE = 0,
  BMA_CLI_EXIT_FAILED = 1,
  BMA_CLI_EXIT_PERSON = 2,
  BMA_CLI_EXIT_REFUSED = 3,
  BMA_CLI_EXIT_LATER = 4,
  BMA_CLI_EXIT_USAGE = 64,
} BmaCliExit;

GDBusConnection *bma_cli_client_connect (GError **error) G_GNUC_WARN_UNUSED_RESULT;
GVariant *bma_cli_client_call (GDBusConnection *bus,
                               const char *path,
                               const char *method,
                               GVariant *arguments,
                               const char *reply_type,
                               int limit_ms,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean bma_cli_client_call_void (GDBusConnection *bus,
                                   const char *path,
                                   const char *method,
                                   GVariant *arguments,
                                   GError **error);

gboolean bma_cli_client_is_absent (const GError *error);
gboolean bma_cli_client_is_unknown_object (const GError *error);
char *bma_cli_client_get_error_name (const GError *error) G_GNUC_WARN_UNUSED_RESULT;
BmaCliExit bma_cli_client_get_exit_for_name (const char *name);
BmaCliExit bma_cli_client_get_exit (const GError *error);
char *bma_cli_client_describe (const GError *error) G_GNUC_WARN_UNUSED_RESULT;
BmaCliExit bma_cli_client_fail (const GError *error);

G_END_DECLS
