/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-public-address.h"

static void
check_all (const char *const *texts, size_t n_texts, gboolean is_public)
{
  for (size_t i = 0; i < n_texts; i++)
    {
      g_autoptr (GInetAddress) address = g_inet_address_new_from_string (texts[i]);

      g_test_message ("%s", texts[i]);
      g_assert_nonnull (address);
      g_assert_cmpint (bma_public_address_check (address), ==, is_public);
    }
}

/* First and last of each range. */
static void
test_special_v4 (void)
{
  static const char *const texts[] = {
    "0.0.0.0",         "0.255.255.255",   "10.0.0.0",        "10.255.255.255",
    "100.64.0.0",      "100.127.255.255", "127.0.0.0",       "127.0.0.1",
    "127.255.255.255", "169.254.0.0",     "169.254.169.254", "169.254.255.255",
    "172.16.0.0",      "172.31.255.255",  "192.0.0.0",       "192.0.0.255",
    "192.0.2.0",       "192.0.2.255",     "192.31.196.1",    "192.52.193.1",
    "192.88.99.0",     "192.88.99.255",   "192.168.0.0",     "192.168.255.255",
    "192.175.48.1",    "198.18.0.0",      "198.19.255.255",  "198.51.100.0",
    "198.51.100.255",  "203.0.113.0",     "203.0.113.255",   "224.0.0.0",
    "224.0.0.251",     "239.255.255.255", "240.0.0.0",       "255.255.255.254",
    "255.255.255.255",
  };

  check_all (texts, G_N_ELEMENTS (texts), FALSE);
}

/* The neighbours of the ranges. */
static void
test_public_v4 (void)
{
  static const char *const texts[] = {
    "1.0.0.0",         "9.255.255.255",   "11.0.0.0",       "100.63.255.255",
    "100.128.0.0",     "126.255.255.255", "128.0.0.0",      "169.253.255.255",
    "169.255.0.0",     "172.15.255.255",  "172.32.0.0",     "191.255.255.255",
    "192.0.1.0",       "192.0.3.0",       "192.88.98.255",  "192.88.100.0",
    "192.167.255.255", "192.169.0.0",     "198.17.255.255", "198.20.0.0",
    "198.51.99.255",   "198.51.101.0",    "203.0.112.255",  "203.0.114.0",
    "223.255.255.255", "93.184.216.34",
  };

  check_all (texts, G_N_ELEMENTS (texts), TRUE);
}

static void
test_special_v6 (void)
{
  static const char *const texts[] = {
    "::",                   /* unspecified */
    "::1",                  /* loopback */
    "::7f00:1",             /* IPv4-compatible */
    "::ffff:127.0.0.1",     /* IPv4-mapped */
    "::ffff:93.184.216.34", /* also of a public one: no resolver has a reason to say so */
    "::ffff:0:127.0.0.1",   /* IPv4-translated */
    "64:ff9b::127.0.0.1",   /* NAT64 of loopback */
    "64:ff9b::10.0.0.1",    /* NAT64 of a private one */
    "64:ff9b::169.254.169.254",
    "64:ff9b:1::1",     /* local NAT64 */
    "64:ff9b:0:0:1::1", /* beside the NAT64 prefix */
    "100::1",           /* discard */
    "100:0:0:1::1",     /* dummy prefix */
    "2001::1",          /* Teredo */
    "2001:0:7f00:1::1", /* Teredo with loopback as its server */
    "2001:1::1",        /* port control anycast */
    "2001:2::1",        /* benchmarks */
    "2001:3::1",        /* AMT */
    "2001:4:112::1",    /* AS112 */
    "2001:10::1",       /* ORCHID */
    "2001:20::1",       /* ORCHID version 2 */
    "2001:1ff:ffff::1", /* last of the protocol assignments */
    "2001:db8::1",      /* documentation */
    "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
    "2002:7f00:1::1",    /* 6to4 of loopback */
    "2002:5db8:d822::1", /* 6to4 of a public one */
    "2620:4f:8000::1",   /* AS112 */
    "3fff::1",           /* documentation */
    "3fff:fff:ffff::1",
    "4000::1", /* not assigned */
    "5f00::1", /* segment routing */
    "fc00::1", /* unique local */
    "fd12:3456:789a::1",
    "fe80::1", /* link local */
    "febf::1",
    "fec0::1", /* site local */
    "ff02::1", /* multicast */
    "ff0e::1",
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
  };

  check_all (texts, G_N_ELEMENTS (texts), FALSE);
}

static void
test_public_v6 (void)
{
  static const char *const texts[] = {
    "2000::1",
    "2001:200::1",
    "2001:db7:ffff::1",
    "2001:db9::1",
    "2003::1",
    "2606:2800:220:1:248:1893:25c8:1946",
    "2620:4f:7fff::1",
    "3ffe:ffff::1",
    "3fff:1000::1",
    "64:ff9b::93.184.216.34", /* how an IPv6-only network reaches it */
  };

  check_all (texts, G_N_ELEMENTS (texts), TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/net/public-address/special-ipv4-is-not", test_special_v4);
  g_test_add_func ("/net/public-address/neighbours-of-special-ipv4-are", test_public_v4);
  g_test_add_func ("/net/public-address/special-ipv6-is-not", test_special_v6);
  g_test_add_func ("/net/public-address/ordinary-ipv6-is", test_public_v6);

  return g_test_run ();
}
