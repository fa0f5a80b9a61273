/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "bma-form.h"
#include "bma-json.h"

static void
test_form (void)
{
  static const char text[] = "a=1&b=x+y%21&&empty=&bare&resource=r1&resource=r2";
  g_autoptr (BmaForm) form = bma_form_parse (text, strlen (text));

  g_assert_nonnull (form);
  g_assert_cmpstr (bma_form_get (form, "a"), ==, "1");
  g_assert_cmpstr (bma_form_get (form, "b"), ==, "x y!");
  g_assert_null (bma_form_get (form, "empty"));
  g_assert_cmpstr (bma_form_get_at (form, "empty", 0), ==, "");
  g_assert_null (bma_form_get (form, "bare"));
  g_assert_null (bma_form_get (form, "none"));
  g_assert_cmpuint (bma_form_count (form, "resource"), ==, 2);
  g_assert_cmpstr (bma_form_get_at (form, "resource", 1), ==, "r2");
  g_assert_cmpstr (bma_form_find_repeated (form, NULL), ==, "resource");
  g_assert_null (bma_form_find_repeated (form, "resource"));
}

static void
test_form_refused (void)
{
  static const char *const cases[] = { "a=%",   "a=%4",  "a=%zz",
                                       "a=%00", "%ff=1", "a=%c3%28" };
  g_autofree char *big = g_strnfill (BMA_FORM_MAX_BYTES + 1, 'a');
  GString *many = g_string_new (NULL);

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_null (bma_form_parse (cases[i], strlen (cases[i])));
  g_assert_null (bma_form_parse ("a\0b", 3));
  g_assert_null (bma_form_parse (big, strlen (big)));
  for (int i = 0; i <= BMA_FORM_MAX_FIELDS; i++)
    g_string_append (many, "&a=1");
  g_assert_null (bma_form_parse (many->str, many->len));
  g_string_free (many, TRUE);
}

static void
test_form_last_escape (void)
{
  g_autoptr (BmaForm) form = bma_form_parse ("a=%41", 5);

  g_assert_cmpstr (bma_form_get (form, "a"), ==, "A");
}

static void
test_form_encodes (void)
{
  GString *out = g_string_new (NULL);

  bma_form_append_pair (out, "a", "x y&z=é");
  bma_form_append_pair (out, "none", NULL);
  bma_form_append_pair (out, "b", "-._~");
  g_assert_cmpstr (out->str, ==, "a=x%20y%26z%3D%C3%A9&b=-._~");
  g_string_free (out, TRUE);
}

static void
test_json_accepted (void)
{
  static const char *const cases[] = {
    "{}", " {\"a\":[1,-2.5e+3,true,false,null,\"\\u00e9\\n\"],\"b\":{\"a\":[]}} ",
    "[]", "\"x\"",
    "0",  "-1",
  };
  const BmaJsonLimits limits = BMA_JSON_LIMITS_DEFAULT;
  const char *problem = NULL;

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_true (bma_json_scan (cases[i], strlen (cases[i]), &limits, &problem));
}

static void
test_json_refused (void)
{
  static const char *const cases[] = {
    "",
    "{",
    "{\"a\"}",
    "{\"a\":}",
    "{\"a\":1,}",
    "[1,]",
    "[1 2]",
    "{\"a\":1}x",
    "nul",
    "01",
    "1.",
    "1e",
    "1e1234",
    "\"\\x\"",
    "\"\\u12\"",
    "\"\\u0000\"",
    "\"a",
    "\"\t\"",
    "{\"a\":1,\"a\":2}",
    "{\"a\":1,\"\\u0061\":2}",
    "[}",
    "{]",
    "'a'",
    "{a:1}",
    "+1",
    "\xff",
    "123456789012345678901234567890",
    "[[],",
  };
  const BmaJsonLimits limits = BMA_JSON_LIMITS_DEFAULT;
  const char *problem = NULL;

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i]);
      g_assert_false (bma_json_scan (cases[i], strlen (cases[i]), &limits, &problem));
      g_assert_nonnull (problem);
    }
}

static void
test_json_bounded (void)
{
  const BmaJsonLimits limits = { 200000, 16, 1000 };
  g_autofree char *deep = g_strnfill (100000, '[');
  GString *wide = g_string_new ("[");
  const char *problem = NULL;

  g_assert_false (bma_json_scan (deep, strlen (deep), &limits, &problem));
  g_assert_cmpstr (problem, ==, "it is nested too deeply");
  for (int i = 0; i < 1001; i++)
    g_string_append (wide, i == 0 ? "1" : ",1");
  g_string_append_c (wide, ']');
  g_assert_false (bma_json_scan (wide->str, wide->len, &limits, &problem));
  g_assert_cmpstr (problem, ==, "it has too many members");
  g_assert_false (bma_json_scan ("[]", 2, &(BmaJsonLimits){ 1, 1, 1 }, &problem));
  g_assert_cmpstr (problem, ==, "it is too large");
  g_string_free (wide, TRUE);
}

static void
test_json_getters (void)
{
  static const char text[] =
      "{\"s\":\"x\",\"n\":7,\"l\":[\"a\",\"b\"],\"m\":[1],\"o\":{},\"z\":null}";
  const BmaJsonLimits limits = BMA_JSON_LIMITS_DEFAULT;
  g_autoptr (JsonObject)
      object = bma_json_parse_object (text, strlen (text), &limits, NULL);
  g_auto (GStrv) list = NULL;
  g_auto (GStrv) none = NULL;
  int64_t number = 0;

  g_assert_nonnull (object);
  g_assert_cmpstr (bma_json_get_string (object, "s"), ==, "x");
  g_assert_null (bma_json_get_string (object, "n"));
  g_assert_null (bma_json_get_string (object, "z"));
  g_assert_null (bma_json_get_string (object, "missing"));
  g_assert_true (bma_json_get_int (object, "n", &number));
  g_assert_cmpint (number, ==, 7);
  g_assert_false (bma_json_get_int (object, "s", &number));
  g_assert_true (bma_json_get_strings (object, "l", &list));
  g_assert_cmpuint (g_strv_length (list), ==, 2);
  g_assert_true (bma_json_get_strings (object, "missing", &none));
  g_assert_null (none);
  g_assert_false (bma_json_get_strings (object, "m", &none));
  g_assert_false (bma_json_get_strings (object, "s", &none));
  g_assert_null (bma_json_parse_object ("[]", 2, &limits, NULL));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/form/reads-fields", test_form);
  g_test_add_func ("/base/form/refuses-what-is-malformed", test_form_refused);
  g_test_add_func ("/base/form/reads-an-escape-at-the-end", test_form_last_escape);
  g_test_add_func ("/base/form/encodes", test_form_encodes);
  g_test_add_func ("/base/json/accepts-json", test_json_accepted);
  g_test_add_func ("/base/json/refuses-other-text", test_json_refused);
  g_test_add_func ("/base/json/bounds-the-cost", test_json_bounded);
  g_test_add_func ("/base/json/getters-check-types", test_json_getters);
  return g_test_run ();
}
