/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-stytch-wire.h"

#include <string.h>

static void
test_api_url (void)
{
  static const struct
  {
    const char *project_id;
    const char *api_url;
    const char *expected; /* NULL = refused */
  } cases[] = {
    { "project-test-1", NULL, "https://test.stytch.com" },
    { "project-live-1", NULL, "https://api.stytch.com" },
    { "project-1", NULL, NULL },
    { "xproject-test-1", NULL, NULL },
    { NULL, NULL, NULL },
    { "project-test-1", "https://test.stytch.com/v1", "https://test.stytch.com" },
    { "project-test-1", "https://test.stytch.com/v1/", "https://test.stytch.com" },
    { "project-test-1", "https://test.stytch.com/", "https://test.stytch.com" },
    { "project-test-1", "https://test.stytch.com//v1//", "https://test.stytch.com" },
    { "project-test-1", "https://a-b-1.customers.stytch.dev",
      "https://a-b-1.customers.stytch.dev" },
    { NULL, "http://127.0.0.1:4100/v1", "http://127.0.0.1:4100" },
    { "project-test-1", "http://test.stytch.com", NULL },
    { "project-test-1", "https://user@test.stytch.com", NULL },
    { "project-test-1", "https://test.stytch.com?x", NULL },
    { "project-test-1", "/v1", NULL },
    { "project-test-1", "", NULL },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *url =
          bma_stytch_wire_make_api_url (cases[i].project_id, cases[i].api_url, &error);

      g_assert_cmpstr (url, ==, cases[i].expected);
      if (url == NULL)
        g_assert_error (error, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_CONFIGURATION);
      else
        g_assert_no_error (error);
    }
}

static void
test_start_uri (void)
{
  g_autofree char *callback =
      bma_stytch_wire_make_callback_uri ("http://127.0.0.1:8417", "a-b_c&d");
  g_autofree char *start =
      bma_stytch_wire_make_start_uri ("https://test.stytch.com", "google",
                                      "public-token-test-1", callback, "Ch-_");

  g_assert_cmpstr (callback, ==, "http://127.0.0.1:8417/callback?tx=a-b_c%26d");
  g_assert_cmpstr (start, ==,
                   "https://test.stytch.com/v1/public/oauth/google/start"
                   "?public_token=public-token-test-1"
                   "&login_redirect_url=http%3A%2F%2F127.0.0.1%3A8417%2Fcallback%3Ftx%3D"
                   "a-b_c%2526d"
                   "&signup_redirect_url=http%3A%2F%2F127.0.0.1%3A8417%2Fcallback%3Ftx%3D"
                   "a-b_c%2526d"
                   "&code_challenge=Ch-_");
}

static void
test_callback (void)
{
  static const struct
  {
    const char *query;
    const char *token; /* NULL = refused */
    BmaIdentityError expected;
  } cases[] = {
    { "tx=1&stytch_token_type=oauth&token=Ab-_9%3D", "Ab-_9=", 0 },
    { "tx=1&stytch_token_type=oauth&token=a&unknown=1&state=", "a", 0 },
    { "tx=1", NULL, BMA_IDENTITY_ERROR_PROTOCOL },
    { "", NULL, BMA_IDENTITY_ERROR_PROTOCOL },
    { "token=canary", NULL, BMA_IDENTITY_ERROR_PROTOCOL },
    { "stytch_token_type=oauth", NULL, BMA_IDENTITY_ERROR_PROTOCOL },
    { "stytch_token_type=oauth&token=", NULL, BMA_IDENTITY_ERROR_PROTOCOL },
    { "stytch_token_type=oauth&stytch_token=canary", NULL, BMA_IDENTITY_ERROR_PROTOCOL },
    { "stytch_token_type=magic_links&token=canary", NULL, BMA_IDENTITY_ERROR_PROTOCOL },
    { "stytch_token_type=login&token=canary", NULL, BMA_IDENTITY_ERROR_PROTOCOL },
    { "stytch_token_type=OAuth&token=canary", NULL, BMA_IDENTITY_ERROR_PROTOCOL },
    { "stytch_token_type=oauth&token=canary&token=canary", NULL,
      BMA_IDENTITY_ERROR_PROTOCOL },
    { "stytch_token_type=oauth&stytch_token_type=oauth&token=canary", NULL,
      BMA_IDENTITY_ERROR_PROTOCOL },
    { "stytch_token_type=oauth&token=canary%22", NULL, BMA_IDENTITY_ERROR_EXPIRED },
    { "stytch_token_type=oauth&token=canary%5C", NULL, BMA_IDENTITY_ERROR_EXPIRED },
    { "stytch_token_type=oauth&token=canary%0A", NULL, BMA_IDENTITY_ERROR_EXPIRED },
    { "stytch_token_type=oauth&token=canary%C3%A9", NULL, BMA_IDENTITY_ERROR_EXPIRED },
    { "error=access_denied&error_description=canary", NULL, BMA_IDENTITY_ERROR_REFUSED },
    { "stytch_error=canary", NULL, BMA_IDENTITY_ERROR_REFUSED },
    { "error=", NULL, BMA_IDENTITY_ERROR_REFUSED },
    { "stytch_token_type=oauth&token=canary&error=access_denied", NULL,
      BMA_IDENTITY_ERROR_REFUSED },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (BmaForm) form = bma_form_parse (cases[i].query, strlen (cases[i].query));
      g_autoptr (GError) error = NULL;
      g_autoptr (BmaSecret) token = bma_stytch_wire_read_callback (form, "oauth", &error);

      g_test_message ("%s", cases[i].query);
      if (cases[i].token != NULL)
        {
          g_assert_no_error (error);
          g_assert_cmpstr (bma_secret_peek (token), ==, cases[i].token);
          continue;
        }
      g_assert_null (token);
      g_assert_error (error, BMA_IDENTITY_ERROR, (int) cases[i].expected);
      g_assert_null (strstr (error->message, "canary"));
    }
}

/* Each kind of token only for a login begun that way. */
static void
test_callback_types (void)
{
  static const char *const types[] = { "oauth", "magic_links", "login", "reset_password",
                                       "multi_tenant_magic_links" };
  static const char *const begun[] = { "oauth", "magic_links" };

  for (size_t i = 0; i < G_N_ELEMENTS (types); i++)
    for (size_t j = 0; j < G_N_ELEMENTS (begun); j++)
      {
        g_autofree char *query =
            g_strdup_printf ("stytch_token_type=%s&token=t", types[i]);
        g_autoptr (BmaForm) form = bma_form_parse (query, strlen (query));
        g_autoptr (BmaSecret)
            token = bma_stytch_wire_read_callback (form, begun[j], NULL);

        g_assert_true ((token != NULL) == (i == j));
      }
}

static void
test_environments (void)
{
  static const struct
  {
    const char *project_id;
    const char *public_token;
    const char *api_url;
    gboolean is_fine;
  } cases[] = {
    { "project-test-1", "public-token-test-1", "https://test.stytch.com", TRUE },
    { "project-live-1", "public-token-live-1", "https://api.stytch.com", TRUE },
    { "project-test-1", "public-token-test-1", "http://127.0.0.1:1", TRUE },
    { "project-live-1", "public-token-live-1", "https://login.example.org", TRUE },
    { "project-test-1", "public-token-test-1", "https://a-b-1.customers.stytch.dev",
      TRUE },
    { "project-live-1", "public-token-live-1", "https://a-b-1.customers.stytch.com",
      TRUE },
    { "project-test-1", "public-token-live-1", "https://test.stytch.com", FALSE },
    { "project-live-1", "public-token-test-1", "https://api.stytch.com", FALSE },
    { "project-test-1", "public-token-test-1", "https://api.stytch.com", FALSE },
    { "project-live-1", "public-token-live-1", "https://TEST.stytch.com", FALSE },
    { "project-live-1", "public-token-live-1", "https://a-b-1.customers.stytch.dev",
      FALSE },
    { "project-test-1", "public-token-test-1", "https://a-b-1.customers.stytch.com",
      FALSE },
  };
  g_autoptr (BmaSecret) live = bma_secret_new ("secret-live-canary");
  g_autoptr (GError) mixed = NULL;

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s %s %s", cases[i].project_id, cases[i].public_token,
                      cases[i].api_url);
      g_assert_cmpint (bma_stytch_wire_check_environment (cases[i].project_id,
                                                          cases[i].public_token,
                                                          cases[i].api_url, &error),
                       ==, cases[i].is_fine);
      if (!cases[i].is_fine)
        g_assert_error (error, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_CREDENTIALS);
    }
  g_assert_true (bma_stytch_wire_check_secret ("project-live-1", live, NULL));
  g_assert_false (bma_stytch_wire_check_secret ("project-test-1", live, &mixed));
  g_assert_error (mixed, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_CREDENTIALS);
  g_assert_null (strstr (mixed->message, "canary"));
}

static void
assert_bytes (GBytes *bytes, const char *expected)
{
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), expected,
                   strlen (expected));
}

static void
test_mail_requests (void)
{
  static const struct
  {
    int64_t lifetime_s;
    const char *otp;
    const char *link;
  } cases[] = {
    { 30, "1", "5" },
    { 300, "5", "5" },
    { 900, "10", "15" },
    { 99999999, "10", "10080" },
  };
  g_autoptr (BmaSecret) code = bma_secret_new ("012345");
  g_autoptr (GBytes) verify = bma_stytch_wire_make_otp_verify ("email-test-1", code);

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes)
          otp = bma_stytch_wire_make_otp_send ("a@x.org", cases[i].lifetime_s);
      g_autoptr (GBytes)
          link = bma_stytch_wire_make_link_send ("a@x.org",
                                                 "http://127.0.0.1:8417/callback?tx=t",
                                                 "Ch", cases[i].lifetime_s);
      g_autofree char *expected_otp =
          g_strdup_printf ("{\"email\":\"a@x.org\",\"expiration_minutes\":%s}",
                           cases[i].otp);
      g_autofree char *expected_link = g_strdup_printf (
          "{\"email\":\"a@x.org\",\"login_magic_link_url\":"
          "\"http://127.0.0.1:8417/callback?tx=t\",\"signup_magic_link_url\":"
          "\"http://127.0.0.1:8417/callback?tx=t\",\"code_challenge\":\"Ch\","
          "\"login_expiration_minutes\":%s,\"signup_expiration_minutes\":%s}",
          cases[i].link, cases[i].link);

      assert_bytes (otp, expected_otp);
      assert_bytes (link, expected_link);
    }
  assert_bytes (verify, "{\"method_id\":\"email-test-1\",\"code\":\"012345\"}");
}

static void
test_callback_token_limit (void)
{
  for (size_t length = 1024; length <= 1025; length++)
    {
      g_autofree char *token = g_strnfill (length, 't');
      g_autofree char *query =
          g_strconcat ("stytch_token_type=oauth&token=", token, NULL);
      g_autoptr (BmaForm) form = bma_form_parse (query, strlen (query));
      g_autoptr (BmaSecret) read = bma_stytch_wire_read_callback (form, "oauth", NULL);

      g_assert_true ((read != NULL) == (length <= 1024));
    }
}

static void
test_requests (void)
{
  g_autoptr (BmaSecret) secret = bma_secret_new ("secret-test-x=");
  g_autoptr (BmaSecret) token = bma_secret_new ("Ab-_9=");
  g_autoptr (BmaSecret) verifier = bma_secret_new ("v-_");
  g_autoptr (BmaSecret) basic = bma_stytch_wire_make_basic ("project-test-1", secret);
  g_autoptr (GBytes) body = bma_stytch_wire_make_exchange (token, verifier);
  static const char expected[] = "{\"token\":\"Ab-_9=\",\"code_verifier\":\"v-_\"}";

  g_assert_cmpstr (bma_secret_peek (basic), ==,
                   "Basic cHJvamVjdC10ZXN0LTE6c2VjcmV0LXRlc3QteD0=");
  g_assert_cmpmem (g_bytes_get_data (body, NULL), g_bytes_get_size (body), expected,
                   strlen (expected));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/stytch/wire/address-of-the-api", test_api_url);
  g_test_add_func ("/stytch/wire/start-names-the-callback-twice", test_start_uri);
  g_test_add_func ("/stytch/wire/callback", test_callback);
  g_test_add_func ("/stytch/wire/callback-of-the-kind-that-was-begun",
                   test_callback_types);
  g_test_add_func ("/stytch/wire/test-and-live-do-not-mix", test_environments);
  g_test_add_func ("/stytch/wire/requests-for-mail", test_mail_requests);
  g_test_add_func ("/stytch/wire/callback-token-limit", test_callback_token_limit);
  g_test_add_func ("/stytch/wire/requests", test_requests);

  return g_test_run ();
}
