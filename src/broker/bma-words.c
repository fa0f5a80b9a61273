/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <glib/gi18n-lib.h>

#include "bma-approval.h"

/**
 * bma_words_for_scope:
 * @scope: a scope
 *
 * Returns: (transfer none): what it allows, for people; @scope itself if that is unknown
 */
const char *
bma_words_for_scope (const char *scope)
{
  if (g_str_equal (scope, "mcp"))
    return _ ("Use the BioMCP tools in your name");
  if (g_str_equal (scope, "offline_access"))
    return _ ("Stay connected without asking you again");
  if (g_str_equal (scope, "openid"))
    return _ ("Know who you are");
  if (g_str_equal (scope, "profile"))
    return _ ("Know your name");
  if (g_str_equal (scope, "email"))
    return _ ("Know your e-mail address");
  return scope;
}

/**
 * bma_words_for_decision:
 * @decision: once, session or always
 *
 * Returns: (transfer none): how long that is, for people
 */
const char *
bma_words_for_decision (const char *decision)
{
  if (g_str_equal (decision, BMA_DECISION_ALWAYS))
    return _ ("Always, until I take it back");
  if (g_str_equal (decision, BMA_DECISION_SESSION))
    return _ ("Until I log out of the desktop");
  return _ ("Only while this program runs");
}
