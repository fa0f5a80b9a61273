/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-scope-rules.h"

#include <string.h>

#include "bma-scope.h"

#define MAX_KEY_CHARS 1024
/* What stands for itself in METHOD and NAME; a colon does so in NAME only. */
#define SAFE G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-._~/$@*+!"
/* What ends a rule where several are listed; a scope may hold either (RFC 6749, 3.3). */
#define LIST_SEPARATORS ",;"

struct _BmaScopeRules
{
  GHashTable *methods; /* owned: method -> MethodRule, owned */
};

typedef struct
{
  char **scopes;     /* owned, nullable: of the method whatever it is about */
  GHashTable *names; /* owned: name -> char **, owned */
} MethodRule;

/* One rule in parts. */
typedef struct
{
  char *method; /* owned */
  char *name;   /* owned, nullable */
  char *scope;  /* owned */
} Rule;

static void
rule_clear (Rule *self)
{
  g_free (self->method);
  g_free (self->name);
  g_free (self->scope);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Rule, rule_clear)

static char *
decode (const char *text, size_t length, const char *safe)
{
  g_autofree char *decoded = NULL;

  for (size_t i = 0; i < length; i++)
    if (text[i] != '%' && strchr (safe, text[i]) == NULL)
      return NULL;
  if (length > 0)
    decoded = g_uri_unescape_segment (text, text + length, NULL);
  return decoded != NULL && g_utf8_validate (decoded, -1, NULL)
             ? g_steal_pointer (&decoded)
             : NULL;
}

static gboolean
parse_rule (const char *text, Rule *rule)
{
  const char *equals = strchr (text, '=');
  const char *colon = NULL;
  g_auto (GStrv) scopes = NULL;

  if (equals == NULL || equals - text > MAX_KEY_CHARS)
    return FALSE;
  colon = memchr (text, ':', (size_t) (equals - text));
  rule->method = decode (text, (size_t) ((colon != NULL ? colon : equals) - text), SAFE);
  if (colon != NULL)
    rule->name = decode (colon + 1, (size_t) (equals - colon) - 1, SAFE ":");
  scopes = bma_scope_parse (equals + 1);
  if (scopes == NULL || g_strv_length (scopes) != 1 ||
      strpbrk (scopes[0], LIST_SEPARATORS) != NULL || rule->method == NULL ||
      (colon != NULL && rule->name == NULL))
    return FALSE;
  rule->scope = g_strdup (scopes[0]);
  return TRUE;
}

/**
 * bma_scope_rule_normalize:
 * @text: `METHOD=SCOPE` or `METHOD:NAME=SCOPE`; METHOD and NAME hold letters, digits and
 *   `-._~/$@*+!`, NAME colons too, anything else percent-encoded; SCOPE holds neither
 *   comma nor semicolon
 *
 * Returns: (transfer full) (nullable): the rule in its one spelling, %NULL when it is
 *   none
 */
char *
bma_scope_rule_normalize (const char *text)
{
  g_auto (Rule) rule = { NULL, NULL, NULL };
  g_autofree char *method = NULL;
  g_autofree char *name = NULL;

  if (!parse_rule (text, &rule))
    return NULL;
  method = g_uri_escape_string (rule.method, "/$@*+!", FALSE);
  if (rule.name == NULL)
    return g_strconcat (method, "=", rule.scope, NULL);
  name = g_uri_escape_string (rule.name, "/$@*+!:", FALSE);
  return g_strconcat (method, ":", name, "=", rule.scope, NULL);
}

static void
method_rule_free (gpointer data)
{
  MethodRule *self = data;

  g_strfreev (self->scopes);
  g_hash_table_unref (self->names);
  g_free (self);
}

static char **
extend (char **old, const char *scope)
{
  const char *const one[] = { scope, NULL };

  return bma_scope_union ((const char *const *) old, one);
}

static void
add_rule (BmaScopeRules *self, Rule *rule)
{
  MethodRule *entry = g_hash_table_lookup (self->methods, rule->method);
  char **old = NULL;
  char **scopes = NULL;

  if (entry == NULL)
    {
      entry = g_new0 (MethodRule, 1);
      entry->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                            (GDestroyNotify) g_strfreev);
      g_hash_table_insert (self->methods, g_steal_pointer (&rule->method), entry);
    }
  old = rule->name != NULL ? g_hash_table_lookup (entry->names, rule->name)
                           : entry->scopes;
  scopes = extend (old, rule->scope);
  if (rule->name != NULL)
    {
      g_hash_table_insert (entry->names, g_steal_pointer (&rule->name), scopes);
      return;
    }
  g_strfreev (entry->scopes);
  entry->scopes = scopes;
}

/**
 * bma_scope_rules_new:
 * @rules: rules as [func@scope_rule_normalize] takes them; several for the same key add
 *   up
 *
 * Returns: (transfer full) (nullable): the rules; %NULL when one is malformed
 */
BmaScopeRules *
bma_scope_rules_new (const char *const *rules)
{
  g_autoptr (BmaScopeRules) self = g_new0 (BmaScopeRules, 1);

  self->methods =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, method_rule_free);
  for (size_t i = 0; rules[i] != NULL; i++)
    {
      g_auto (Rule) rule = { NULL, NULL, NULL };

      if (!parse_rule (rules[i], &rule))
        return NULL;
      add_rule (self, &rule);
    }
  return g_steal_pointer (&self);
}

/**
 * bma_scope_rules_free:
 * @self: (transfer full) (nullable): rules
 */
void
bma_scope_rules_free (BmaScopeRules *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->methods);
  g_free (self);
}

/**
 * bma_scope_rules_is_empty:
 * @self: rules
 *
 * Returns: whether there are none, so that nobody needs to look into a request
 */
gboolean
bma_scope_rules_is_empty (const BmaScopeRules *self)
{
  return g_hash_table_size (self->methods) == 0;
}

/**
 * bma_scope_rules_lookup:
 * @self: rules
 * @method: (nullable): a method of JSON-RPC
 * @name: (nullable): what it is about
 *
 * The rule for the name wins over the one for the method.
 *
 * Returns: (transfer none) (nullable): what is needed beyond what every request needs
 */
const char *const *
bma_scope_rules_lookup (const BmaScopeRules *self, const char *method, const char *name)
{
  const MethodRule *entry = method != NULL ? g_hash_table_lookup (self->methods, method)
                                           : NULL;
  const char *const *of_name = NULL;

  if (entry != NULL && name != NULL)
    of_name = g_hash_table_lookup (entry->names, name);
  if (of_name != NULL || entry == NULL)
    return of_name;
  return (const char *const *) entry->scopes;
}

/**
 * bma_scope_rules_list_needed:
 * @self: rules
 * @baseline: what every request needs
 * @messages: (nullable) (element-type BmaMcpMessage): what is in the request
 *
 * Returns: (transfer full): what the whole request needs
 */
char **
bma_scope_rules_list_needed (const BmaScopeRules *self,
                             const char *const *baseline,
                             const GPtrArray *messages)
{
  char **needed = g_strdupv ((char **) baseline);

  for (unsigned int i = 0; messages != NULL && i < messages->len; i++)
    {
      const BmaMcpMessage *message = g_ptr_array_index (messages, i);
      const char *const *more =
          bma_scope_rules_lookup (self, message->method, message->name);
      char **all = bma_scope_union ((const char *const *) needed, more);

      g_strfreev (needed);
      needed = all;
    }
  return needed;
}

/**
 * bma_scope_rules_list_resource:
 * @config: settings
 *
 * Returns: (transfer full): every scope of the resource: what each request needs, then
 *   what rules ask for
 */
char **
bma_scope_rules_list_resource (const BmaConfig *config)
{
  char **all = g_strdupv (config->scopes);

  for (size_t i = 0; config->scope_rules[i] != NULL; i++)
    {
      const char *equals = strchr (config->scope_rules[i], '=');
      char **more = equals != NULL ? extend (all, equals + 1) : g_strdupv (all);

      g_strfreev (all);
      all = more;
    }
  return all;
}

/**
 * bma_scope_rules_list_supported:
 * @config: settings
 *
 * What the metadata advertises is what registrations and requests may name.
 *
 * Returns: (transfer full): every scope of the resource and of the authorization server
 */
char **
bma_scope_rules_list_supported (const BmaConfig *config)
{
  g_auto (GStrv) of_resource = bma_scope_rules_list_resource (config);

  return bma_scope_list_supported ((const char *const *) of_resource);
}
