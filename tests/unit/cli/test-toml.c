/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-cli-toml.h"

#include <string.h>

/* All values, one a line: the path with slashes, then the text. */
static char *
dump (const char *text, GError **error)
{
  g_autoptr (GPtrArray) items = bma_cli_toml_parse (text, strlen (text), error);
  GString *out = g_string_new (NULL);

  for (unsigned int i = 0; items != NULL && i < items->len; i++)
    {
      const BmaCliTomlItem *item = g_ptr_array_index (items, i);
      g_autofree char *path = g_strjoinv ("/", item->path);

      g_string_append_printf (out, "%s=%s\n", path, item->text);
    }
  return g_string_free (out, FALSE);
}

static void
test_values (void)
{
  static const struct
  {
    const char *text;
    const char *values;
  } cases[] = {
    { "", "" },
    { "# only a comment", "" },
    { "a = \"x\"  # why\r\nb='y'", "a=x\nb=y\n" },
    { "a = true\nb = -1.5e3\nc = 2025-04-28T07:32:00Z\n",
      "a=true\nb=-1.5e3\nc=2025-04-28T07:32:00Z\n" },
    { "[vars]\nA=\"1\"\n[env.live.vars]\nA=\"2\"\n", "vars/A=1\nenv/live/vars/A=2\n" },
    { "vars.A = \"1\"\n\"b c\".'d.e' = 2\n", "vars/A=1\nb c/d.e=2\n" },
    { "vars = { A = \"1\", B.C = \"2\" }\n", "vars/A=1\nvars/B/C=2\n" },
    { "l = [ 1, # one\n  \"two\",\n ]\n", "l=1\nl=two\n" },
    { "[[kv]]\nid = \"a\"\n[[kv]]\nid = \"b\"\n", "kv/id=a\nkv/id=b\n" },
    { "l = [ { a = 1 }, { a = 2 } ]", "l/a=1\nl/a=2\n" },
    { "a = \"q\\\"\\\\\\t\\u00e9\\U0001F600\"", "a=q\"\\\té😀\n" },
    { "a = 'C:\\n'", "a=C:\\n\n" },
    { "a = \"\"\"\none\ntwo \\\n   three\"\"\"\nb=1", "a=one\ntwo three\nb=1\n" },
    { "a = '''\n'x''y'''\n", "a='x''y\n" },
    { "a = \"\"\nb = ''\n", "a=\nb=\n" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *values = dump (cases[i].text, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (values, ==, cases[i].values);
    }
}

static void
test_mistakes (void)
{
  static const struct
  {
    const char *text;
    const char *message;
  } cases[] = {
    { "\na = \"canary", "line 2, column 12: a string has no end" },
    { "a = \"canary\n\"", "line 1, column 12: a string has no end" },
    { "a = '''canary", "line 1, column 14: a string has no end" },
    { "a \"canary\"", "line 1, column 3: a “=” is expected" },
    { "a = ", "line 1, column 5: a value is expected" },
    { "a = 1\n# x\r", "line 2, column 4: a carriage return is alone" },
    { "= 1", "line 1, column 1: a key is expected" },
    { "a = \"canary\" b",
      "line 1, column 14: there is more behind a value than belongs there" },
    { "a = \"canary\\q\"",
      "line 1, column 13: a string has an escape that TOML does not know" },
    { "a = \"\\ud800\"",
      "line 1, column 7: a string has an escape for what is no character" },
    { "a = \"\\u0000\"",
      "line 1, column 7: a string has an escape for what is no character" },
    { "a = 1\n\na = 2", "line 3, column 4: a key has two values" },
    { "[vars\nA = 1", "line 1, column 6: a table's name has no end" },
    { "[[vars]\nA = 1", "line 1, column 7: a table's name has no end" },
    { "a = [ 1, 2", "line 1, column 11: a list or inline table has no end" },
    { "a = [ 1 2 ]", "line 1, column 9: a list or inline table has no end" },
    { "a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q = 1",
      "line 1, column 35: tables are nested too deeply" },
    { "a = [[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]",
      "line 1, column 21: values are nested too deeply" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *values = dump (cases[i].text, &error);

      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
      g_assert_cmpstr (error->message, ==, cases[i].message);
      g_assert_null (strstr (error->message, "canary"));
      g_assert_cmpstr (values, ==, "");
    }
}

static void
test_limits (void)
{
  g_autofree char *big = g_strnfill (256 * 1024 + 1, '#');
  g_autoptr (GString) many = g_string_new ("a = [");
  g_autoptr (GError) error = NULL;

  g_assert_null (bma_cli_toml_parse (big, strlen (big), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  g_clear_error (&error);
  g_assert_null (bma_cli_toml_parse ("a = '\xff'", 8, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  g_clear_error (&error);
  for (unsigned int i = 0; i < 5000; i++)
    g_string_append (many, "1,");
  g_string_append (many, "]");
  g_assert_null (bma_cli_toml_parse (many->str, many->len, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/toml/reads-every-kind-of-value", test_values);
  g_test_add_func ("/cli/toml/names-the-line-and-never-repeats-it", test_mistakes);
  g_test_add_func ("/cli/toml/is-bounded", test_limits);
  return g_test_run ();
}
