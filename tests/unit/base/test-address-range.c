/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-address-range.h"

static void
test_normalize (void)
{
  static const struct
  {
    const char *text;
    const char *normal;
  } cases[] = {
    { "127.0.0.1", "127.0.0.1" },
    { "10.0.0.0/8", "10.0.0.0/8" },
    { "::1", "::1" },
    { "2001:DB8::/32", "2001:db8::/32" },
    { "0.0.0.0/0", "0.0.0.0/0" },
    { "10.0.0.1/8", NULL },
    { "10.0.0.0/33", NULL },
    { "localhost", NULL },
    { "", NULL },
    { "10.0.0", NULL },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *normal = bma_address_range_normalize (cases[i].text);

      g_assert_cmpstr (normal, ==, cases[i].normal);
    }
}

static void
test_list (void)
{
  static const char *const networks[] = { "127.0.0.2", "10.1.0.0/16", "fd00::/8", NULL };
  static const char *const none[] = { NULL };
  static const struct
  {
    const char *address;
    gboolean is_in;
  } cases[] = {
    { "127.0.0.2", TRUE },       { "127.0.0.1", FALSE },  { "10.1.255.255", TRUE },
    { "10.2.0.0", FALSE },       { "fd12::1", TRUE },     { "fe80::1", FALSE },
    { "::ffff:10.1.2.3", TRUE }, { "::10.1.2.3", FALSE },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GInetAddress)
          address = g_inet_address_new_from_string (cases[i].address);

      g_assert_cmpint (bma_address_range_list_has (networks, address), ==,
                       cases[i].is_in);
      g_assert_false (bma_address_range_list_has (none, address));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/address-range/normalize", test_normalize);
  g_test_add_func ("/base/address-range/list", test_list);
  return g_test_run ();
}
