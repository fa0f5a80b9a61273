/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-stytch-method.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* How the OAuth providers that Stytch knows write their names. */
static const struct
{
  const char *name;
  const char *label;
} providers[] = {
  { "amazon", "Amazon" },         { "apple", "Apple" },
  { "bitbucket", "Bitbucket" },   { "coinbase", "Coinbase" },
  { "discord", "Discord" },       { "facebook", "Facebook" },
  { "figma", "Figma" },           { "github", "GitHub" },
  { "gitlab", "GitLab" },         { "google", "Google" },
  { "linkedin", "LinkedIn" },     { "microsoft", "Microsoft" },
  { "salesforce", "Salesforce" }, { "slack", "Slack" },
  { "snapchat", "Snapchat" },     { "tiktok", "TikTok" },
  { "twitch", "Twitch" },         { "twitter", "Twitter" },
  { "yahoo", "Yahoo" },
};

static BmaLoginMethod *
make_method (const char *name)
{
  if (strcmp (name, BMA_STYTCH_METHOD_EMAIL_OTP) == 0)
    return bma_login_method_new (name, _ ("A code by e-mail"), TRUE);
  if (strcmp (name, BMA_STYTCH_METHOD_MAGIC_LINK) == 0)
    return bma_login_method_new (name, _ ("A link by e-mail"), TRUE);
  for (size_t i = 0; i < G_N_ELEMENTS (providers); i++)
    if (strcmp (providers[i].name, name) == 0)
      return bma_login_method_new (name, providers[i].label, FALSE);
  return bma_login_method_new (name, name, FALSE);
}

/**
 * bma_stytch_list_methods:
 * @configured: (nullable): `[stytch] methods`
 *
 * Returns: (transfer full) (element-type BmaLoginMethod): what a page offers
 */
GPtrArray *
bma_stytch_list_methods (char *const *configured)
{
  GPtrArray *methods = bma_login_methods_new ();

  for (size_t i = 0; configured != NULL && configured[i] != NULL; i++)
    g_ptr_array_add (methods, make_method (configured[i]));
  return methods;
}
