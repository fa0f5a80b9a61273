/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-head.h"

#include <string.h>

#define HOST            "Host: 127.0.0.1:8417\r\n"
#define GET(fields)     "GET /mcp HTTP/1.1\r\n" HOST fields "\r\n"
#define POST(fields)    "POST /mcp HTTP/1.1\r\n" HOST fields "\r\n"
#define TARGET(target)  "GET " target " HTTP/1.1\r\n" HOST "\r\n"
#define WITH_HOST(host) "GET / HTTP/1.1\r\nHost:" host "\r\n\r\n"

typedef struct
{
  const char *name; /* (unowned): becomes the test path */
  unsigned status;  /* 0 = accepted */
  const char *head; /* (unowned) */
} Row;

static const Row rows[] = {
  { "accepts/get", 0, GET ("") },
  { "accepts/head", 0, "HEAD / HTTP/1.1\r\n" HOST "\r\n" },
  { "accepts/put", 0, "PUT /register/x HTTP/1.1\r\n" HOST "\r\n" },
  { "accepts/delete", 0, "DELETE /mcp HTTP/1.1\r\n" HOST "\r\n" },
  { "accepts/patch", 0, "PATCH /mcp HTTP/1.1\r\n" HOST "\r\n" },
  { "accepts/options", 0, "OPTIONS /mcp HTTP/1.1\r\n" HOST "\r\n" },
  { "accepts/options-ping", 0, "OPTIONS * HTTP/1.1\r\n" HOST "\r\n" },
  { "accepts/http-1.0", 0, "GET / HTTP/1.0\r\n" HOST "\r\n" },
  { "accepts/length", 0, POST ("Content-Length: 5\r\n") },
  { "accepts/length-0", 0, POST ("Content-Length: 0\r\n") },
  { "accepts/length-at-cap", 0, POST ("Content-Length: 4194304\r\n") },
  { "accepts/length-space-around", 0, POST ("Content-Length: \t 5 \t\r\n") },
  { "accepts/chunked", 0, POST ("Transfer-Encoding: chunked\r\n") },
  { "accepts/chunked-any-case", 0, POST ("transfer-ENCODING:Chunked\r\n") },
  { "accepts/empty-value", 0, GET ("Accept:\r\n") },
  { "accepts/tab-in-value", 0, GET ("X: a\tb\r\n") },
  { "accepts/token-name", 0, GET ("!#$%&'*+-.^_`|~09azAZ: v\r\n") },
  { "accepts/two-accepts", 0, GET ("Accept: a\r\nAccept: b\r\n") },
  { "accepts/foreign-cookie", 0, GET ("Cookie: a=\xc3\xa9\r\n") },
  { "accepts/foreign-agent", 0, GET ("User-Agent: \xe6\x97\xa5\r\n") },
  { "accepts/query", 0, TARGET ("/authorize?a=b%20c&d=https://x.example/?y") },
  { "accepts/browser-query", 0, TARGET ("/a?s={|}^`\\") },
  { "accepts/escaped-path", 0, TARGET ("/clients/a%2Fb") },
  { "accepts/dots-in-name", 0, TARGET ("/.well-known/a..b/...") },
  { "accepts/dots-in-query", 0, TARGET ("/a?b=/../c") },
  { "accepts/host-name", 0, WITH_HOST (" localhost") },
  { "accepts/host-v6", 0, WITH_HOST (" [::1]:8417") },
  { "accepts/host-v6-no-port", 0, WITH_HOST ("[fe80::1]") },

  { "refuses/two-equal-lengths", 400,
    POST ("Content-Length: 5\r\nContent-Length: 5\r\n") },
  { "refuses/two-lengths", 400, POST ("Content-Length: 5\r\nContent-Length: 6\r\n") },
  { "refuses/length-list", 400, POST ("Content-Length: 5, 5\r\n") },
  { "refuses/length-plus", 400, POST ("Content-Length: +5\r\n") },
  { "refuses/length-minus", 400, POST ("Content-Length: -5\r\n") },
  { "refuses/length-hex", 400, POST ("Content-Length: 0x5\r\n") },
  { "refuses/length-empty", 400, POST ("Content-Length:\r\n") },
  { "refuses/length-word", 400, POST ("Content-Length: five\r\n") },
  { "refuses/length-tail", 400, POST ("Content-Length: 5x\r\n") },
  { "refuses/length-inner-space", 400, POST ("Content-Length: 5 5\r\n") },
  { "refuses/length-leading-zero", 400, POST ("Content-Length: 05\r\n") },
  { "refuses/length-over-cap", 413, POST ("Content-Length: 4194305\r\n") },
  { "refuses/length-overflow", 413, POST ("Content-Length: 99999999999999999999\r\n") },
  { "refuses/length-wraps", 413, POST ("Content-Length: 18446744073709551621\r\n") },
  { "refuses/length-and-chunked", 400,
    POST ("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n") },
  { "refuses/chunked-and-length", 400,
    POST ("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n") },
  { "refuses/chunked-and-length-0", 400,
    POST ("Transfer-Encoding: chunked\r\nContent-Length: 0\r\n") },
  { "refuses/two-codings", 400,
    POST ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n") },
  { "refuses/coding-list", 501, POST ("Transfer-Encoding: gzip, chunked\r\n") },
  { "refuses/coding-after-chunked", 501, POST ("Transfer-Encoding: chunked, x\r\n") },
  { "refuses/coding-identity", 501, POST ("Transfer-Encoding: identity\r\n") },
  { "refuses/coding-unknown", 501, POST ("Transfer-Encoding: xchunked\r\n") },
  { "refuses/coding-quoted", 501, POST ("Transfer-Encoding: \"chunked\"\r\n") },
  { "refuses/coding-empty", 501, POST ("Transfer-Encoding:\r\n") },
  { "refuses/coding-vertical-tab", 400,
    POST ("Transfer-Encoding: \x0b"
          "chunked\r\n") },
  { "refuses/coding-space-before-colon", 400, POST ("Transfer-Encoding : chunked\r\n") },
  { "refuses/coding-in-1.0", 400,
    "POST / HTTP/1.0\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n" },

  { "refuses/no-host", 400, "GET / HTTP/1.1\r\n\r\n" },
  { "refuses/no-host-in-1.0", 400, "GET / HTTP/1.0\r\n\r\n" },
  { "refuses/two-hosts", 400, GET ("Host: evil.example\r\n") },
  { "refuses/two-equal-hosts", 400, GET (HOST) },
  { "refuses/empty-host", 400, WITH_HOST ("") },
  { "refuses/host-with-user", 400, WITH_HOST (" good@evil.example") },
  { "refuses/host-with-query", 400, WITH_HOST (" evil.example?x") },
  { "refuses/host-with-path", 400, WITH_HOST (" evil.example/x") },
  { "refuses/host-with-fragment", 400, WITH_HOST (" evil.example#x") },
  { "refuses/host-with-escape", 400, WITH_HOST (" evil%2eexample") },
  { "refuses/host-list", 400, WITH_HOST (" a.example, b.example") },
  { "refuses/host-bad-port", 400, WITH_HOST (" localhost:x") },
  { "refuses/host-no-port", 400, WITH_HOST (" localhost:") },
  { "refuses/host-long-port", 400, WITH_HOST (" localhost:123456") },
  { "refuses/host-two-ports", 400, WITH_HOST (" localhost:1:2") },
  { "refuses/host-open-bracket", 400, WITH_HOST (" [::1") },
  { "refuses/host-empty-bracket", 400, WITH_HOST (" []") },
  { "refuses/host-only-port", 400, WITH_HOST (" :80") },
  { "refuses/absolute-target", 400, TARGET ("http://evil.example/") },
  { "refuses/authority-target", 400, TARGET ("evil.example:80") },

  { "refuses/space-before-colon", 400, GET ("Name : v\r\n") },
  { "refuses/line-without-colon", 400, GET ("Name\r\n") },
  { "refuses/empty-name", 400, GET (": v\r\n") },
  { "refuses/folded", 400, GET ("X: a\r\n b\r\n") },
  { "refuses/folded-tab", 400, GET ("X: a\r\n\tb\r\n") },
  { "refuses/folded-first", 400, "GET / HTTP/1.1\r\n Host: x\r\n\r\n" },
  { "refuses/bare-lf-between", 400, GET ("X: a\nContent-Length: 5\r\n") },
  { "refuses/bare-lf-line", 400, "GET / HTTP/1.1\nHost: x\r\n\r\n" },
  { "refuses/bare-cr", 400, GET ("X: a\rb\r\n") },
  { "refuses/control", 400, GET ("X: a\x01\r\n") },
  { "refuses/delete", 400, GET ("X: a\x7f\r\n") },
  { "refuses/obs-text", 400, GET ("X: \xc3\xa9\r\n") },
  { "refuses/name-not-token", 400, GET ("X@Y: a\r\n") },
  { "refuses/name-not-ascii", 400, GET ("X\xc3\xa9: a\r\n") },
  { "refuses/two-authorizations", 400,
    GET ("Authorization: Bearer a\r\nAuthorization: Bearer b\r\n") },
  { "refuses/two-content-types", 400,
    GET ("Content-Type: a/b\r\nContent-Type: c/d\r\n") },
  { "refuses/two-origins", 400, GET ("Origin: null\r\nOrigin: http://a\r\n") },
  { "refuses/two-sessions", 400, GET ("Mcp-Session-Id: a\r\nmcp-session-id: b\r\n") },
  { "refuses/two-ranges", 400, GET ("Range: bytes=0-\r\nRange: bytes=1-\r\n") },
  { "refuses/expectation", 417, POST ("Expect: miracles\r\n") },

  { "refuses/lower-case-method", 501, "get / HTTP/1.1\r\n" HOST "\r\n" },
  { "refuses/unknown-method", 501, "BREW / HTTP/1.1\r\n" HOST "\r\n" },
  { "refuses/connect", 501, "CONNECT a:1 HTTP/1.1\r\n" HOST "\r\n" },
  { "refuses/trace", 501, "TRACE / HTTP/1.1\r\n" HOST "\r\n" },
  { "refuses/http-2-preface", 501, "PRI * HTTP/2.0\r\n\r\n" },
  { "refuses/no-method", 400, " / HTTP/1.1\r\n" HOST "\r\n" },
  { "refuses/tls-hello", 400, "\x16\x03\x01\x02\r\n\r\n" },
  { "refuses/two-spaces", 400, "GET  / HTTP/1.1\r\n" HOST "\r\n" },
  { "refuses/tab-after-method", 400, "GET\t/ HTTP/1.1\r\n" HOST "\r\n" },
  { "refuses/http-0.9", 400, "GET /\r\n\r\n" },
  { "refuses/http-0.9-named", 505, "GET / HTTP/0.9\r\n" HOST "\r\n" },
  { "refuses/http-1.2", 505, "GET / HTTP/1.2\r\n" HOST "\r\n" },
  { "refuses/http-2", 505, "GET / HTTP/2.0\r\n" HOST "\r\n" },
  { "refuses/http-2-short", 400, "GET / HTTP/2\r\n" HOST "\r\n" },
  { "refuses/version-lower-case", 400, "GET / http/1.1\r\n" HOST "\r\n" },
  { "refuses/version-long", 400, "GET / HTTP/1.10\r\n" HOST "\r\n" },
  { "refuses/version-space", 400, "GET / HTTP/1.1 \r\n" HOST "\r\n" },
  { "refuses/star-for-get", 400, TARGET ("*") },
  { "refuses/star-and-more", 400, "OPTIONS *x HTTP/1.1\r\n" HOST "\r\n" },
  { "refuses/two-slashes", 400, TARGET ("//evil.example/") },
  { "refuses/fragment", 400, TARGET ("/a#b") },
  { "refuses/path-quote", 400, TARGET ("/a\"b") },
  { "refuses/path-backslash", 400, TARGET ("/a\\b") },
  { "refuses/path-not-ascii", 400, TARGET ("/\xc3\xa9") },
  { "refuses/escaped-nul", 400, TARGET ("/a%00") },
  { "refuses/escaped-newline", 400, TARGET ("/a?b=%0a") },
  { "refuses/escaped-delete", 400, TARGET ("/a%7F") },
  { "refuses/broken-escape", 400, TARGET ("/a%2") },
  { "refuses/not-hex-escape", 400, TARGET ("/a%zz") },
  { "refuses/dot-dot", 400, TARGET ("/a/../token") },
  { "refuses/dot-dot-end", 400, TARGET ("/a/..") },
  { "refuses/dot", 400, TARGET ("/./token") },
  { "refuses/escaped-dot-dot", 400, TARGET ("/a/%2e%2E/token") },
  { "refuses/mixed-dot-dot", 400, TARGET ("/a/.%2e?x") },
  { "refuses/no-blank-line", 400, "GET / HTTP/1.1\r\n" HOST },
  { "refuses/nothing", 400, "\r\n\r\n" },
};

static unsigned
check (const char *text,
       const BmaHttpFrontLimits *limits,
       BmaHttpHead *head,
       char **rewritten)
{
  g_autofree char *bytes = g_strdup (text);
  unsigned status = bma_http_head_check (bytes, strlen (bytes), limits, head);

  if (rewritten != NULL)
    *rewritten = g_steal_pointer (&bytes);
  return status;
}

static void
test_row (gconstpointer data)
{
  const Row *row = data;
  BmaHttpFrontLimits limits;
  BmaHttpHead head;

  bma_http_front_limits_init_default (&limits);
  g_assert_cmpuint (check (row->head, &limits, &head, NULL), ==, row->status);
}

static void
test_reads_framing (void)
{
  BmaHttpFrontLimits limits;
  BmaHttpHead head;

  bma_http_front_limits_init_default (&limits);
  g_assert_cmpuint (check (POST ("Content-Length: 42\r\n"), &limits, &head, NULL), ==, 0);
  g_assert_cmpint (head.method, ==, BMA_HTTP_METHOD_POST);
  g_assert_cmpint (head.content_length, ==, 42);
  g_assert_cmpuint (head.minor_version, ==, 1);
  g_assert_false (head.chunked);
  g_assert_false (head.close);

  g_assert_cmpuint (check (POST ("Transfer-Encoding: chunked\r\n"), &limits, &head, NULL),
                    ==, 0);
  g_assert_true (head.chunked);
  g_assert_cmpint (head.content_length, ==, -1);
}

static void
test_reads_close (void)
{
  BmaHttpFrontLimits limits;
  BmaHttpHead head;

  bma_http_front_limits_init_default (&limits);
  g_assert_cmpuint (check ("GET / HTTP/1.0\r\n" HOST "\r\n", &limits, &head, NULL), ==,
                    0);
  g_assert_true (head.close);
  g_assert_cmpuint (check (GET ("Connection: x , CLOSE\r\n"), &limits, &head, NULL), ==,
                    0);
  g_assert_true (head.close);
  g_assert_cmpuint (check (GET ("Connection: keep-alive\r\nConnection: close\r\n"),
                           &limits, &head, NULL),
                    ==, 0);
  g_assert_true (head.close);
  g_assert_cmpuint (check (GET ("Connection: closed, keep-alive,,\r\n"), &limits, &head,
                           NULL),
                    ==, 0);
  g_assert_false (head.close);
}

static void
test_neutralises (void)
{
  BmaHttpFrontLimits limits;
  BmaHttpHead head;
  g_autofree char *bytes = NULL;

  bma_http_front_limits_init_default (&limits);
  g_assert_cmpuint (check (POST ("Range: bytes=0-1\r\nexpect: 100-Continue\r\n"
                                 "Upgrade: h2c\r\n"),
                           &limits, &head, &bytes),
                    ==, 0);
  g_assert_true (head.expects_continue);
  g_assert_true (g_str_has_prefix (bytes + head.range_at, "xange: bytes"));
  g_assert_true (g_str_has_prefix (bytes + head.expect_at, "xxpect: 100"));
  g_assert_true (g_str_has_prefix (bytes + head.upgrade_at, "xpgrade: h2c"));
}

static void
test_caps (void)
{
  BmaHttpFrontLimits limits;
  BmaHttpHead head;
  const char *two_fields = GET ("A: b\r\n");

  bma_http_front_limits_init_default (&limits);
  limits.max_fields = 2;
  g_assert_cmpuint (check (two_fields, &limits, &head, NULL), ==, 0);
  limits.max_fields = 1;
  g_assert_cmpuint (check (two_fields, &limits, &head, NULL), ==, 431);
  limits.max_fields = 100;
  limits.max_head_bytes = strlen (two_fields);
  g_assert_cmpuint (check (two_fields, &limits, &head, NULL), ==, 0);
  limits.max_head_bytes = strlen (two_fields) - 1;
  g_assert_cmpuint (check (two_fields, &limits, &head, NULL), ==, 431);
  limits.max_head_bytes = 1000;
  limits.max_target_bytes = 4;
  g_assert_cmpuint (check (TARGET ("/abc"), &limits, &head, NULL), ==, 0);
  g_assert_cmpuint (check (TARGET ("/abcd"), &limits, &head, NULL), ==, 414);
  limits.allow_chunked = FALSE;
  g_assert_cmpuint (check (POST ("Transfer-Encoding: chunked\r\n"), &limits, &head, NULL),
                    ==, 411);
}

static void
test_scan_finds_the_end_at_every_split (void)
{
  const char *text = GET ("A: b\r\n") "next";
  ssize_t expected = (ssize_t) (strlen (text) - strlen ("next"));

  for (size_t split = 0; split < strlen (text); split++)
    {
      size_t n_scanned = 0;
      ssize_t n = bma_http_head_scan (text, split, &n_scanned);

      if (split >= (size_t) expected)
        g_assert_cmpint (n, ==, expected);
      else
        {
          g_assert_cmpint (n, ==, 0);
          g_assert_cmpuint (n_scanned, ==, split);
          g_assert_cmpint (bma_http_head_scan (text, strlen (text), &n_scanned), ==,
                           expected);
        }
    }
}

static ssize_t
scan_bytes (const char *bytes, size_t n_bytes)
{
  size_t n_scanned = 0;

  return bma_http_head_scan (bytes, n_bytes, &n_scanned);
}

static void
test_scan_refuses_early (void)
{
  g_assert_cmpint (scan_bytes ("\n", 1), ==, -1);
  g_assert_cmpint (scan_bytes ("GET / HTTP/1.1\n", 15), ==, -1);
  g_assert_cmpint (scan_bytes ("GET / HTTP/1.1\r\nA: b\n", 21), ==, -1);
  g_assert_cmpint (scan_bytes ("GET\rX", 5), ==, -1);
  g_assert_cmpint (scan_bytes ("G\0T", 3), ==, -1);
  g_assert_cmpint (scan_bytes ("GET\r", 4), ==, 0);
  g_assert_cmpint (scan_bytes ("", 0), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strdup_printf ("/http/head/%s", rows[i].name);

      g_test_add_data_func (path, &rows[i], test_row);
    }
  g_test_add_func ("/http/head/reads-framing", test_reads_framing);
  g_test_add_func ("/http/head/reads-close", test_reads_close);
  g_test_add_func ("/http/head/neutralises-range-expect-upgrade", test_neutralises);
  g_test_add_func ("/http/head/caps", test_caps);
  g_test_add_func ("/http/head/scan/finds-the-end-at-every-split",
                   test_scan_finds_the_end_at_every_split);
  g_test_add_func ("/http/head/scan/refuses-early", test_scan_refuses_early);

  return g_test_run ();
}
