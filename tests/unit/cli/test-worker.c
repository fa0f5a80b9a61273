/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-cli-worker.h"

#include <string.h>

static void
test_toml (void)
{
  static const char text[] =
      "name = \"w\"\nDEBUG = \"not this\"\n[vars]\nA = \"1\"\nB = true\n"
      "[env.live.vars]\nA = \"2\"\n";
  g_autoptr (BmaCliWorker) worker = bma_cli_worker_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (
      bma_cli_worker_read_wrangler_toml (worker, text, strlen (text), NULL, &error));
  g_assert_cmpstr (bma_cli_worker_get (worker, "A"), ==, "1");
  g_assert_cmpstr (bma_cli_worker_get (worker, "B"), ==, "true");
  g_assert_null (bma_cli_worker_get (worker, "DEBUG"));
  g_assert_true (
      bma_cli_worker_read_wrangler_toml (worker, text, strlen (text), "live", &error));
  g_assert_cmpstr (bma_cli_worker_get (worker, "A"), ==, "2");
  g_assert_false (
      bma_cli_worker_read_wrangler_toml (worker, text, strlen (text), "none", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

static void
test_json (void)
{
  static const char text[] =
      "/* head */ {\n // one\n \"name\": \"a // b /* c */\",\n"
      " \"vars\": { \"A\": \"x,}\", \"B\": false, \"C\": 1, \"D\": \"\\\"//\", },\n"
      " \"l\": [ 1, 2, /* two */ ],\n \"env\": { \"live\": { \"vars\": { \"A\": \"2\" } "
      "} } }";
  g_autoptr (BmaCliWorker) worker = bma_cli_worker_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (
      bma_cli_worker_read_wrangler_json (worker, text, strlen (text), NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (bma_cli_worker_get (worker, "A"), ==, "x,}");
  g_assert_cmpstr (bma_cli_worker_get (worker, "B"), ==, "false");
  g_assert_null (bma_cli_worker_get (worker, "C"));
  g_assert_cmpstr (bma_cli_worker_get (worker, "D"), ==, "\"//");
  g_assert_true (
      bma_cli_worker_read_wrangler_json (worker, text, strlen (text), "live", &error));
  g_assert_cmpstr (bma_cli_worker_get (worker, "A"), ==, "2");
  g_assert_false (
      bma_cli_worker_read_wrangler_json (worker, "{ \"a\": /* ", 10, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
}

static void
test_dev_vars (void)
{
  static const char text[] =
      "# mine\n\nA=1\nexport B = \"two # not a comment\" # a comment\r\n"
      "C='it\"s'\nD=a b # c\nE=\nF=x#y\n";
  g_autoptr (BmaCliWorker) worker = bma_cli_worker_new ();
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) names = NULL;
  g_autofree char *joined = NULL;

  g_assert_true (bma_cli_worker_read_dev_vars (worker, text, strlen (text), &error));
  g_assert_cmpstr (bma_cli_worker_get (worker, "A"), ==, "1");
  g_assert_cmpstr (bma_cli_worker_get (worker, "B"), ==, "two # not a comment");
  g_assert_cmpstr (bma_cli_worker_get (worker, "C"), ==, "it\"s");
  g_assert_cmpstr (bma_cli_worker_get (worker, "D"), ==, "a b");
  g_assert_null (bma_cli_worker_get (worker, "E"));
  g_assert_cmpstr (bma_cli_worker_get (worker, "F"), ==, "x#y");
  names = bma_cli_worker_list_names (worker);
  joined = g_strjoinv (" ", names);
  g_assert_cmpstr (joined, ==, "A B C D E F");
}

static void
test_bad_dev_vars (void)
{
  static const char *const lines[] = { "canary", "A=1\nB=\"canary", "a b=canary" };

  for (size_t i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autoptr (BmaCliWorker) worker = bma_cli_worker_new ();
      g_autoptr (GError) error = NULL;

      g_assert_false (
          bma_cli_worker_read_dev_vars (worker, lines[i], strlen (lines[i]), &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
      g_assert_null (strstr (error->message, "canary"));
    }
}

static gboolean
wants (const char *name)
{
  return g_str_equal (name, "DEBUG");
}

static void
test_environment (void)
{
  static const char *const lines[] = { "HOME=/x", "DEBUG=a=b", "EMPTY=", "odd", NULL };
  g_autoptr (BmaCliWorker) worker = bma_cli_worker_new ();
  g_auto (GStrv) names = NULL;

  bma_cli_worker_read_environment (worker, lines, wants);
  g_assert_cmpstr (bma_cli_worker_get (worker, "DEBUG"), ==, "a=b");
  names = bma_cli_worker_list_names (worker);
  g_assert_cmpuint (g_strv_length (names), ==, 1);
}

static void
test_files (void)
{
  g_autofree char *folder = g_dir_make_tmp ("worker-XXXXXX", NULL);
  g_autofree char *odd = g_build_filename (folder, "worker.yaml", NULL);
  g_autofree char *absent = g_build_filename (folder, "wrangler.toml", NULL);
  g_autoptr (BmaCliWorker) worker = bma_cli_worker_new ();
  g_autoptr (GError) error = NULL;

  g_assert_false (bma_cli_worker_read_file (worker, absent, NULL, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_clear_error (&error);
  g_assert_true (g_file_set_contents (odd, "a: 1\n", -1, NULL));
  g_assert_false (bma_cli_worker_read_file (worker, odd, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/cli/worker/reads-wrangler-toml", test_toml);
  g_test_add_func ("/cli/worker/reads-wrangler-json-with-comments", test_json);
  g_test_add_func ("/cli/worker/reads-dev-vars", test_dev_vars);
  g_test_add_func ("/cli/worker/never-repeats-a-bad-line", test_bad_dev_vars);
  g_test_add_func ("/cli/worker/takes-only-its-own-of-the-environment", test_environment);
  g_test_add_func ("/cli/worker/tells-files-by-their-names", test_files);
  return g_test_run ();
}
