/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-keyring.h"

G_BEGIN_DECLS

#define BMA_KEYRING_LIMIT_MS        (10 * 1000)
#define BMA_KEYRING_PROMPT_LIMIT_MS (120 * 1000)

/**
 * BmaKeyringLibsecret:
 *
 * Secrets in the person's keyring: the Secret Service, or libsecret's encrypted file
 * inside Flatpak. Watches the service, so that `state-changed` tells when the person
 * unlocks the keyring or the service goes away.
 */
#define BMA_TYPE_KEYRING_LIBSECRET (bma_keyring_libsecret_get_type ())
G_DECLARE_FINAL_TYPE (
    BmaKeyringLibsecret, bma_keyring_libsecret, BMA, KEYRING_LIBSECRET, GObject)

BmaKeyring *bma_keyring_libsecret_new (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
