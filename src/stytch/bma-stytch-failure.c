/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-stytch-failure.h"

#include <glib/gi18n-lib.h>

#include "bma-identity-provider.h"
#include "bma-keyring.h"

static BmaIdentityError
code_for_keyring (const GError *raw)
{
  return g_error_matches (raw, BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_NOT_FOUND)
             ? BMA_IDENTITY_ERROR_CONFIGURATION
             : BMA_IDENTITY_ERROR_KEYRING;
}

static const char *
advice_for_keyring (const GError *raw)
{
  if (raw->domain != BMA_KEYRING_ERROR)
    return _ ("The secret of the Stytch project could not be fetched; try again");
  switch ((BmaKeyringError) raw->code)
    {
    case BMA_KEYRING_ERROR_NOT_FOUND:
      return _ ("The secret of the Stytch project is not stored; run “biomcp-auth setup "
                "stytch”");
    case BMA_KEYRING_ERROR_LOCKED:
    case BMA_KEYRING_ERROR_DISMISSED:
      return _ ("The keyring with the secret of the Stytch project is locked; unlock it "
                "and start the sign-in again");
    case BMA_KEYRING_ERROR_MISSING:
      return _ ("No keyring is running, and the secret of the Stytch project is in one; "
                "start it (gnome-keyring, KWallet), or give the secret in a file of the "
                "secrets folder");
    case BMA_KEYRING_ERROR_TIMED_OUT:
      return _ (
          "The keyring does not answer; look for a question of it on the screen and "
          "start the sign-in again");
    case BMA_KEYRING_ERROR_READ_ONLY:
    case BMA_KEYRING_ERROR_FAILED:
    default:
      return _ (
          "The keyring did not give the secret of the Stytch project out; look into "
          "the log of the keyring");
    }
}

static BmaIdentityError
code_for_transport (const GError *raw)
{
  if (g_error_matches (raw, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT))
    return BMA_IDENTITY_ERROR_CONFIGURATION;
  if (g_error_matches (raw, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE) ||
      g_error_matches (raw, G_IO_ERROR, G_IO_ERROR_INVALID_DATA))
    return BMA_IDENTITY_ERROR_PROTOCOL;
  return BMA_IDENTITY_ERROR_OFFLINE;
}

/**
 * bma_stytch_failure_from_keyring:
 * @raw: a #BmaKeyringError
 *
 * Returns: (transfer full): a #BmaIdentityError that says how to get at the secret
 */
GError *
bma_stytch_failure_from_keyring (const GError *raw)
{
  return g_error_new_literal (BMA_IDENTITY_ERROR, code_for_keyring (raw),
                              advice_for_keyring (raw));
}

/**
 * bma_stytch_failure_from_transport:
 * @raw: an error of #BmaHttpClient
 *
 * Returns: (transfer full): a #BmaIdentityError
 */
GError *
bma_stytch_failure_from_transport (const GError *raw)
{
  return g_error_new (BMA_IDENTITY_ERROR, code_for_transport (raw),
                      "Stytch could not be asked: %s. Try again", raw->message);
}
