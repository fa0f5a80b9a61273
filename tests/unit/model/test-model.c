/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "bma-change.h"
#include "bma-client.h"
#include "bma-config.h"
#include "bma-grant.h"
#include "bma-scope.h"
#include "bma-subject.h"

static void
test_record_copy (void)
{
  g_autoptr (BmaClient) client = bma_record_new (&bma_client_type, "ab12");
  g_autoptr (BmaClient) copy = NULL;

  client->name = g_strdup ("Name");
  client->redirect_uris = g_strsplit ("a b", " ", -1);
  client->created_at_s = 17;
  copy = bma_record_copy (client);
  g_assert_true (bma_record_equal (client, copy));
  g_assert_true (client->name != copy->name);
  copy->created_at_s = 18;
  g_assert_false (bma_record_equal (client, copy));
  copy->created_at_s = 17;
  g_strfreev (copy->redirect_uris);
  copy->redirect_uris = NULL;
  g_assert_false (bma_record_equal (client, copy));
}

static void
test_client_ids (void)
{
  g_autoptr (BmaClient) ours = bma_client_new ("00ff");
  g_autoptr (BmaClient) url = bma_client_new ("https://app.example/client.json");
  g_autofree char *hash = g_strdup (url->record.id);
  g_autoptr (BmaClient) clash = bma_client_new (hash);

  g_assert_cmpstr (ours->record.id, ==, "00ff");
  g_assert_cmpstr (bma_client_get_id (ours), ==, "00ff");
  g_assert_cmpuint (strlen (hash), ==, 64);
  g_assert_cmpuint (strspn (hash, "0123456789abcdef"), ==, 64);
  g_assert_cmpstr (bma_client_get_id (url), ==, "https://app.example/client.json");
  /* Nobody is found by the hash of their id. */
  g_assert_cmpstr (clash->record.id, !=, hash);
  g_assert_cmpstr (bma_client_get_id (clash), ==, hash);
}

static void
test_change (void)
{
  g_autoptr (BmaChange) change = bma_change_new ();
  g_autoptr (BmaClient) client = bma_record_new (&bma_client_type, "ab12");

  bma_change_put (change, client);
  bma_change_delete (change, &bma_grant_type, "cd");
  g_assert_cmpuint (bma_change_get_n_ops (change), ==, 2);
  g_assert_true (bma_change_get_op (change, 0)->record == &client->record);
  g_assert_null (bma_change_get_op (change, 1)->record);
  g_assert_cmpstr (bma_change_get_op (change, 1)->id, ==, "cd");
}

static void
test_scope_hierarchy (void)
{
  static const struct
  {
    const char *granted;
    const char *wanted;
    gboolean covered;
  } cases[] = {
    { "mcp", "mcp", TRUE },
    { "mcp", "mcp:read", TRUE },
    { "mcp", "mcp:read:genes", TRUE },
    { "mcp:read", "mcp:read:genes", TRUE },
    { "mcp:read", "mcp", FALSE },
    { "mcp:read", "mcp:write", FALSE },
    { "mcp", "mcpx", FALSE },
    { "mcp", "mcpx:read", FALSE },
    { "mcp", "MCP:read", FALSE },
    { "mcp:re", "mcp:read", FALSE },
    { "mcp:read other", "mcp:read:genes other", TRUE },
    { "mcp:read other", "mcp:read:genes mcp:write", FALSE },
    { "mcp", "", TRUE },
    { "", "mcp", FALSE },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (GStrv) granted = bma_scope_parse (cases[i].granted);
      g_auto (GStrv) wanted = bma_scope_parse (cases[i].wanted);

      g_test_message ("%s > %s", cases[i].granted, cases[i].wanted);
      g_assert_cmpint (bma_scope_are_covered ((const char *const *) wanted,
                                              (const char *const *) granted),
                       ==, cases[i].covered);
    }
  g_assert_true (bma_scope_are_covered (NULL, NULL));
}

static void
test_scopes (void)
{
  g_auto (GStrv) scopes = bma_scope_parse (" mcp  offline_access mcp ");
  g_auto (GStrv) none = bma_scope_parse (NULL);
  g_auto (GStrv) both = bma_scope_union ((const char *const *) scopes,
                                         (const char *const[]){ "mcp", "openid", NULL });
  g_autofree char *joined = bma_scope_join ((const char *const *) both);

  g_assert_cmpuint (g_strv_length (scopes), ==, 2);
  g_assert_cmpuint (g_strv_length (none), ==, 0);
  g_assert_cmpstr (joined, ==, "mcp offline_access openid");
  g_assert_null (bma_scope_parse ("a\"b"));
  g_assert_null (bma_scope_parse ("a\tb"));
  g_assert_true (
      bma_scope_is_subset ((const char *const *) scopes, (const char *const *) both));
  g_assert_false (
      bma_scope_is_subset ((const char *const *) both, (const char *const *) scopes));
  g_assert_true (bma_scope_is_subset (NULL, NULL));
}

static void
test_address (void)
{
  g_autoptr (BmaConfig) config = bma_config_new ();

  bma_config_set_address (config, "127.0.0.1", 8417, NULL, NULL);
  g_assert_cmpstr (config->issuer, ==, "http://127.0.0.1:8417");
  g_assert_cmpstr (config->resources[0], ==, "http://127.0.0.1:8417/mcp");
  g_assert_true (bma_config_is_host (config, "127.0.0.1:8417"));
  g_assert_true (bma_config_is_host (config, "LOCALHOST:8417"));
  g_assert_true (bma_config_is_host (config, "[::1]:8417"));
  g_assert_false (bma_config_is_host (config, "127.0.0.1"));
  g_assert_false (bma_config_is_host (config, "evil.example:8417"));
  g_assert_false (bma_config_is_host (config, NULL));
}

static void
test_resources (void)
{
  g_autoptr (BmaConfig) config = bma_config_new ();

  bma_config_set_address (config, "127.0.0.1", 8417, NULL, NULL);
  g_assert_cmpstr (bma_config_match_resource (config, "HTTP://LocalHost:8417/mcp"), ==,
                   "http://localhost:8417/mcp");
  g_assert_cmpstr (bma_config_match_resource (config, "http://127.0.0.1:8417/mcp/"), ==,
                   "http://127.0.0.1:8417/mcp");
  g_assert_null (bma_config_match_resource (config, "http://127.0.0.1:8418/mcp"));
  g_assert_null (bma_config_match_resource (config, "http://127.0.0.1:8417/"));
  g_assert_null (bma_config_match_resource (config, "http://127.0.0.1:8417/mcp#x"));
  g_assert_null (bma_config_match_resource (config, "http://127.0.0.1:8417/MCP"));
  g_assert_null (bma_config_match_resource (config, "mcp"));
  g_assert_true (bma_config_is_resource (config, "http://localhost:8417/mcp"));
  g_assert_false (bma_config_is_resource (config, "http://localhost:8417/mcp/"));
}

static void
test_public_url (void)
{
  g_autoptr (BmaConfig) config = bma_config_new ();

  bma_config_set_address (config, "127.0.0.1", 8417, "https://mcp.example.org", NULL);
  g_assert_cmpstr (config->issuer, ==, "https://mcp.example.org");
  g_assert_cmpstr (config->resources[0], ==, "https://mcp.example.org/mcp");
  g_assert_true (bma_config_is_host (config, "mcp.example.org"));
  g_assert_true (bma_config_is_host (config, "127.0.0.1:8417"));
}

static void
test_certificate (void)
{
  g_autoptr (BmaConfig) config = bma_config_new ();

  config->tls_certificate = g_strdup ("/certificate.pem");
  bma_config_set_address (config, "::1", 8417, NULL, NULL);
  g_assert_cmpstr (config->issuer, ==, "https://[::1]:8417");
  g_assert_cmpstr (config->resources[0], ==, "https://[::1]:8417/mcp");
  g_assert_true (bma_config_is_resource (config, "https://localhost:8417/mcp"));
  g_assert_false (bma_config_is_resource (config, "http://localhost:8417/mcp"));
  g_assert_false (config->is_public);
  g_assert_false (config->is_exposed);

  bma_config_set_address (config, "0.0.0.0", 443, "https://mcp.example.org", NULL);
  g_assert_cmpstr (config->issuer, ==, "https://mcp.example.org");
  g_assert_true (config->is_public);
  g_assert_true (config->is_exposed);
  g_assert_true (bma_config_is_host (config, "mcp.example.org:443"));
  g_assert_true (bma_config_is_host (config, "127.0.0.1"));

  bma_config_set_address (config, "192.0.2.1", 443, "https://mcp.example.org", NULL);
  g_assert_true (config->is_exposed);
  g_assert_false (bma_config_is_host (config, "127.0.0.1"));
  g_assert_false (bma_config_is_host (config, "192.0.2.1"));
}

static void
test_ids (void)
{
  g_autofree char *a = bma_subject_make_id ("stytch", "user-1");
  g_autofree char *b = bma_subject_make_id ("stytchu", "ser-1");
  g_autofree char *grant = bma_grant_make_id ("http-client", "c", a, "r");

  g_assert_cmpstr (a, !=, b);
  g_assert_cmpuint (strlen (grant), ==, 32);
}

static void
test_contradiction (void)
{
  g_autoptr (BmaConfig) config = bma_config_new ();

  g_strfreev (config->trusted_issuers);
  config->trusted_issuers = g_strsplit ("https://id.example.org", " ", -1);
  g_assert_null (bma_config_find_contradiction (config));
  g_assert_true (bma_config_offers_openid (config));
  g_free (config->algorithm);
  config->algorithm = g_strdup (BMA_ALGORITHM_NAME_HS256);
  g_assert_nonnull (strstr (bma_config_find_contradiction (config), "trusted-issuers"));
  g_assert_false (bma_config_offers_openid (config));
  g_strfreev (config->trusted_issuers);
  config->trusted_issuers = g_new0 (char *, 1);
  g_assert_null (bma_config_find_contradiction (config));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/record/copies-deeply", test_record_copy);
  g_test_add_func ("/model/client/any-text-can-be-a-client-id", test_client_ids);
  g_test_add_func ("/model/change/keeps-order", test_change);
  g_test_add_func ("/model/scope/parses-and-compares", test_scopes);
  g_test_add_func ("/model/scope/includes-what-is-below-it", test_scope_hierarchy);
  g_test_add_func ("/model/config/derives-the-issuer", test_address);
  g_test_add_func ("/model/config/knows-its-resource", test_resources);
  g_test_add_func ("/model/config/public-url-is-the-issuer", test_public_url);
  g_test_add_func ("/model/config/certificate-makes-it-https", test_certificate);
  g_test_add_func ("/model/ids/do-not-collide", test_ids);
  g_test_add_func ("/model/config/hs256-goes-with-no-trusted-issuer", test_contradiction);
  return g_test_run ();
}
