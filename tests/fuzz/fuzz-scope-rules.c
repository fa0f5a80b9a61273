/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A rule for scopes: its one spelling means the same and is its own spelling. */

#include <stdint.h>
#include <string.h>

#include "bma-scope-rules.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes)
{
  g_autofree char *text = g_strndup ((const char *) data, n_bytes);
  g_autofree char *rule = bma_scope_rule_normalize (text);
  g_autofree char *again = NULL;
  g_autoptr (BmaScopeRules) rules = NULL;
  g_autoptr (BmaScopeRules) same = NULL;
  const char *const *of_text = NULL;
  const char *const *of_rule = NULL;

  rules = bma_scope_rules_new ((const char *const[]){ text, NULL });
  g_assert_true ((rules != NULL) == (rule != NULL));
  if (rule == NULL)
    return 0;
  again = bma_scope_rule_normalize (rule);
  g_assert_cmpstr (again, ==, rule);
  g_assert_null (strpbrk (rule, " ,;\t"));
  same = bma_scope_rules_new ((const char *const[]){ rule, NULL });
  g_assert_nonnull (same);
  of_text = bma_scope_rules_lookup (rules, "tools/call", "echo");
  of_rule = bma_scope_rules_lookup (same, "tools/call", "echo");
  g_assert_true ((of_text == NULL && of_rule == NULL) || g_strv_equal (of_text, of_rule));
  return 0;
}
