/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-stytch-method.h"

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

static const char *
label_of (const char *name)
{
  for (size_t i = 0; i < G_N_ELEMENTS (providers); i++)
    if (strcmp (providers[i].name, name) == 0)
      return providers[i].label;
  return name;
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
    g_ptr_array_add (methods, bma_login_method_new (configured[i],
                                                    label_of (configured[i]), FALSE));
  return methods;
}
