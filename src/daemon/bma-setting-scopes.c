/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-setting-scopes.h"

#include <string.h>

#include "bma-scope-rules.h"
#include "bma-setting-take.h"

/* Whoever steps up asks for all of them at once, and a request may name 32. */
#define MAX_SCOPES 24
#define MAX_RULES  256

static void
add_once (GPtrArray *items, char *item)
{
  if (g_ptr_array_find_with_equal_func (items, item, g_str_equal, NULL))
    g_free (item);
  else
    g_ptr_array_add (items, item);
}

static gboolean
take_word (const char *word, GPtrArray *scopes, GPtrArray *rules)
{
  gboolean is_rule = strchr (word, '=') != NULL;
  char *item = is_rule ? bma_scope_rule_normalize (word) : bma_setting_take_scope (word);

  if (item == NULL)
    return FALSE;
  add_once (is_rule ? rules : scopes, item);
  return TRUE;
}

static unsigned int
count_scopes (GPtrArray *scopes, GPtrArray *rules)
{
  g_autoptr (GHashTable) all = g_hash_table_new (g_str_hash, g_str_equal);

  for (unsigned int i = 0; i < scopes->len; i++)
    g_hash_table_add (all, g_ptr_array_index (scopes, i));
  for (unsigned int i = 0; i < rules->len; i++)
    g_hash_table_add (all, strchr (g_ptr_array_index (rules, i), '=') + 1);
  return g_hash_table_size (all);
}

static void
replace (char ***list, GPtrArray *items)
{
  g_ptr_array_add (items, NULL);
  g_strfreev (*list);
  *list = (char **) g_ptr_array_steal (items, NULL);
}

/**
 * bma_setting_scopes_apply:
 * @words: scopes that every request needs, and rules, which hold an equals sign
 * @config: takes the values
 *
 * @config stays as it is unless all are good, there is a scope that every request needs,
 * and there are not more scopes than a client can ask for at once.
 *
 * Returns: whether they were taken
 */
gboolean
bma_setting_scopes_apply (const char *const *words, BmaConfig *config)
{
  g_autoptr (GPtrArray) scopes = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) rules = g_ptr_array_new_with_free_func (g_free);

  for (size_t i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0' && !take_word (words[i], scopes, rules))
      return FALSE;
  if (scopes->len == 0 || rules->len > MAX_RULES ||
      count_scopes (scopes, rules) > MAX_SCOPES)
    return FALSE;
  replace (&config->scopes, scopes);
  replace (&config->scope_rules, rules);
  return TRUE;
}

/**
 * bma_setting_scopes_is_met:
 * @wanted: settings somebody asks for
 * @running: settings in use
 *
 * Returns: whether both have the same scopes and rules
 */
gboolean
bma_setting_scopes_is_met (const BmaConfig *wanted, const BmaConfig *running)
{
  return g_strv_equal ((const char *const *) wanted->scopes,
                       (const char *const *) running->scopes) &&
         g_strv_equal ((const char *const *) wanted->scope_rules,
                       (const char *const *) running->scope_rules);
}

/**
 * bma_setting_scopes_copy:
 * @from: where the scopes and rules are
 * @to: other settings
 */
void
bma_setting_scopes_copy (const BmaConfig *from, BmaConfig *to)
{
  g_strfreev (to->scopes);
  g_strfreev (to->scope_rules);
  to->scopes = g_strdupv (from->scopes);
  to->scope_rules = g_strdupv (from->scope_rules);
}
