/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-setting-take.h"

#include <string.h>

#include "bma-config.h"
#include "bma-issuer-metadata.h"
#include "bma-text.h"

#define MAX_CLIENT_ID_CHARS 256

/**
 * bma_setting_take_provider:
 * @text: a word
 *
 * Returns: (transfer full) (nullable): the identity provider; `oauth`, the Worker's word,
 *   is `oidc`
 */
char *
bma_setting_take_provider (const char *text)
{
  static const char *const words[][2] = {
    { BMA_PROVIDER_LOCAL, BMA_PROVIDER_LOCAL },
    { BMA_PROVIDER_STYTCH, BMA_PROVIDER_STYTCH },
    { BMA_PROVIDER_OIDC, BMA_PROVIDER_OIDC },
    { "oauth", BMA_PROVIDER_OIDC },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (words); i++)
    if (strcmp (words[i][0], text) == 0)
      return g_strdup (words[i][1]);
  return NULL;
}

/**
 * bma_setting_take_issuer:
 * @text: an issuer
 *
 * Returns: (transfer full) (nullable): it, byte for byte: issuers are compared as text,
 *   and a slash at the end makes another one
 */
char *
bma_setting_take_issuer (const char *text)
{
  return bma_issuer_is_acceptable (text) ? g_strdup (text) : NULL;
}

/**
 * bma_setting_take_trusted_issuer:
 * @text: `stytch`, or an issuer
 *
 * Returns: (transfer full) (nullable): it, byte for byte
 */
char *
bma_setting_take_trusted_issuer (const char *text)
{
  return strcmp (text, BMA_PROVIDER_STYTCH) == 0 ? g_strdup (text)
                                                 : bma_setting_take_issuer (text);
}

/**
 * bma_setting_take_client_id:
 * @text: a client id (RFC 6749 appendix A.1)
 *
 * Returns: (transfer full) (nullable): it
 */
char *
bma_setting_take_client_id (const char *text)
{
  return *text != '\0' && strlen (text) <= MAX_CLIENT_ID_CHARS &&
                 bma_text_is_printable_ascii (text) && strchr (text, ' ') == NULL
             ? g_strdup (text)
             : NULL;
}
