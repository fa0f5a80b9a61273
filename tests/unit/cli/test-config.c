/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-cli-config.h"

#include <string.h>

static char *
edit (const char *text, GError **error)
{
  g_autoptr (GPtrArray) entries =
      g_ptr_array_new_with_free_func ((GDestroyNotify) bma_cli_config_entry_free);

  g_ptr_array_add (entries, bma_cli_config_entry_new ("identity", "provider", "stytch"));
  g_ptr_array_add (entries, bma_cli_config_entry_new ("stytch", "project-id", "p"));
  g_ptr_array_add (entries, bma_cli_config_entry_new ("stytch", "public-token", "t"));
  return bma_cli_config_edit (text, entries, error);
}

static void
test_empty (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = edit ("", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (text, ==,
                   "[identity]\nprovider=stytch\n\n"
                   "[stytch]\nproject-id=p\npublic-token=t\n");
}

static void
test_keeps (void)
{
  const char *old = "# Mine\n\n[service]\n# why\nlisten=127.0.0.1:9000\n\n"
                    "[stytch]\nmethods=google;github\nproject-id=old\n";
  g_autoptr (GError) error = NULL;
  g_autofree char *text = edit (old, &error);
  g_autofree char *again = NULL;

  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (text, "# Mine\n\n[service]\n# why\nlisten="));
  g_assert_nonnull (strstr (text, "methods=google;github\nproject-id=p\n"));
  g_assert_nonnull (strstr (text, "[identity]\nprovider=stytch\n"));
  g_assert_null (strstr (text, "old"));
  again = edit (text, &error);
  g_assert_cmpstr (again, ==, text);
}

static void
test_not_a_configuration (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (edit ("canary\n", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  g_assert_null (strstr (error->message, "canary"));
}

static void
test_check (void)
{
  static const struct
  {
    const char *kind;
    const char *text;
    const char *problem;
  } cases[] = {
    { "project-", "project-test-11111111-aaaa", NULL },
    { "public-token-", "public-token-live-x", NULL },
    { "secret-", "secret-test-a_b-c=", NULL },
    { "project-", "", "empty" },
    { "project-", "proj", "starts with project-" },
    { "secret-", "public-token-test-x", "This is a public token, not the secret" },
    { "project-", "project-x", "project-test- or project-live-" },
    { "secret-", "secret-live-", "cut off" },
    { "secret-", "secret-live-a secret-live-b", "more pasted" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *problem = bma_cli_config_check (cases[i].kind, cases[i].text);

      if (cases[i].problem == NULL)
        g_assert_null (problem);
      else
        g_assert_nonnull (strstr (problem, cases[i].problem));
    }
}

static void
test_same_environment (void)
{
  g_autofree char *good = bma_cli_config_check_same ("project-live-1",
                                                     "public-token-live-1",
                                                     "secret-live-1");
  g_autofree char *token = bma_cli_config_check_same ("project-live-1",
                                                      "public-token-test-1",
                                                      "secret-live-1");
  g_autofree char *secret = bma_cli_config_check_same ("project-test-1",
                                                       "public-token-test-1",
                                                       "secret-live-1");

  g_assert_null (good);
  g_assert_nonnull (strstr (token, "public token is not"));
  g_assert_nonnull (strstr (secret, "secret is not"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/cli/config/from-nothing", test_empty);
  g_test_add_func ("/cli/config/keeps-the-rest", test_keeps);
  g_test_add_func ("/cli/config/refuses-other-files", test_not_a_configuration);
  g_test_add_func ("/cli/config/check", test_check);
  g_test_add_func ("/cli/config/one-environment", test_same_environment);
  return g_test_run ();
}
