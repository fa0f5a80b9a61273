/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-keyring.h"

/* Calls with their main loop, for tests. */

BmaSecret *await_load (BmaKeyring *keyring, const char *kind, GError **error);
gboolean
await_save (BmaKeyring *keyring, const char *kind, const char *text, GError **error);
gboolean await_unlock (BmaKeyring *keyring, GError **error);
void await_state (BmaKeyring *keyring, BmaKeyringState state);

void assert_loads (BmaKeyring *keyring, const char *kind, const char *text);
void assert_load_fails (BmaKeyring *keyring, const char *kind, int code);
void assert_save_fails (BmaKeyring *keyring, const char *kind, int code);
