/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

/* Names that other programs rely on. docs/ restates them for users. */

#define BMA_APP_ID            "org.biomcp.Auth"
#define BMA_BUS_NAME          BMA_APP_ID
#define BMA_OBJECT_PATH       "/org/biomcp/Auth"
#define BMA_DBUS_ERROR_PREFIX BMA_APP_ID ".Error."
#define BMA_KEYRING_SCHEMA    BMA_APP_ID
#define BMA_CONFIG_FOLDER     "biomcp-auth"
#define BMA_CONFIG_FILE       "config.ini"
#define BMA_DEFAULT_LISTEN    "127.0.0.1:8417"

/* Exit codes of the daemon (sysexits.h numbers, spelled out because they are a promise).
 */
#define BMA_EXIT_USAGE       64
#define BMA_EXIT_UNAVAILABLE 69
#define BMA_EXIT_IO          74
#define BMA_EXIT_CONFIG      78
