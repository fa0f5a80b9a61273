/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-refresh.h"

#include <string.h>

#include "bma-text.h"

#define LABEL "biomcp-auth refresh successor\n"

/**
 * bma_refresh_make_successor:
 * @spent: the refresh token that is being replaced
 * @salt: randomness, made for this replacement alone
 *
 * The client holds one half of what the successor is made of, the store the other, and
 * the store drops its half when the successor has been used or the grace is over. So a
 * lost answer can be given again, also after a restart, and the store holds no token
 * (docs/adr/0009).
 *
 * Returns: (transfer full): the successor: 256 bits, base64url
 */
BmaSecret *
bma_refresh_make_successor (const char *spent, const char *salt)
{
  g_autofree char *text = g_strconcat (LABEL, salt, NULL);

  return bma_secret_new_take (bma_text_hmac_base64url (spent, strlen (spent), text));
}
