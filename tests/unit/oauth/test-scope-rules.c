/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "bma-bearer.h"
#include "bma-local-token.h"
#include "bma-scope-rules.h"
#include "bma-scope.h"

static void
test_normalize (void)
{
  static const struct
  {
    const char *text;
    const char *rule; /* NULL: it is none */
  } cases[] = {
    { "tools/call=mcp:write", "tools/call=mcp:write" },
    { "tools/call:echo=mcp:read", "tools/call:echo=mcp:read" },
    { "tools/call:e%63ho=mcp:read", "tools/call:echo=mcp:read" },
    { "tools/call:a%3db%2c%20c=x", "tools/call:a%3Db%2C%20c=x" },
    { "resources/read:file:///a=x", "resources/read:file:///a=x" },
    { "a%3Ab:c=x", "a%3Ab:c=x" },
    { "tools/call:%c3%a9=x", "tools/call:%C3%A9=x" },
    { "tools/call=a=b", "tools/call=a=b" },
    { "tools/call", NULL },
    { "=x", NULL },
    { ":echo=x", NULL },
    { "tools/call:=x", NULL },
    { "tools/call=", NULL },
    { "tools/call=a\"b", NULL },
    { "tools/call=a b", NULL },
    { "tools/call=a,b", NULL },
    { "tools/call=a;b", NULL },
    { "tools call=x", NULL },
    { "tools/call:%zz=x", NULL },
    { "tools/call:%=x", NULL },
    { "tools/call:%00=x", NULL },
    { "tools/call:%ff=x", NULL },
    { "tools/call:\xc3\xa9=x", NULL },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *rule = bma_scope_rule_normalize (cases[i].text);

      g_test_message ("%s", cases[i].text);
      g_assert_cmpstr (rule, ==, cases[i].rule);
    }
}

static char *
look_up (const BmaScopeRules *rules, const char *method, const char *name)
{
  return bma_scope_join (bma_scope_rules_lookup (rules, method, name));
}

static void
test_lookup (void)
{
  static const char *const texts[] = {
    "tools/call=mcp:write",      "tools/call=mcp:more",
    "tools/call:echo=mcp:read",  "resources/read:file:///a%20b=mcp:files",
    "tools/call:echo=mcp:sound", NULL
  };
  g_autoptr (BmaScopeRules) rules = bma_scope_rules_new (texts);
  static const struct
  {
    const char *method;
    const char *name;
    const char *scopes;
  } cases[] = {
    { "tools/call", "echo", "mcp:read mcp:sound" },
    { "tools/call", "other", "mcp:write mcp:more" },
    { "tools/call", NULL, "mcp:write mcp:more" },
    { "tools/list", NULL, "" },
    { "tools/list", "echo", "" },
    { "resources/read", "file:///a b", "mcp:files" },
    { "resources/read", "file:///a", "" },
    { "Tools/call", "echo", "" },
    { NULL, NULL, "" },
  };

  g_assert_nonnull (rules);
  g_assert_false (bma_scope_rules_is_empty (rules));
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *scopes = look_up (rules, cases[i].method, cases[i].name);

      g_test_message ("%zu", i);
      g_assert_cmpstr (scopes, ==, cases[i].scopes);
    }
  g_assert_null (bma_scope_rules_new ((const char *const[]){ "tools/call", NULL }));
}

static void
test_none (void)
{
  g_autoptr (BmaScopeRules) rules = bma_scope_rules_new ((const char *const[]){ NULL });

  g_assert_true (bma_scope_rules_is_empty (rules));
}

static void
test_batch (void)
{
  static const char *const texts[] = { "tools/call=mcp:write", "tools/call:echo=mcp:read",
                                       NULL };
  static const char *const baseline[] = { "base", NULL };
  static const char body[] =
      "[{\"method\":\"tools/call\",\"params\":{\"name\":\"echo\"}},"
      "{\"method\":\"ping\"},{\"result\":1},"
      "{\"method\":\"tools/call\",\"params\":{\"name\":\"rm\"}}]";
  g_autoptr (BmaScopeRules) rules = bma_scope_rules_new (texts);
  BmaMcpProblem problem = { 0, NULL };
  g_autoptr (GPtrArray)
      messages = bma_mcp_message_parse (body, strlen (body), 1000, &problem);
  g_auto (GStrv) needed = bma_scope_rules_list_needed (rules, baseline, messages);
  g_auto (GStrv) least = bma_scope_rules_list_needed (rules, baseline, NULL);

  g_assert_cmpstrv (needed, ((const char *[]){ "base", "mcp:read", "mcp:write", NULL }));
  g_assert_cmpstrv (least, baseline);
}

static void
test_step_up (void)
{
  static const char *const granted[] = { "base", "offline_access", "mcp:read:genes",
                                         "mcp:read", NULL };
  static const char *const needed[] = { "base", "mcp:write", NULL };
  g_autoptr (BmaConfig) config = bma_config_new ();
  g_auto (GStrv) wanted = NULL;
  g_auto (GStrv) supported = NULL;

  g_strfreev (config->scopes);
  g_strfreev (config->scope_rules);
  config->scopes = g_strsplit ("base", " ", -1);
  config->scope_rules =
      g_strsplit ("tools/call=mcp:write tools/call:echo=mcp:read", " ", -1);
  wanted = bma_bearer_list_step_up (granted, needed, config);
  supported = bma_scope_rules_list_supported (config);
  /* What the person has here and can ask for again, and nothing of the server itself. */
  g_assert_cmpstrv (wanted, ((const char *[]){ "base", "mcp:read", "mcp:write", NULL }));
  g_assert_cmpstrv (supported,
                    ((const char *[]){ "base", "mcp:write", "mcp:read", "offline_access",
                                       "openid", "profile", "email", NULL }));
}

/* Programs on the bus may ask for what a rule needs, and for nothing unheard of. */
static void
test_local (void)
{
  static const char *const known[] = { "mcp:write", NULL };
  static const char *const unknown[] = { "mcp:other", NULL };
  static const char *const below[] = { "mcp:write:a", NULL };
  static const char *const wide[] = { "mcp", NULL };
  g_autoptr (BmaConfig) config = bma_config_new ();
  g_autoptr (BmaPeer) peer =
      bma_peer_new (":1.7", "org.example.App", BMA_TRUST_SANDBOX, NULL, 1000, 4711);
  g_autoptr (BmaSubject) subject = bma_record_new (&bma_subject_type, "ab");
  g_autoptr (BmaGrant) grant = bma_record_new (&bma_grant_type, "cd");
  BmaLocalFacts facts = { peer, NULL, subject, grant };

  bma_config_set_address (config, "127.0.0.1", 8417, NULL, NULL);
  g_strfreev (config->scope_rules);
  config->scope_rules = g_strsplit ("tools/call=mcp:write", " ", -1);
  grant->decision = g_strdup (BMA_DECISION_ALWAYS);
  grant->scopes = g_strdupv ((char **) unknown);
  g_assert_cmpint (bma_local_token_decide (unknown, NULL, &facts, config), ==,
                   BMA_LOCAL_BAD_SCOPE);
  g_assert_cmpint (bma_local_token_decide (below, NULL, &facts, config), ==,
                   BMA_LOCAL_BAD_SCOPE);
  g_assert_cmpint (bma_local_token_decide (known, NULL, &facts, config), ==,
                   BMA_LOCAL_ASK);
  g_strfreev (grant->scopes);
  grant->scopes = g_strdupv ((char **) wide);
  g_assert_cmpint (bma_local_token_decide (known, NULL, &facts, config), ==,
                   BMA_LOCAL_ISSUE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/oauth/scope-rules/have-one-spelling", test_normalize);
  g_test_add_func ("/oauth/scope-rules/most-specific-wins", test_lookup);
  g_test_add_func ("/oauth/scope-rules/none-needs-no-look", test_none);
  g_test_add_func ("/oauth/scope-rules/batch-needs-the-union", test_batch);
  g_test_add_func ("/oauth/bearer/steps-up-without-loss", test_step_up);
  g_test_add_func ("/oauth/local-token/scopes-of-rules-may-be-asked-for", test_local);
  return g_test_run ();
}
