/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Codes and links by e-mail, and the ways to sign in that a page offers. */

#include <string.h>

#include "stytch-server.h"

#define SENT "{\"status_code\":200,\"email_id\":\"email-test-1\"}"
#define BACK "tx=1&stytch_token_type=magic_links&token=canary-token"

static void
offer (StytchServer *fixture, const char *methods)
{
  g_strfreev (fixture->stytch.config->stytch_methods);
  fixture->stytch.config->stytch_methods = g_strsplit (methods, " ", -1);
}

static BmaLoginReply *
begin (StytchServer *fixture, const char *method, const char *email, GError **error)
{
  return stytch_begin (&fixture->stytch,
                       &(BmaLoginRequest){ .tx = "tX",
                                           .code_challenge = "Ch",
                                           .method = method,
                                           .email = email,
                                           .lifetime_s = 600 },
                       error);
}

static void
test_methods (void)
{
  static const struct
  {
    const char *name;
    const char *label;
    gboolean wants_email;
  } expected[] = {
    { "amazon", "Amazon", FALSE },
    { "apple", "Apple", FALSE },
    { "bitbucket", "Bitbucket", FALSE },
    { "coinbase", "Coinbase", FALSE },
    { "discord", "Discord", FALSE },
    { "facebook", "Facebook", FALSE },
    { "figma", "Figma", FALSE },
    { "github", "GitHub", FALSE },
    { "gitlab", "GitLab", FALSE },
    { "google", "Google", FALSE },
    { "linkedin", "LinkedIn", FALSE },
    { "microsoft", "Microsoft", FALSE },
    { "salesforce", "Salesforce", FALSE },
    { "slack", "Slack", FALSE },
    { "snapchat", "Snapchat", FALSE },
    { "tiktok", "TikTok", FALSE },
    { "twitch", "Twitch", FALSE },
    { "twitter", "Twitter", FALSE },
    { "yahoo", "Yahoo", FALSE },
    { "email-otp", "A code by e-mail", TRUE },
    { "magic-link", "A link by e-mail", TRUE },
  };
  g_autoptr (GPtrArray) methods = NULL;
  StytchServer fixture;

  stytch_server_start (&fixture, 200, SENT);
  offer (&fixture,
         "amazon apple bitbucket coinbase discord facebook figma github gitlab google "
         "linkedin microsoft salesforce slack snapchat tiktok twitch twitter yahoo "
         "email-otp magic-link");
  methods = bma_identity_provider_list_methods (fixture.stytch.provider);
  g_assert_cmpuint (methods->len, ==, G_N_ELEMENTS (expected));
  for (unsigned int i = 0; i < methods->len; i++)
    {
      const BmaLoginMethod *method = g_ptr_array_index (methods, i);

      g_assert_cmpstr (method->name, ==, expected[i].name);
      g_assert_cmpstr (method->label, ==, expected[i].label);
      g_assert_cmpint (method->wants_email, ==, expected[i].wants_email);
    }
  stytch_server_stop (&fixture);
}

static void
test_code (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmaLoginReply) reply = NULL;
  g_auto (StytchOutcome) outcome = { 0 };
  StytchServer fixture;

  stytch_server_start (&fixture, 200, SENT);
  offer (&fixture, "google email-otp");
  reply = begin (&fixture, "email-otp", "a@x.org", &error);
  g_assert_no_error (error);
  g_assert_cmpint (reply->kind, ==, BMA_LOGIN_REPLY_CODE_SENT);
  g_assert_cmpstr (reply->reference, ==, "email-test-1");
  g_assert_cmpstr (fixture.seen, ==, "POST /v1/otps/email/login_or_create");
  g_assert_cmpstr (fixture.seen_body, ==,
                   "{\"email\":\"a@x.org\",\"expiration_minutes\":10}");
  g_assert_cmpstr (fixture.authorization, ==, STYTCH_BASIC);

  fixture.body = STYTCH_USER;
  stytch_verify (&fixture.stytch, reply->reference, "012345", &outcome);
  g_assert_no_error (outcome.error);
  g_assert_cmpstr (outcome.identity->sub, ==, "user-test-1");
  g_assert_cmpstr (fixture.seen, ==, "POST /v1/otps/authenticate");
  g_assert_cmpstr (fixture.seen_body, ==,
                   "{\"method_id\":\"email-test-1\",\"code\":\"012345\"}");
  stytch_server_stop (&fixture);
}

static void
test_code_refused (void)
{
  static const struct
  {
    unsigned int status;
    const char *type;
    BmaIdentityError expected;
  } cases[] = {
    { 404, "otp_code_not_found", BMA_IDENTITY_ERROR_WRONG_CODE },
    { 401, "unable_to_auth_otp_code", BMA_IDENTITY_ERROR_EXPIRED },
    { 429, "user_lock_limit_reached", BMA_IDENTITY_ERROR_USER_LOCKED },
    { 429, "too_many_requests", BMA_IDENTITY_ERROR_RATE_LIMITED },
    { 500, "internal_server_error", BMA_IDENTITY_ERROR_OFFLINE },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *body = g_strdup_printf ("{\"error_type\":\"%s\"}", cases[i].type);
      g_auto (StytchOutcome) outcome = { 0 };
      StytchServer fixture;

      stytch_server_start (&fixture, cases[i].status, body);
      stytch_verify (&fixture.stytch, "email-test-1", "012345", &outcome);
      stytch_assert_failed (&outcome, cases[i].expected);
      g_assert_cmpuint (fixture.n_requests, ==, 1);
      stytch_server_stop (&fixture);
    }
}

static void
test_link (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmaLoginReply) reply = NULL;
  g_auto (StytchOutcome) outcome = { 0 };
  StytchServer fixture;

  stytch_server_start (&fixture, 200, SENT);
  offer (&fixture, "magic-link");
  reply = begin (&fixture, NULL, "a@x.org", &error);
  g_assert_no_error (error);
  g_assert_cmpint (reply->kind, ==, BMA_LOGIN_REPLY_LINK_SENT);
  g_assert_cmpstr (fixture.seen, ==, "POST /v1/magic_links/email/login_or_create");
  g_assert_nonnull (strstr (fixture.seen_body, "\"code_challenge\":\"Ch\""));
  g_assert_nonnull (strstr (fixture.seen_body,
                            "\"login_magic_link_url\":"
                            "\"http://127.0.0.1:8417/callback?tx=tX\""));

  fixture.body = STYTCH_USER;
  fixture.stytch.method = "magic-link";
  stytch_exchange (&fixture.stytch, BACK, &outcome);
  g_assert_no_error (outcome.error);
  g_assert_cmpstr (fixture.seen, ==, "POST /v1/magic_links/authenticate");
  g_assert_cmpstr (fixture.seen_body, ==,
                   "{\"token\":\"canary-token\",\"code_verifier\":\"" STYTCH_VERIFIER
                   "\"}");
  stytch_server_stop (&fixture);
}

/* An OAuth token for a link, a link for anything else. */
static void
test_kinds_do_not_mix (void)
{
  static const struct
  {
    const char *method;
    const char *query;
  } cases[] = {
    { "magic-link", "tx=1&stytch_token_type=oauth&token=canary" },
    { "google", BACK },
    { "email-otp", BACK },
    { NULL, BACK },
  };
  StytchServer fixture;

  stytch_server_start (&fixture, 200, STYTCH_USER);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (StytchOutcome) outcome = { 0 };

      fixture.stytch.method = cases[i].method;
      stytch_exchange (&fixture.stytch, cases[i].query, &outcome);
      stytch_assert_failed (&outcome, BMA_IDENTITY_ERROR_PROTOCOL);
    }
  g_assert_cmpuint (fixture.n_requests, ==, 0);
  stytch_server_stop (&fixture);
}

static void
test_nothing_is_sent (void)
{
  static const struct
  {
    const char *method;
    const char *email;
    BmaIdentityError expected;
  } cases[] = {
    { "email-otp", NULL, BMA_IDENTITY_ERROR_ADDRESS },
    { "email-otp", "canary\"@x.org", BMA_IDENTITY_ERROR_ADDRESS },
    { "email-otp", "a@x.org\r\nBcc: canary@x.org", BMA_IDENTITY_ERROR_ADDRESS },
    { "magic-link", "a@x.org", BMA_IDENTITY_ERROR_CONFIGURATION },
  };
  StytchServer fixture;

  stytch_server_start (&fixture, 200, SENT);
  offer (&fixture, "email-otp");
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (BmaLoginReply)
          reply = begin (&fixture, cases[i].method, cases[i].email, &error);

      g_assert_null (reply);
      g_assert_error (error, BMA_IDENTITY_ERROR, (int) cases[i].expected);
      g_assert_null (strstr (error->message, "canary"));
    }
  g_assert_cmpuint (fixture.n_requests, ==, 0);
  stytch_server_stop (&fixture);
}

static void
test_fixed (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmaLoginReply) away = NULL;
  g_autoptr (BmaLoginReply) link = NULL;
  g_autofree char *with_tx = NULL;
  g_autofree char *fixed = NULL;
  g_autofree char *none = NULL;
  StytchServer fixture;

  stytch_server_start (&fixture, 200, SENT);
  offer (&fixture, "google magic-link email-otp");
  with_tx = bma_identity_provider_get_redirect_uri (fixture.stytch.provider);
  g_assert_cmpstr (with_tx, ==, "http://127.0.0.1:8417/callback?tx={}");
  g_free (fixture.stytch.config->stytch_callback);
  fixture.stytch.config->stytch_callback = g_strdup (BMA_STYTCH_CALLBACK_FIXED);
  fixed = bma_identity_provider_get_redirect_uri (fixture.stytch.provider);
  g_assert_cmpstr (fixed, ==, "http://127.0.0.1:8417/callback");
  away = begin (&fixture, "google", NULL, &error);
  g_assert_no_error (error);
  g_assert_true (away->is_callback_fixed);
  g_assert_nonnull (strstr (away->uri, "%2Fcallback&signup_redirect_url"));
  link = begin (&fixture, "magic-link", "a@x.org", &error);
  g_assert_no_error (error);
  g_assert_true (link->is_callback_fixed);
  g_assert_nonnull (strstr (fixture.seen_body, "/callback\","));
  g_assert_null (strstr (fixture.seen_body, "tX"));
  offer (&fixture, "email-otp");
  none = bma_identity_provider_get_redirect_uri (fixture.stytch.provider);
  g_assert_null (none);
  stytch_server_stop (&fixture);
}

static void
test_environments (void)
{
  g_auto (StytchOutcome) mixed = { 0 };
  g_auto (StytchOutcome) foreign = { 0 };
  StytchServer fixture;

  stytch_server_start (&fixture, 200, "{\"project_id\":\"" STYTCH_PROJECT_ID "\"}");
  bma_keyring_dummy_put (fixture.stytch.keyring, BMA_KEYRING_KIND_STYTCH_SECRET,
                         STYTCH_PROJECT_ID, "secret-live-canary");
  stytch_check (&fixture.stytch, &foreign);
  stytch_assert_failed (&foreign, BMA_IDENTITY_ERROR_CREDENTIALS);
  g_free (fixture.stytch.config->stytch_public_token);
  fixture.stytch.config->stytch_public_token = g_strdup ("public-token-live-1");
  stytch_check (&fixture.stytch, &mixed);
  stytch_assert_failed (&mixed, BMA_IDENTITY_ERROR_CREDENTIALS);
  g_assert_cmpuint (fixture.n_requests, ==, 0);
  stytch_server_stop (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/stytch/mail/every-method-has-its-name", test_methods);
  g_test_add_func ("/stytch/mail/code", test_code);
  g_test_add_func ("/stytch/mail/code-refused", test_code_refused);
  g_test_add_func ("/stytch/mail/link", test_link);
  g_test_add_func ("/stytch/mail/kinds-of-token-do-not-mix", test_kinds_do_not_mix);
  g_test_add_func ("/stytch/mail/bad-address-sends-nothing", test_nothing_is_sent);
  g_test_add_func ("/stytch/mail/callback-that-is-always-the-same", test_fixed);
  g_test_add_func ("/stytch/mail/test-and-live-do-not-mix", test_environments);

  return g_test_run ();
}
