/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-forwarded.h"

#include <string.h>

/* The peer of the connection is a proxy of these. */
static const char *const trusted[] = { "127.0.0.1", "10.0.0.0/8", "fd00::/8", NULL };

typedef struct
{
  BmaHttpForwardedFields fields;
  const char *client; /* NULL: hidden or not told */
  const char *proto;
  const char *host;
} Case;

static const Case understood[] = {
  { { NULL }, NULL },
  { { .x_for = "192.0.2.1" }, "192.0.2.1" },
  { { .x_for = "192.0.2.1:4711" }, "192.0.2.1" },
  { { .x_for = "2001:db8::1" }, "2001:db8::1" },
  { { .x_for = "[2001:db8::1]:80" }, "2001:db8::1" },
  { { .x_for = "::ffff:192.0.2.1" }, "192.0.2.1" },
  /* What the client wrote itself is to the left of what a proxy saw. */
  { { .x_for = "6.6.6.6, 192.0.2.1" }, "192.0.2.1" },
  { { .x_for = "nonsense, 192.0.2.1" }, "192.0.2.1" },
  { { .x_for = "6.6.6.6, 192.0.2.1, 10.1.1.1" }, "192.0.2.1" },
  { { .x_for = "6.6.6.6,192.0.2.1 ,10.1.1.1,\t10.2.2.2" }, "192.0.2.1" },
  { { .x_for = "10.0.0.7, 10.1.1.1" }, "10.0.0.7" },
  { { .x_for = "unknown" }, NULL },
  { { .x_for = "6.6.6.6, unknown, 10.1.1.1" }, NULL },
  { { .x_for = "192.0.2.1", .x_proto = "HTTPS", .x_host = "auth.example.org" },
    "192.0.2.1",
    "https",
    "auth.example.org" },
  { { .x_for = "6.6.6.6, 192.0.2.1, 10.1.1.1", .x_proto = "http, https, http" },
    "192.0.2.1",
    "https" },
  { { .x_proto = "https" }, NULL, "https" },
  { { .forwarded = "for=192.0.2.1" }, "192.0.2.1" },
  { { .forwarded = "For=\"[2001:db8::1]:4711\"" }, "2001:db8::1" },
  { { .forwarded = "for=\"192.0.2.1:80\";proto=https;by=10.0.0.1;host=a.example" },
    "192.0.2.1",
    "https",
    "a.example" },
  { { .forwarded = "for=6.6.6.6;proto=http;host=evil.example , for=192.0.2.1; "
                   "proto=HTTPS ;host=\"a.example:443\"" },
    "192.0.2.1",
    "https",
    "a.example:443" },
  { { .forwarded = "for=192.0.2.1;host=a.example, for=10.1.1.1;host=b.example" },
    "192.0.2.1",
    NULL,
    "a.example" },
  { { .forwarded = "for=_hidden" }, NULL },
  { { .forwarded = "for=unknown;proto=https" }, NULL, "https" },
  { { .forwarded = "proto=https" }, NULL, "https" },
  { { .forwarded = "secret=\"a\\\"b\";for=192.0.2.1" }, "192.0.2.1" },
  { { .forwarded = "for=192.0.2.1;proto=https", .x_for = "192.0.2.1", .x_proto = "http" },
    "192.0.2.1",
    "https" },
};

static const BmaHttpForwardedFields refused[] = {
  { .x_for = "" },
  { .x_for = "," },
  { .x_for = "192.0.2.1," },
  { .x_for = "localhost" },
  { .x_for = "192.0.2.1:" },
  { .x_for = "192.0.2.1:x" },
  { .x_for = "192.0.2.1:123456" },
  { .x_for = "[192.0.2.1]" },
  { .x_for = "[2001:db8::1" },
  { .x_for = "[2001:db8::1]80" },
  { .x_for = "2001:db8::1%eth0" },
  { .x_for = "\"192.0.2.1\"" },
  { .x_for = "_" },
  { .x_for = "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,192.0.2.1" },
  { .x_for = "192.0.2.1", .x_proto = "gopher" },
  { .x_for = "192.0.2.1", .x_proto = "https, https" },
  { .x_for = "192.0.2.1", .x_host = "" },
  { .x_for = "192.0.2.1", .x_host = "good@evil" },
  { .x_for = "192.0.2.1", .x_host = "a/b" },
  { .x_for = "192.0.2.1", .x_host = "a.example, b.example" },
  { .forwarded = "" },
  { .forwarded = "192.0.2.1" },
  { .forwarded = "for=" },
  { .forwarded = "for=192.0.2.1;for=192.0.2.2" },
  { .forwarded = "for=192.0.2.1;" },
  { .forwarded = "for=192.0.2.1,," },
  { .forwarded = "for=\"192.0.2.1" },
  { .forwarded = "for=\"192.0.2.1\\" },
  { .forwarded = "for=2001:db8::1" },
  { .forwarded = "for =192.0.2.1" },
  { .forwarded = "for=192.0.2.1 proto=https" },
  { .forwarded = "for=192.0.2.1;proto=ftp" },
  { .forwarded = "for=192.0.2.1;host=\"a b\"" },
  /* One of the two is the client's own. */
  { .forwarded = "for=6.6.6.6", .x_for = "192.0.2.1" },
  { .forwarded = "for=192.0.2.1", .x_for = "6.6.6.6" },
  { .forwarded = "for=unknown", .x_for = "192.0.2.1" },
};

static void
test_understood (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (understood); i++)
    {
      const Case *row = &understood[i];
      g_auto (BmaHttpForwarded) result = { NULL };
      g_autofree char *client = NULL;

      g_test_message ("%s | %s", row->fields.forwarded, row->fields.x_for);
      g_assert_true (bma_http_forwarded_parse (&row->fields, trusted, &result));
      if (result.client != NULL)
        client = g_inet_address_to_string (result.client);
      g_assert_cmpstr (client, ==, row->client);
      g_assert_cmpstr (result.proto, ==, row->proto);
      g_assert_cmpstr (result.host, ==, row->host);
    }
}

static void
test_refused (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_auto (BmaHttpForwarded) result = { NULL };

      g_test_message ("%s | %s | %s", refused[i].forwarded, refused[i].x_for,
                      refused[i].x_host);
      g_assert_false (bma_http_forwarded_parse (&refused[i], trusted, &result));
      g_assert_null (result.client);
      g_assert_null (result.host);
    }
}

static void
test_bounded (void)
{
  g_autofree char *spaces = g_strnfill (2100, ' ');
  g_autofree char *long_for = g_strconcat ("192.0.2.1,", spaces, "192.0.2.1", NULL);
  g_autofree char *long_host = g_strnfill (2100, 'a');
  const BmaHttpForwardedFields cases[] = {
    { .x_for = long_for },
    { .forwarded = long_for },
    { .x_host = long_host },
    { .x_proto = long_host },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (BmaHttpForwarded) result = { NULL };

      g_assert_false (bma_http_forwarded_parse (&cases[i], trusted, &result));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http/forwarded/rightmost-untrusted-is-the-client", test_understood);
  g_test_add_func ("/http/forwarded/what-is-not-understood-is-refused", test_refused);
  g_test_add_func ("/http/forwarded/bounded", test_bounded);
  return g_test_run ();
}
