/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-cli-toml-edit.h"

#include <string.h>

#define ENTRY "[mcp.us]\nurl = \"u\"\nargs = [\"a\"]"
#define BOM   "\xef\xbb\xbf"

static const char *const path[] = { "mcp", "us", NULL };
static const char *const pairs[] = { "url = \"u\"", "args = [\"a\"]", NULL };

static const struct
{
  const char *name;
  const char *before;
  const char *after;
} cases[] = {
  { "an empty file", "", ENTRY "\n" },
  { "a byte order mark only", BOM, BOM ENTRY "\n" },
  { "other tables", "# hello\na = 1\n\n[b]\nc = 2 # why\n",
    "# hello\na = 1\n\n[b]\nc = 2 # why\n\n" ENTRY "\n" },
  { "no final newline", "a = 1", "a = 1\n\n" ENTRY "\n" },
  { "behind the last of its kind", "[mcp.x]\nurl = \"x\" # x\n\n# about z\n[z]\na = 1\n",
    "[mcp.x]\nurl = \"x\" # x\n\n" ENTRY "\n\n# about z\n[z]\na = 1\n" },
  { "behind the last of its kind, at the end", "[mcp.x.env]\nA = \"x\"",
    "[mcp.x.env]\nA = \"x\"\n\n" ENTRY },
  { "CRLF", "[mcp]\r\n[b]\r\nc = 1\r\n",
    "[mcp]\r\n\r\n[mcp.us]\r\nurl = \"u\"\r\nargs = [\"a\"]\r\n[b]\r\nc = 1\r\n" },
  { "dotted keys beside", "mcp.x.url = \"x\"\n", "mcp.x.url = \"x\"\n\n" ENTRY "\n" },
  { "replaced", "[mcp.us] # ours\nurl = \"old\"\n# kept\n[b]\n",
    ENTRY "\n# kept\n[b]\n" },
  { "replaced with its subtables",
    "[mcp.us]\na = 1\n\n[b]\nc = 1\n\n[mcp.us.env]\nd = 1\n", ENTRY "\n\n[b]\nc = 1\n" },
  { "replaced inline", "[mcp]\nus = { url = \"old\" } # x\nb = { }\n",
    "[mcp]\nus = { url = \"u\", args = [\"a\"] } # x\nb = { }\n" },
};

static void
test_set (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      const char *before = cases[i].before;
      g_autofree char *after =
          bma_cli_toml_set (before, strlen (before), path, pairs, &error);
      g_autofree char *again = NULL;

      g_test_message ("%s", cases[i].name);
      g_assert_no_error (error);
      g_assert_cmpstr (after, ==, cases[i].after);
      again = bma_cli_toml_set (after, strlen (after), path, pairs, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (again, ==, after);
    }
}

static void
test_remove (void)
{
  static const struct
  {
    const char *before;
    const char *after;
  } removed[] = {
    { ENTRY "\n", "" },
    { "a = 1\n\n" ENTRY "\n\n[b]\n", "a = 1\n\n[b]\n" },
    { "a = 1\r\n\r\n[mcp.us]\r\nx = 1\r\n", "a = 1\r\n" },
    { "[mcp.us]\nx = 1 # why\n[b]\n", "# why\n[b]\n" },
    { "[mcp]\nus = { }\nb = { }\n", "[mcp]\nb = { }\n" },
    { "[mcp.us]\nx=1\n[mcp.us.env]\ny=1\n[b]\n", "[b]\n" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (removed); i++)
    {
      g_autoptr (GError) error = NULL;
      const char *before = removed[i].before;
      g_autofree char *after =
          bma_cli_toml_remove (before, strlen (before), path, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (after, ==, removed[i].after);
    }
}

static void
test_put_back (void)
{
  static const char *const written[] = {
    "[mcp.us]\nurl = 'old' # x\na = [\n 1,\n]\n\n[b]\nc = 1\n",
    "[mcp]\nus = { url = 'old' }\n",
  };

  for (size_t i = 0; i < G_N_ELEMENTS (written); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *old = NULL;
      g_autofree char *new = NULL;
      g_autofree char *back = NULL;
      gboolean is_there = FALSE;

      g_assert_true (bma_cli_toml_get_written (written[i], strlen (written[i]), path,
                                               &is_there, &old, &error));
      g_assert_true (is_there);
      new = bma_cli_toml_set (written[i], strlen (written[i]), path, pairs, &error);
      back = bma_cli_toml_put_back (new, strlen (new), path, old, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (back, ==, written[i]);
    }
}

static void
test_mistakes (void)
{
  static const struct
  {
    const char *text;
    const char *message;
  } mistakes[] = {
    { "a = 1\nb = \"canary", "line 2, column 12: a string has no end" },
    { "mcp = { }\n",
      "line 1, column 1: this is not written as tables; please make it tables, [a.b]" },
    { "\nmcp = 1\n",
      "line 2, column 1: this is not written as tables; please make it tables, [a.b]" },
    { "mcp.us.url = 1\n",
      "line 1, column 1: the entry is written with dotted keys; please "
      "make it a table, [a.b]" },
    { "[mcp]\nus.url = 1\n", "line 2, column 1: the entry is written with dotted keys; "
                             "please make it a table, [a.b]" },
    { "[mcp]\nus = 1\n", "line 2, column 6: a table is expected" },
    { "[[mcp]]\n", "line 1, column 1: a table is expected, not a list of them" },
    { "[[mcp.us]]\n", "line 1, column 1: a table is expected, not a list of them" },
    { "[mcp.us]\n[mcp.us]\n", "line 2, column 1: a table is there twice" },
    { "[mcp]\nus = {}\n[mcp.us]\n", "line 2, column 1: a table is there twice" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (mistakes); i++)
    {
      g_autoptr (GError) error = NULL;
      const char *text = mistakes[i].text;

      g_assert_null (bma_cli_toml_set (text, strlen (text), path, pairs, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
      g_assert_cmpstr (error->message, ==, mistakes[i].message);
    }
}

static void
test_gone (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (bma_cli_toml_remove ("a = 1", 5, path, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (bma_cli_toml_put_back ("a = 1", 5, path, "{ }", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/toml-edit/a-table-is-put-where-it-belongs", test_set);
  g_test_add_func ("/cli/toml-edit/a-table-is-removed-with-its-line", test_remove);
  g_test_add_func ("/cli/toml-edit/what-was-written-is-put-back", test_put_back);
  g_test_add_func ("/cli/toml-edit/mistakes-are-named-by-line-and-column", test_mistakes);
  g_test_add_func ("/cli/toml-edit/what-is-not-there-cannot-be-removed", test_gone);
  return g_test_run ();
}
