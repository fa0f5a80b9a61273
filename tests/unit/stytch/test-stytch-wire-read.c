/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What Stytch's answers are taken for: every error type that the reference names, and
 * users of all shapes. */

#include "bma-stytch-wire.h"

#include <string.h>

#define REFUSED       BMA_IDENTITY_ERROR_REFUSED
#define EXPIRED       BMA_IDENTITY_ERROR_EXPIRED
#define MISMATCH      BMA_IDENTITY_ERROR_MISMATCH
#define CREDENTIALS   BMA_IDENTITY_ERROR_CREDENTIALS
#define CONFIGURATION BMA_IDENTITY_ERROR_CONFIGURATION
#define USER_LOCKED   BMA_IDENTITY_ERROR_USER_LOCKED
#define RATE_LIMITED  BMA_IDENTITY_ERROR_RATE_LIMITED
#define OFFLINE       BMA_IDENTITY_ERROR_OFFLINE
#define WRONG_CODE    BMA_IDENTITY_ERROR_WRONG_CODE
#define ADDRESS       BMA_IDENTITY_ERROR_ADDRESS
#define PROTOCOL      BMA_IDENTITY_ERROR_PROTOCOL

#define REQUEST_ID "request-id-test-b05c992f-ebdc-489d-a754-c7e70ba13141"

typedef struct
{
  unsigned int status;
  const char *type; /* NULL = no type at all */
  BmaIdentityError expected;
  const char *advice; /* nullable: part of the message */
} ErrorCase;

/* Statuses that the reference does not settle are taken as it suggests. */
static const ErrorCase error_cases[] = {
  /* 0.2, all calls */
  { 400, "bad_request", PROTOCOL, NULL },
  { 401, "unauthorized_credentials", CREDENTIALS, "API Keys" },
  { 400, "invalid_project_id_authentication", CREDENTIALS, "setup stytch" },
  { 401, "invalid_secret_authentication", CREDENTIALS, "setup stytch" },
  { 401, "unauthorized_project_id_test", CREDENTIALS, "Test and live" },
  { 401, "unauthorized_project_id_live", CREDENTIALS, "Test and live" },
  { 400, "test_id_used_in_live_environment", CREDENTIALS, "Test and live" },
  { 400, "live_id_used_in_test_environment", CREDENTIALS, "Test and live" },
  { 403, "billing_not_verified", CONFIGURATION, "Billing" },
  { 403, "billing_not_verified_for_email", CONFIGURATION, "Billing" },
  { 404, "route_not_found", CONFIGURATION, "api-url" },
  { 429, "too_many_requests", RATE_LIMITED, "wait a minute" },
  { 429, "user_lock_limit_reached", USER_LOCKED, "locked" },
  { 500, "internal_server_error", OFFLINE, "later" },
  { 404, "session_not_found", EXPIRED, NULL },
  /* 1.1 and 1.2 */
  { 400, "oauth_config_not_found", CONFIGURATION, "methods" },
  { 400, "default_provider_not_allowed", CONFIGURATION, "methods" },
  { 400, "oauth_state_mismatch", MISMATCH, "one browser" },
  { 400, "no_wildcards_in_live_redirect_url", CONFIGURATION, "live" },
  { 400, "redirect_url_must_use_https", CONFIGURATION, "https" },
  { 400, "redirect_url_with_wildcard_cannot_be_default", CONFIGURATION, NULL },
  { 400, "redirect_url_with_query_param_placeholder_cannot_be_default", CONFIGURATION,
    NULL },
  /* 1.3, the browser's leg */
  { 400, "no_match_for_provided_oauth_url", CONFIGURATION, "/callback?tx={}" },
  { 400, "invalid_public_token_id", CREDENTIALS, "public token" },
  { 404, "public_token_not_found", CREDENTIALS, "public token" },
  { 400, "invalid_oauth_provider", CONFIGURATION, "methods" },
  { 400, "no_login_redirect_urls_set", CONFIGURATION, "Redirect URLs" },
  { 400, "no_signup_redirect_urls_set", CONFIGURATION, "Redirect URLs" },
  { 400, "no_default_login_redirect_url_set", CONFIGURATION, "Redirect URLs" },
  { 400, "no_default_signup_redirect_url_set", CONFIGURATION, "Redirect URLs" },
  { 400, "invalid_login_oauth_url", CONFIGURATION, "Redirect URLs" },
  { 400, "invalid_signup_oauth_url", CONFIGURATION, "Redirect URLs" },
  { 400, "invalid_pkce_code_challenge", PROTOCOL, NULL },
  { 400, "oauth_flow_callback_error", REFUSED, NULL },
  { 400, "oauth_auth_code_error", CONFIGURATION, NULL },
  { 400, "oauth_invalid_callback_request", MISMATCH, NULL },
  { 400, "oauth_invalid_state", MISMATCH, NULL },
  { 400, "oauth_state_used", EXPIRED, NULL },
  { 400, "expired_oauth_response", EXPIRED, NULL },
  { 400, "oauth_unverified_email", REFUSED, "verified e-mail" },
  { 400, "pkce_required_for_native_callback", PROTOCOL, NULL },
  { 401, "endpoint_not_authorized_for_sdk", CONFIGURATION, NULL },
  /* 1.4, whatever the status */
  { 404, "oauth_token_not_found", EXPIRED, "start it again" },
  { 400, "oauth_token_not_found", EXPIRED, "start it again" },
  { 400, "pkce_mismatch", MISMATCH, "PKCE" },
  { 400, "pkce_expected_code_verifier", MISMATCH, NULL },
  { 400, "pkce_did_not_expect_code_verifier", MISMATCH, NULL },
  { 400, "invalid_pkce_code_verifier", MISMATCH, NULL },
  { 400, "invalid_token", EXPIRED, NULL },
  { 400, "invalid_session_duration_minutes", PROTOCOL, NULL },
  { 400, "too_many_session_arguments", PROTOCOL, NULL },
  /* unknown types are judged by their form and the status */
  { 400, "new_redirect_url_rule", CONFIGURATION, "Redirect URLs" },
  { 400, "pkce_new_rule", MISMATCH, NULL },
  { 400, "something_new", PROTOCOL, "something_new" },
  { 401, "something_new", CREDENTIALS, NULL },
  { 403, "something_new", CONFIGURATION, NULL },
  { 404, "something_new", CONFIGURATION, "api-url" },
  { 429, "something_new", RATE_LIMITED, NULL },
  { 503, "something_new", OFFLINE, NULL },
  { 302, NULL, CONFIGURATION, "api-url" },
  { 418, NULL, PROTOCOL, "HTTP 418" },
  { 504, NULL, OFFLINE, "HTTP 504" },
  /* 2.1 and 2.2 */
  { 404, "otp_code_not_found", WRONG_CODE, NULL },
  { 400, "invalid_code", WRONG_CODE, NULL },
  { 401, "unable_to_auth_otp_code", EXPIRED, "new one" },
  { 400, "invalid_method_id", EXPIRED, "new one" },
  { 401, "unable_to_auth_magic_link", EXPIRED, NULL },
  { 404, "magic_link_not_found", EXPIRED, NULL },
  { 400, "invalid_email", ADDRESS, NULL },
  { 400, "inactive_email", ADDRESS, NULL },
  { 404, "email_not_found", ADDRESS, NULL },
  { 400, "no_match_for_provided_magic_link_url", CONFIGURATION, "/callback?tx={}" },
  { 400, "invalid_magic_link_url", CONFIGURATION, "Redirect URLs" },
  { 401, "attribute_mismatch", MISMATCH, NULL },
  { 400, "downstream_carrier_error", OFFLINE, "later" },
  { 400, "invalid_expiration_otp", PROTOCOL, NULL },
  { 400, "invalid_expiration_magic_link", PROTOCOL, NULL },
};

static const ErrorCase oauth_cases[] = {
  { 400, "invalid_request", PROTOCOL, NULL },
  { 401, "invalid_client", CREDENTIALS, NULL },
  { 400, "unauthorized_client", CREDENTIALS, NULL },
  { 400, "invalid_grant", EXPIRED, NULL },
  { 403, "access_denied", REFUSED, NULL },
  { 500, "server_error", OFFLINE, NULL },
  { 503, "temporarily_unavailable", OFFLINE, NULL },
};

static void
assert_refused (const ErrorCase *expected, const char *body)
{
  g_autoptr (GError) error = NULL;

  g_test_message ("%u %s", expected->status, body);
  g_assert_null (
      bma_stytch_wire_read_identity (expected->status, body, strlen (body), &error));
  g_assert_error (error, BMA_IDENTITY_ERROR, (int) expected->expected);
  if (expected->advice != NULL)
    g_assert_nonnull (strstr (error->message, expected->advice));
  /* What Stytch says in its own words may quote what was sent. */
  g_assert_null (strstr (error->message, "canary"));
  g_assert_false (
      bma_stytch_wire_read_whoami (expected->status, body, strlen (body), "p", NULL));
}

static void
test_stytch_errors (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (error_cases); i++)
    {
      const ErrorCase *expected = &error_cases[i];
      g_autofree char *type =
          expected->type != NULL ? g_strdup_printf ("\"%s\"", expected->type) : NULL;
      g_autofree char *body = g_strdup_printf (
          "{\"status_code\":%u,\"request_id\":\"" REQUEST_ID "\",\"error_type\":%s,"
          "\"error_message\":\"canary-token\",\"error_url\":\"https://canary\"}",
          expected->status, type != NULL ? type : "null");
      g_autoptr (GError) error = NULL;

      assert_refused (expected, body);
      g_assert_null (
          bma_stytch_wire_read_identity (expected->status, body, strlen (body), &error));
      g_assert_nonnull (strstr (error->message, REQUEST_ID));
    }
}

static void
test_oauth_errors (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (oauth_cases); i++)
    {
      g_autofree char *body = g_strdup_printf (
          "{\"status_code\":%u,\"request_id\":\"x\",\"error\":\"%s\","
          "\"error_description\":\"canary-token\",\"error_uri\":\"https://canary\"}",
          oauth_cases[i].status, oauth_cases[i].type);

      assert_refused (&oauth_cases[i], body);
    }
}

/* Members of an error that are not what they should be are left out of the message. */
static void
test_error_members_are_checked (void)
{
  static const char *const bodies[] = {
    "{\"error_type\":\"Canary\"}",
    "{\"error_type\":\"canary1\"}",
    "{\"error_type\":\"\"}",
    "{\"error_type\":[\"canary\"]}",
    "{\"error\":{\"canary\":1}}",
    "{\"request_id\":\"canary\"}",
    "{\"request_id\":\"request-id-test-canary\"}",
    "{\"request_id\":\"request-id-test-\"}",
    "{\"request_id\":12}",
    "{}",
  };

  for (size_t i = 0; i < G_N_ELEMENTS (bodies); i++)
    assert_refused (&(ErrorCase){ 400, NULL, PROTOCOL, "[HTTP 400]" }, bodies[i]);
}

/* An error without JSON is judged by its status. */
static void
test_unreadable (void)
{
  static const char *const bodies[] = {
    "", "<html>canary</html>", "{\"user_id\":\"canary", "[]", "null", "\"canary\"", "{}x",
  };
  static const ErrorCase statuses[] = {
    { 200, NULL, PROTOCOL, "cut short" }, { 201, NULL, PROTOCOL, NULL },
    { 301, NULL, CONFIGURATION, NULL },   { 401, NULL, CREDENTIALS, NULL },
    { 404, NULL, CONFIGURATION, NULL },   { 429, NULL, RATE_LIMITED, NULL },
    { 500, NULL, OFFLINE, NULL },         { 502, NULL, OFFLINE, "HTTP 502" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (bodies); i++)
    for (size_t k = 0; k < G_N_ELEMENTS (statuses); k++)
      assert_refused (&statuses[k], bodies[i]);
}

static void
test_success_that_is_none (void)
{
  g_autoptr (BmaIdentity) identity = NULL;
  g_autoptr (GError) error = NULL;
  const char *fine = "{\"status_code\":200,\"user_id\":\"user-test-1\"}";

  assert_refused (&(ErrorCase){ 200, NULL, RATE_LIMITED, "HTTP 429" },
                  "{\"status_code\":429,\"user_id\":\"user-test-1\"}");
  identity = bma_stytch_wire_read_identity (200, fine, strlen (fine), &error);
  g_assert_no_error (error);
  g_assert_nonnull (identity);
}

typedef struct
{
  const char *body;
  const char *name;
  const char *email;
} UserCase;

#define ID "\"user_id\":\"user-test-1\""

static const UserCase user_cases[] = {
  { "{" ID "}", NULL, NULL },
  { "{" ID ",\"user\":null}", NULL, NULL },
  { "{" ID ",\"user\":[]}", NULL, NULL },
  { "{" ID ",\"user\":{}}", NULL, NULL },
  { "{" ID ",\"user\":{" ID "}}", NULL, NULL },
  { "{" ID ",\"user\":{\"user_id\":null,\"name\":null,\"emails\":null}}", NULL, NULL },
  { "{" ID ",\"user\":{\"user_id\":\"\",\"emails\":[]}}", NULL, NULL },
  { "{" ID ",\"session_token\":\"\",\"session_jwt\":\"\",\"user_session\":null,"
    "\"user_device\":null,\"new_field\":{\"a\":[1,2.5,true]}}",
    NULL, NULL },
  { "{" ID ",\"user\":{\"is_locked\":false,\"status\":\"pending\",\"name\":"
    "{\"first_name\":\"Ada\",\"middle_name\":\"\",\"last_name\":\"Lovelace\"}}}",
    "Ada Lovelace", NULL },
  { "{" ID ",\"user\":{\"name\":{\"first_name\":\"Ada\",\"middle_name\":\"King\","
    "\"last_name\":\"Lovelace\"}}}",
    "Ada King Lovelace", NULL },
  { "{" ID ",\"user\":{\"name\":{\"first_name\":\"\",\"last_name\":null}}}", NULL, NULL },
  { "{" ID ",\"user\":{\"name\":{\"first_name\":\"A\\u202eda\\n\"}}}", "A da", NULL },
  { "{" ID ",\"user\":{\"emails\":[{\"email\":\"a@x.org\",\"verified\":true}]}}", NULL,
    "a@x.org" },
  { "{" ID ",\"user\":{\"emails\":[{\"email\":\"a@x.org\",\"verified\":false},"
    "{\"email\":\"b@x.org\",\"verified\":true}]}}",
    NULL, "b@x.org" },
  { "{" ID ",\"user\":{\"emails\":[{\"email\":\"a@x.org\"}]}}", NULL, NULL },
  { "{" ID ",\"user\":{\"emails\":[{\"email\":\"a@x.org\",\"verified\":\"true\"}]}}",
    NULL, NULL },
  { "{" ID ",\"user\":{\"emails\":[{\"email\":\"a@x.org\",\"verified\":1}]}}", NULL,
    NULL },
  { "{" ID ",\"user\":{\"emails\":[null,\"a@x.org\",{\"verified\":true},"
    "{\"email\":\"\",\"verified\":true},{\"email\":\"nobody\",\"verified\":true},"
    "{\"email\":\"@x.org\",\"verified\":true},{\"email\":\"a@\",\"verified\":true},"
    "{\"email\":\"a@x.org\\n\",\"verified\":true}]}}",
    NULL, NULL },
};

static void
test_users (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (user_cases); i++)
    {
      const UserCase *expected = &user_cases[i];
      g_autoptr (GError) error = NULL;
      g_autoptr (BmaIdentity) identity = NULL;

      g_test_message ("%s", expected->body);
      identity = bma_stytch_wire_read_identity (200, expected->body,
                                                strlen (expected->body), &error);
      g_assert_no_error (error);
      g_assert_cmpstr (identity->sub, ==, "user-test-1");
      g_assert_cmpstr (identity->name, ==, expected->name);
      g_assert_cmpstr (identity->email, ==, expected->email);
    }
}

static void
test_users_refused (void)
{
  static const char *const bodies[] = {
    "{}",
    "{\"user_id\":null}",
    "{\"user_id\":\"\"}",
    "{\"user_id\":7}",
    "{\"user_id\":[\"user-test-1\"]}",
    "{\"user_id\":\"user test\"}",
    "{\"user_id\":\"user\\ntest\"}",
    "{\"user_id\":\"us\\u00e9r\"}",
    "{\"user\":{\"user_id\":\"user-test-1\"}}",
    "{" ID ",\"user\":{\"user_id\":\"user-test-2\"}}",
    "{" ID "," ID "}",
  };
  g_autofree char *long_id = g_strnfill (257, 'u');
  g_autofree char *long_body = g_strdup_printf ("{\"user_id\":\"%s\"}", long_id);

  for (size_t i = 0; i < G_N_ELEMENTS (bodies); i++)
    assert_refused (&(ErrorCase){ 200, NULL, PROTOCOL, NULL }, bodies[i]);
  assert_refused (&(ErrorCase){ 200, NULL, PROTOCOL, NULL }, long_body);
  assert_refused (&(ErrorCase){ 200, NULL, USER_LOCKED, NULL },
                  "{" ID ",\"user\":{\"is_locked\":true}}");
}

static void
test_sent (void)
{
  static const char *const bad[] = { "{}",
                                     "{\"email_id\":null}",
                                     "{\"email_id\":7}",
                                     "{\"email_id\":\"a b\"}",
                                     "{\"email_id\":\"a\\\"b\"}",
                                     "{\"user_id\":\"user-test-1\"}" };
  static const char good[] = "{\"status_code\":200,\"email_id\":\"email-test-1\","
                             "\"user_id\":\"user-test-1\",\"user_created\":true}";
  static const char limited[] = "{\"status_code\":429,\"email_id\":\"email-test-1\","
                                "\"error_type\":\"too_many_requests\"}";
  g_autofree char *id = bma_stytch_wire_read_sent (200, good, strlen (good), NULL);
  g_autofree char *none = NULL;
  g_autoptr (GError) refused = NULL;

  g_assert_cmpstr (id, ==, "email-test-1");
  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *read =
          bma_stytch_wire_read_sent (200, bad[i], strlen (bad[i]), &error);

      g_assert_null (read);
      g_assert_error (error, BMA_IDENTITY_ERROR, PROTOCOL);
    }
  none = bma_stytch_wire_read_sent (200, limited, strlen (limited), &refused);
  g_assert_null (none);
  g_assert_error (refused, BMA_IDENTITY_ERROR, RATE_LIMITED);
}

static void
test_whoami (void)
{
  static const char body[] = "{\"project_id\":\"project-test-1\",\"name\":\"x\"}";
  g_autoptr (GError) error = NULL;

  g_assert_true (
      bma_stytch_wire_read_whoami (200, body, strlen (body), "project-test-1", &error));
  g_assert_no_error (error);
  g_assert_false (
      bma_stytch_wire_read_whoami (200, body, strlen (body), "project-test-2", &error));
  g_assert_error (error, BMA_IDENTITY_ERROR, CREDENTIALS);
  g_clear_error (&error);
  g_assert_false (bma_stytch_wire_read_whoami (200, "{}", 2, "project-test-1", &error));
  g_assert_error (error, BMA_IDENTITY_ERROR, CREDENTIALS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/stytch/wire-read/errors-of-stytch", test_stytch_errors);
  g_test_add_func ("/stytch/wire-read/errors-of-oauth", test_oauth_errors);
  g_test_add_func ("/stytch/wire-read/error-members-are-checked",
                   test_error_members_are_checked);
  g_test_add_func ("/stytch/wire-read/unreadable-answers", test_unreadable);
  g_test_add_func ("/stytch/wire-read/success-that-is-none", test_success_that_is_none);
  g_test_add_func ("/stytch/wire-read/users-of-all-shapes", test_users);
  g_test_add_func ("/stytch/wire-read/users-without-identity", test_users_refused);
  g_test_add_func ("/stytch/wire-read/sent-mail", test_sent);
  g_test_add_func ("/stytch/wire-read/whoami", test_whoami);

  return g_test_run ();
}
