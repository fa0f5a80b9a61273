/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <unistd.h>

#include "bma-cli-client.h"
#include "bma-cli-findings.h"
#include "bma-cli-objects.h"
#include "bma-cli-print.h"
#include "bma-cli-request.h"
#include "bma-names.h"

static char *
lay_out (char **first, char **second, gboolean colour)
{
  const char *const headings[] = { "A", "LONG", NULL };
  g_autoptr (GPtrArray) rows = g_ptr_array_new ();

  g_ptr_array_add (rows, first);
  g_ptr_array_add (rows, second);
  return bma_cli_print_columns (headings, rows, colour);
}

static void
test_columns (void)
{
  char *first[] = { (char *) "é", (char *) "x", NULL };
  char *second[] = { (char *) "日本", (char *) "y\033[2J\nz", NULL };
  g_autofree char *plain = lay_out (first, second, FALSE);
  g_autofree char *colour = lay_out (first, second, TRUE);

  g_assert_cmpstr (plain, ==, "A     LONG\né     x\n日本  y [2J z\n");
  g_assert_true (g_str_has_prefix (colour, "\033[1mA\033[0m     \033[1mLONG\033[0m\n"));
}

static void
test_no_colour_in_pipes (void)
{
  int ends[2];

  g_assert_cmpint (pipe (ends), ==, 0);
  g_assert_false (bma_cli_print_has_colour (ends[1]));
  close (ends[0]);
  close (ends[1]);
}

static void
test_exit_codes (void)
{
  static const struct
  {
    const char *name;
    int code;
  } cases[] = {
    { "InteractionRequired", 2 },
    { "NotSignedIn", 2 },
    { "AccessDenied", 3 },
    { "Cancelled", 3 },
    { "Offline", 4 },
    { "RateLimited", 4 },
    { "KeyringLocked", 4 },
    { "KeyringMissing", 4 },
    { "TimedOut", 1 },
    { "InvalidArgument", 1 },
    { "InvalidScope", 1 },
    { "InvalidResource", 1 },
    { "PolicyForbidden", 1 },
    { "NotFound", 1 },
    { "Failed", 1 },
    { "Offline2", 1 },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *name = g_strconcat (BMA_DBUS_ERROR_PREFIX, cases[i].name, NULL);
      g_autoptr (GError) error = g_dbus_error_new_for_dbus_error (name, "why");

      g_assert_cmpint (bma_cli_client_get_exit_for_name (name), ==, cases[i].code);
      g_assert_cmpint (bma_cli_client_get_exit (error), ==, cases[i].code);
    }
  g_assert_cmpint (bma_cli_client_get_exit_for_name ("Offline"), ==, 1);
  g_assert_cmpint (bma_cli_client_get_exit_for_name (NULL), ==, 1);
}

static void
test_paths (void)
{
  g_autofree char *request = bma_cli_request_make_path (":1.42", "cli_0");
  g_autofree char *grant = bma_cli_objects_make_path ("grant", "7");

  g_assert_cmpstr (request, ==, "/org/biomcp/Auth/request/1_42/cli_0");
  g_assert_cmpstr (grant, ==, "/org/biomcp/Auth/grant/7");
  g_assert_null (bma_cli_objects_make_path ("grant", ""));
  g_assert_null (bma_cli_objects_make_path ("grant", "7/8"));
  g_assert_null (bma_cli_objects_make_path ("grant", "a b"));
}

static void
test_findings (void)
{
  g_autoptr (GVariant)
      good = g_variant_ref_sink (g_variant_new_parsed ("[('ok', 'a', 'b', '')]"));
  g_autoptr (GVariant)
      strange = g_variant_ref_sink (g_variant_new_parsed ("[('odd', 'a', 'b', 'c')]"));
  g_autoptr (GVariant) none = bma_cli_findings_select (good, "c");

  g_assert_true (bma_cli_findings_are_ok (good));
  g_assert_false (bma_cli_findings_are_ok (strange));
  g_assert_cmpuint (g_variant_n_children (none), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/cli/print/columns", test_columns);
  g_test_add_func ("/cli/print/no-colour-in-pipes", test_no_colour_in_pipes);
  g_test_add_func ("/cli/client/exit-codes", test_exit_codes);
  g_test_add_func ("/cli/objects/paths", test_paths);
  g_test_add_func ("/cli/findings/levels", test_findings);
  return g_test_run ();
}
