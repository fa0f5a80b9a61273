/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

int cmd_clients (char **arguments);
int cmd_clients_add (char **arguments);
int cmd_configure (char **arguments);
int cmd_connect (char **arguments);
int cmd_doctor (char **arguments);
int cmd_grants (char **arguments);
int cmd_import (char **arguments);
int cmd_keys (char **arguments);
int cmd_monitor (char **arguments);
int cmd_run (char **arguments);
int cmd_setup (char **arguments);
int cmd_setup_oidc (gboolean is_agreed, gboolean is_json);
int cmd_sign_in (char **arguments);
int cmd_sign_out (char **arguments);
int cmd_status (char **arguments);
int cmd_token (char **arguments);

G_END_DECLS
