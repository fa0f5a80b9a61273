/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-email.h"

#include <string.h>

#include "bma-text.h"

#define MAX_LOCAL_CHARS 64
#define MAX_LABEL_CHARS 63
#define ATEXT           G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "!#$%&'*+/=?^_`{|}~-"
#define LABEL           G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-"

static gboolean
is_label (const char *text)
{
  size_t length = strlen (text);

  return length > 0 && length <= MAX_LABEL_CHARS && strspn (text, LABEL) == length &&
         text[0] != '-' && text[length - 1] != '-';
}

static gboolean
is_domain (const char *text)
{
  g_auto (GStrv) labels = g_strsplit (text, ".", -1);

  for (size_t i = 0; labels[i] != NULL; i++)
    if (!is_label (labels[i]))
      return FALSE;
  return g_strv_length (labels) > 1;
}

/* A dot-atom (RFC 5322 section 3.2.3); quoted strings and comments are for nobody. */
static gboolean
is_local_part (const char *text)
{
  size_t length = strlen (text);

  return length > 0 && length <= MAX_LOCAL_CHARS && strspn (text, ATEXT ".") == length &&
         text[0] != '.' && text[length - 1] != '.' && strstr (text, "..") == NULL;
}

/**
 * bma_email_normalize:
 * @text: (nullable): what a person typed
 *
 * Returns: (transfer full) (nullable): the address without spaces around it and with its
 *   domain in lower case; %NULL when it is none. It holds no quote, backslash, space or
 *   control character.
 */
char *
bma_email_normalize (const char *text)
{
  g_autofree char *trimmed = NULL;
  g_autofree char *local = NULL;
  g_autofree char *domain = NULL;
  const char *at = NULL;

  if (text == NULL || strlen (text) > 2 * BMA_EMAIL_MAX_CHARS)
    return NULL;
  trimmed = g_strstrip (g_strdup (text));
  at = strrchr (trimmed, '@');
  if (at == NULL || strlen (trimmed) > BMA_EMAIL_MAX_CHARS)
    return NULL;
  local = g_strndup (trimmed, (size_t) (at - trimmed));
  domain = g_ascii_strdown (at + 1, -1);
  if (!is_local_part (local) || !is_domain (domain))
    return NULL;
  return g_strconcat (local, "@", domain, NULL);
}

/**
 * bma_email_is_address:
 * @text: (nullable): what a provider vouches for
 *
 * Providers know addresses that we would not send mail to.
 *
 * Returns: whether it looks like an address and can be shown as it is
 */
gboolean
bma_email_is_address (const char *text)
{
  g_autofree char *shown = bma_text_display (text, BMA_EMAIL_MAX_CHARS);
  const char *at = text != NULL ? strrchr (text, '@') : NULL;

  return at != NULL && at != text && at[1] != '\0' && strcmp (shown, text) == 0 &&
         strchr (text, ' ') == NULL;
}
