/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-cli-jsonc-edit.h"

#include <string.h>

#define ALL   (BMA_CLI_JSONC_COMMENTS | BMA_CLI_JSONC_TRAILING_COMMAS)
#define ENTRY "{\"type\":\"http\",\"args\":[\"a\",\"b\"]}"
#define BOM   "\xef\xbb\xbf"

static const char *const path[] = { "servers", "us", NULL };

static char *
set (const char *text, BmaCliJsoncFlags flags, GError **error)
{
  g_autoptr (BmaCliJsonc) doc = bma_cli_jsonc_parse (text, strlen (text), flags, error);

  return doc != NULL ? bma_cli_jsonc_set (doc, path, ENTRY, error) : NULL;
}

static char *
take_out (const char *text, GError **error)
{
  g_autoptr (BmaCliJsonc) doc = bma_cli_jsonc_parse (text, strlen (text), ALL, error);

  g_assert_nonnull (doc);
  return bma_cli_jsonc_remove (doc, path, error);
}

static const struct
{
  const char *name;
  const char *before;
  const char *after;
} inserted[] = {
  { "an empty file", "",
    "{\n  \"servers\": {\n    \"us\": {\n      \"type\": \"http\",\n      \"args\": "
    "[\"a\", "
    "\"b\"]\n    }\n  }\n}\n" },
  { "an empty object", "{}",
    "{\n  \"servers\": {\n    \"us\": {\n      \"type\": \"http\",\n      \"args\": "
    "[\"a\", "
    "\"b\"]\n    }\n  }\n}" },
  { "only comments", "// mine\n\n",
    "// mine\n{\n  \"servers\": {\n    \"us\": {\n      \"type\": \"http\",\n      "
    "\"args\": "
    "[\"a\", \"b\"]\n    }\n  }\n}\n" },
  { "no section", "{\n\t\"a\": 1 // why\n}\n",
    "{\n\t\"a\": 1, // why\n\t\"servers\": {\n\t\t\"us\": {\n\t\t\t\"type\": \"http\",\n"
    "\t\t\t\"args\": [\"a\", \"b\"]\n\t\t}\n\t}\n}\n" },
  { "an empty section", "{\n  \"servers\": {},\n  \"b\": 2\n}",
    "{\n  \"servers\": {\n    \"us\": {\n      \"type\": \"http\",\n      \"args\": "
    "[\"a\", "
    "\"b\"]\n    }\n  },\n  \"b\": 2\n}" },
  { "a section of comments", "{\n  \"servers\": {\n    // none yet\n  }\n}",
    "{\n  \"servers\": {\n    // none yet\n    \"us\": {\n      \"type\": \"http\",\n    "
    "  "
    "\"args\": [\"a\", \"b\"]\n    }\n  }\n}" },
  { "a neighbour with a trailing comma and a comment, and odd indents",
    "{\n    \"servers\": {\n       \"x\": {}, /* it */ // is\n       // last\n    "
    "},\n}\n",
    "{\n    \"servers\": {\n       \"x\": {}, /* it */ // is\n       // last\n       "
    "\"us\": "
    "{\n           \"type\": \"http\",\n           \"args\": [\"a\", \"b\"]\n       },\n "
    "   "
    "},\n}\n" },
  { "CRLF and a byte order mark",
    BOM "{\r\n  \"servers\": {\r\n    \"x\": 1\r\n  }\r\n}\r\n",
    BOM "{\r\n  \"servers\": {\r\n    \"x\": 1,\r\n    \"us\": {\r\n      \"type\": "
        "\"http\",\r\n"
        "      \"args\": [\"a\", \"b\"]\r\n    }\r\n  }\r\n}\r\n" },
  { "one line", "{\"servers\":{\"x\":1},\"b\":[2]}\n",
    "{\"servers\":{\"x\":1, \"us\": {\"type\": \"http\", \"args\": [\"a\", "
    "\"b\"]}},\"b\":[2]}\n" },
  { "one line with an empty section", "{\"servers\":{ }}",
    "{\"servers\":{\"us\": {\"type\": \"http\", \"args\": [\"a\", \"b\"]}}}" },
  { "one line with a comment", "{\"servers\":{\"x\":1 /* y */}}",
    "{\"servers\":{\"x\":1, /* y */ \"us\": {\"type\": \"http\", \"args\": [\"a\", "
    "\"b\"]}}}" },
  { "a brace behind the last member",
    "{ \"a\": 1,\n  \"servers\": { \"x\": 1,\n \"y\": 2 } }",
    "{ \"a\": 1,\n  \"servers\": { \"x\": 1,\n \"y\": 2,\n    \"us\": {\n      \"type\": "
    "\"http\",\n      \"args\": [\"a\", \"b\"]\n    }\n  } }" },
};

static void
test_insert (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (inserted); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *after = set (inserted[i].before, ALL, &error);
      g_autofree char *again = NULL;

      g_test_message ("%s", inserted[i].name);
      g_assert_no_error (error);
      g_assert_cmpstr (after, ==, inserted[i].after);
      again = set (after, ALL, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (again, ==, after);
    }
}

static void
test_replace (void)
{
  static const struct
  {
    const char *before;
    const char *after;
  } cases[] = {
    { "{\n \"servers\": {\n  \"us\": 1, // old\n  \"b\": 2\n }\n}",
      "{\n \"servers\": {\n  \"us\": {\n   \"type\": \"http\",\n   \"args\": [\"a\", "
      "\"b\"]\n  "
      "}, // old\n  \"b\": 2\n }\n}" },
    { "{\n \"servers\": {\"u\\u0073\" : null}\n}",
      "{\n \"servers\": {\"u\\u0073\" : {\"type\": \"http\", \"args\": [\"a\", "
      "\"b\"]}}\n}" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *after = set (cases[i].before, ALL, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (after, ==, cases[i].after);
    }
}

static void
test_remove (void)
{
  static const struct
  {
    const char *before;
    const char *after;
  } cases[] = {
    { "{\"servers\": {\n  \"us\": 1\n}}", "{\"servers\": {}}" },
    { "{\"servers\": {\n  \"a\": 1,\n  \"us\": 2\n}}",
      "{\"servers\": {\n  \"a\": 1\n}}" },
    { "{\"servers\": {\n  \"a\": 1, // x\n  \"us\": 2\n}}",
      "{\"servers\": {\n  \"a\": 1 // x\n}}" },
    { "{\"servers\": {\r\n  \"us\": 2,\r\n  \"a\": 1\r\n}}",
      "{\"servers\": {\r\n  \"a\": 1\r\n}}" },
    { "{\"servers\": {\n  \"a\": 1, // x\n  \"us\": 2, \"b\": 3\n}}",
      "{\"servers\": {\n  \"a\": 1, // x\n  \"b\": 3\n}}" },
    { "{\"servers\": {\n  \"a\": 1, // x\n  \"us\": 2 }}",
      "{\"servers\": {\n  \"a\": 1 // x\n  }}" },
    { "{\"servers\": {\"a\": 1, \"us\": 2}}", "{\"servers\": {\"a\": 1}}" },
    { "{\"servers\": {\"us\": 2, \"a\": 1}}", "{\"servers\": {\"a\": 1}}" },
    { "{\"servers\": {\n \"a\": 1,\n \"us\": 2,\n}}", "{\"servers\": {\n \"a\": 1,\n}}" },
    { "{\"servers\": {\n // mine\n \"us\": 2\n}}", "{\"servers\": {\n // mine\n}}" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *after = take_out (cases[i].before, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (after, ==, cases[i].after);
    }
}

static void
test_put_back (void)
{
  static const char before[] =
      "{\n  \"servers\": {\n    \"us\": {\"x\":1 /* y */}\n  }\n}";
  g_autoptr (GError) error = NULL;
  g_autofree char *with = set (before, ALL, &error);
  g_autoptr (BmaCliJsonc) doc = bma_cli_jsonc_parse (with, strlen (with), ALL, &error);
  g_autofree char *after =
      bma_cli_jsonc_put_back (doc, path, "{\"x\":1 /* y */}", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (after, ==, before);
}

static void
test_mistakes (void)
{
  static const struct
  {
    const char *text;
    BmaCliJsoncFlags flags;
    const char *message;
  } cases[] = {
    { "{", ALL, "line 1, column 2: a name in double quotes is expected" },
    { "{\n  \"å\": canary}", ALL, "line 2, column 8: a value is expected" },
    { "{\"a\" 1}", ALL, "line 1, column 6: a “:” is expected" },
    { "{\"a\": 1 \"b\": 2}", ALL, "line 1, column 9: a “,” or “}” is expected" },
    { "[1 2]", ALL, "line 1, column 4: a “,” or “]” is expected" },
    { "{\"a\": \"canary\n\"}", ALL,
      "line 1, column 14: a string has a line break or control character" },
    { "{\"a\": \"canary", ALL, "line 1, column 14: a string has no end" },
    { "{\"a\": \"\\q\"}", ALL,
      "line 1, column 8: a string has an escape that JSON does not know" },
    { "{\"a\": 1,}", BMA_CLI_JSONC_COMMENTS,
      "line 1, column 9: a comma before the end is not accepted in this file" },
    { "{} // x", BMA_CLI_JSONC_STRICT,
      "line 1, column 4: a comment is not accepted in this file" },
    { "{} /* x", ALL, "line 1, column 4: a comment has no end" },
    { "{} x", ALL,
      "line 1, column 4: there is more behind the value than belongs there" },
    { "{\"a\": 01}", ALL, "line 1, column 7: a value is expected" },
    { "{\"a\": }", ALL, "line 1, column 7: a value is expected" },
    { "{\"a\\u0000\": 1}", ALL,
      "line 1, column 11: a name has a character that names cannot have" },
    { "[]", ALL, "line 1, column 1: an object is expected" },
    { "{\"servers\": []}", ALL, "line 1, column 13: an object is expected" },
    { "{\"servers\": {}, \"servers\": {}}", ALL,
      "line 1, column 17: a name is there twice" },
    { "{\"servers\":\n{\"us\": 1, \"u\\u0073\": 2}}", ALL,
      "line 2, column 11: a name is there twice" },
    { "{\"a\": '\xff'}", ALL, "it is not UTF-8 text of at most 8388608 bytes" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (set (cases[i].text, cases[i].flags, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
      g_assert_cmpstr (error->message, ==, cases[i].message);
    }
}

static void
test_bounds (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < 65; i++)
    g_string_append_c (text, '[');
  g_assert_null (bma_cli_jsonc_parse (text->str, text->len, ALL, &error));
  g_assert_cmpstr (error->message, ==, "line 1, column 65: values are nested too deeply");
  g_clear_error (&error);
  g_string_assign (text, "[");
  while (text->len < 2 * 200001)
    g_string_append (text, "1,");
  g_assert_null (bma_cli_jsonc_parse (text->str, text->len, ALL, &error));
  g_assert_nonnull (strstr (error->message, "there are too many values"));
  g_clear_error (&error);
  while (text->len <= BMA_CLI_JSONC_MAX_BYTES)
    g_string_append_len (text, text->str, (gssize) text->len);
  g_assert_null (bma_cli_jsonc_parse (text->str, text->len, ALL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
}

static void
test_describe (void)
{
  static const char a[] = "{\"b\": [1, \"\\u0041/\"], /* x */ \"a\": {\"c\": null,}}";
  static const char b[] = "{ \"a\":{\"c\":null},\n\"b\":[1,\"A\\/\",] }";
  g_autoptr (BmaCliJsonc) one = bma_cli_jsonc_parse (a, strlen (a), ALL, NULL);
  g_autoptr (BmaCliJsonc) two = bma_cli_jsonc_parse (b, strlen (b), ALL, NULL);
  g_autofree char *left = bma_cli_jsonc_describe (one, bma_cli_jsonc_get_root (one));
  g_autofree char *right = bma_cli_jsonc_describe (two, bma_cli_jsonc_get_root (two));

  g_assert_cmpstr (left, ==, right);
  g_assert_cmpstr (left, ==, "{\"a\":{\"c\":null},\"b\":[1,\"A/\"]}");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/jsonc/a-new-member-looks-like-its-neighbours", test_insert);
  g_test_add_func ("/cli/jsonc/a-member-is-replaced-in-its-place", test_replace);
  g_test_add_func ("/cli/jsonc/a-member-is-removed-with-its-line", test_remove);
  g_test_add_func ("/cli/jsonc/what-was-written-is-put-back", test_put_back);
  g_test_add_func ("/cli/jsonc/mistakes-are-named-by-line-and-column", test_mistakes);
  g_test_add_func ("/cli/jsonc/size-depth-and-number-are-bounded", test_bounds);
  g_test_add_func ("/cli/jsonc/what-is-said-is-compared-not-how", test_describe);
  return g_test_run ();
}
