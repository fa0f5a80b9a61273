/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "bma-cookie.h"
#include "bma-secret.h"
#include "bma-text.h"
#include "bma-uri.h"

static void
test_base64url (void)
{
  static const struct
  {
    const char *bytes;
    size_t n_bytes;
    const char *text;
  } cases[] = {
    { "", 0, "" },        { "f", 1, "Zg" },         { "fo", 2, "Zm8" },
    { "foo", 3, "Zm9v" }, { "\xff\xfe", 2, "__4" }, { "\xfb\xff\xbf", 3, "-_-_" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = bma_text_base64url (cases[i].bytes, cases[i].n_bytes);
      g_autofree uint8_t *bytes = NULL;
      size_t n_bytes = 99;

      g_assert_cmpstr (text, ==, cases[i].text);
      bytes = bma_text_base64url_decode (text, strlen (text), &n_bytes);
      g_assert_nonnull (bytes);
      g_assert_cmpmem (bytes, n_bytes, cases[i].bytes, cases[i].n_bytes);
    }
}

static void
test_base64url_refused (void)
{
  static const char *const cases[] = { "A",  "Zg==", "Zm9v=", "Zm 9",
                                       "Zh", "Zm9",  "a+b/",  "é" };
  size_t n_bytes = 0;

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_null (bma_text_base64url_decode (cases[i], strlen (cases[i]), &n_bytes));
}

static void
test_hashes (void)
{
  g_autofree char *hex = bma_text_sha256_hex ("abc");
  g_autofree char *s256 =
      bma_text_sha256_base64url ("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
  g_autofree char *hmac =
      bma_text_hmac_base64url ("Jefe", 4, "what do ya want for nothing?");

  g_assert_cmpstr (hex, ==,
                   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  /* RFC 7636 appendix B. */
  g_assert_cmpstr (s256, ==, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
  /* RFC 4231 case 2. */
  g_assert_cmpstr (hmac, ==, "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM");
}

/* What was kept may be cut short: nothing behind its end is read. */
static void
test_hash_of (void)
{
  g_autofree char *whole = bma_text_sha256_hex ("abc");
  g_autofree char *cut = g_strndup (whole, strlen (whole) - 1);
  g_autofree char *longer = g_strconcat (whole, "0", NULL);
  g_autofree char *upper = g_ascii_strup (whole, -1);

  g_assert_true (bma_text_is_sha256_of (whole, "abc"));
  g_assert_false (bma_text_is_sha256_of (whole, "abd"));
  g_assert_false (bma_text_is_sha256_of (whole, whole));
  g_assert_false (bma_text_is_sha256_of (cut, "abc"));
  g_assert_false (bma_text_is_sha256_of (longer, "abc"));
  g_assert_false (bma_text_is_sha256_of (upper, "abc"));
  g_assert_false (bma_text_is_sha256_of ("", "abc"));
  g_assert_false (bma_text_is_sha256_of (NULL, "abc"));
}

static void
test_display (void)
{
  static const struct
  {
    const char *text;
    size_t max;
    const char *shown;
  } cases[] = {
    { NULL, 10, "" },
    { "  a \n b\t", 10, "a b" },
    { "evil\u202Egpj.exe", 40, "evil gpj.exe" },
    { "zero\u200Bwidth", 40, "zero width" },
    { "abcdef", 3, "abc…" },
    { "<b>&", 10, "<b>&" },
    { "\xff\xfe", 10, "\uFFFD\uFFFD" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *shown = bma_text_display (cases[i].text, cases[i].max);

      g_assert_cmpstr (shown, ==, cases[i].shown);
    }
}

static void
test_secret (void)
{
  g_autoptr (BmaSecret) secret = bma_secret_new ("s3cret");
  g_autoptr (BmaSecret) same = bma_secret_new_bytes ("s3cretX", 6);
  g_autoptr (BmaSecret) other = bma_secret_new ("s3creT");

  g_assert_true (bma_secret_equal (secret, same));
  g_assert_false (bma_secret_equal (secret, other));
  g_assert_true (bma_secret_equal_text (secret, "s3cret"));
  g_assert_false (bma_secret_equal_text (secret, "s3cret "));
  g_assert_false (bma_secret_equal_text (secret, NULL));
  g_assert_cmpstr (bma_secret_peek (same), ==, "s3cret");
}

static void
test_cookies (void)
{
  static const char header[] = "a=1; __Host-x=abc;b=; __Host-xy=long";
  g_autofree char *a = bma_cookie_get (header, "a");
  g_autofree char *x = bma_cookie_get (header, "__Host-x");
  g_autofree char *b = bma_cookie_get (header, "b");
  g_autofree char *made = bma_cookie_make ("__Host-x", "abc", 600);

  g_assert_cmpstr (a, ==, "1");
  g_assert_cmpstr (x, ==, "abc");
  g_assert_cmpstr (b, ==, "");
  g_assert_null (bma_cookie_get (header, "ho"));
  g_assert_null (bma_cookie_get (NULL, "a"));
  g_assert_cmpstr (made, ==,
                   "__Host-x=abc; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600");
}

static void
test_loopback_port (void)
{
  static const char *const cases[][2] = {
    { "http://127.0.0.1:1234/cb", "http://127.0.0.1/cb" },
    { "http://localhost:1/cb?x=1:2", "http://localhost/cb?x=1:2" },
    { "http://[::1]:5/", "http://[::1]/" },
    { "http://[::1]/", "http://[::1]/" },
    { "https://127.0.0.1:1234/cb", "https://127.0.0.1:1234/cb" },
    { "http://example.org:80/cb", "http://example.org:80/cb" },
    { "http://127.0.0.1.evil.org:80/cb", "http://127.0.0.1.evil.org:80/cb" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *uri = bma_uri_without_loopback_port (cases[i][0]);

      g_assert_cmpstr (uri, ==, cases[i][1]);
    }
}

static void
test_https_or_loopback (void)
{
  g_assert_true (bma_uri_is_https_or_loopback ("https://example.org/x"));
  g_assert_true (bma_uri_is_https_or_loopback ("http://127.0.0.1:8080/mcp"));
  g_assert_true (bma_uri_is_https_or_loopback ("http://[::1]/"));
  g_assert_false (bma_uri_is_https_or_loopback ("http://example.org/"));
  g_assert_false (bma_uri_is_https_or_loopback ("https://u@example.org/"));
  g_assert_false (bma_uri_is_https_or_loopback ("https://example.org/#f"));
  g_assert_false (bma_uri_is_https_or_loopback ("https://"));
  g_assert_false (bma_uri_is_https_or_loopback ("file:///etc/passwd"));
  g_assert_false (bma_uri_is_https_or_loopback ("http://0.0.0.0/"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/text/base64url-there-and-back", test_base64url);
  g_test_add_func ("/base/text/base64url-is-strict", test_base64url_refused);
  g_test_add_func ("/base/text/hashes-match-the-rfcs", test_hashes);
  g_test_add_func ("/base/text/hash-is-of-a-text", test_hash_of);
  g_test_add_func ("/base/text/display-removes-what-deceives", test_display);
  g_test_add_func ("/base/secret/compares", test_secret);
  g_test_add_func ("/base/cookie/finds-and-makes", test_cookies);
  g_test_add_func ("/base/uri/loopback-port-is-free", test_loopback_port);
  g_test_add_func ("/base/uri/https-or-loopback", test_https_or_loopback);
  return g_test_run ();
}
