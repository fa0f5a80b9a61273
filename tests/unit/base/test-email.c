/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "bma-email.h"

static void
test_taken (void)
{
  static const struct
  {
    const char *text;
    const char *expected;
  } cases[] = {
    { "alice@example.com", "alice@example.com" },
    { " \tAlice.B+x@Sub.EXAMPLE.com\r\n", "Alice.B+x@sub.example.com" },
    { "o'brien@xn--bcher-kva.example", "o'brien@xn--bcher-kva.example" },
    { "1&2=3@4.example", "1&2=3@4.example" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *email = bma_email_normalize (cases[i].text);

      g_assert_cmpstr (email, ==, cases[i].expected);
    }
}

static void
test_refused (void)
{
  static const char *const cases[] = {
    "",
    "@",
    "alice",
    "alice@",
    "@example.com",
    "alice@localhost",
    "alice@example..com",
    "alice@.example.com",
    "alice@example.com.",
    "alice@-a.example",
    "alice@a-.example",
    "alice@exa_mple.com",
    ".alice@example.com",
    "alice.@example.com",
    "al..ice@example.com",
    "al ice@example.com",
    "alice@example.com, bob@example.com",
    "alice@example.com\nBcc: bob@example.com",
    "\"alice\"@example.com",
    "alice\\@example.com",
    "<alice@example.com>",
    "a@b@example.com",
    "ålice@example.com",
    "alice@exämple.com",
    "alice@[127.0.0.1]",
  };
  g_autofree char *long_local = g_strnfill (65, 'a');
  g_autofree char *with_long_local = g_strconcat (long_local, "@example.com", NULL);
  g_autofree char *long_label = g_strnfill (64, 'a');
  g_autofree char *with_long_label = g_strconcat ("a@", long_label, ".com", NULL);
  g_autofree char *spaces = g_strnfill (600, ' ');
  g_autofree char *with_spaces = g_strconcat (spaces, "alice@example.com", NULL);

  g_assert_null (bma_email_normalize (NULL));
  g_assert_null (bma_email_normalize (with_long_local));
  g_assert_null (bma_email_normalize (with_long_label));
  g_assert_null (bma_email_normalize (with_spaces));
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *email = bma_email_normalize (cases[i]);

      g_assert_cmpstr (email, ==, NULL);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/email/takes-what-people-type", test_taken);
  g_test_add_func ("/base/email/refuses-everything-else", test_refused);
  return g_test_run ();
}
