/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-stytch-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "bma-identity-provider.h"

#define MAX_TYPE_CHARS       64
#define MAX_REQUEST_ID_CHARS 80

/* What went wrong, coarser than Stytch's types: each has one text. */
typedef enum
{
  CAUSE_SECRET,
  CAUSE_ENVIRONMENT,
  CAUSE_PUBLIC_TOKEN,
  CAUSE_REDIRECT_URL,
  CAUSE_LIVE_REDIRECT_URL,
  CAUSE_METHOD,
  CAUSE_BILLING,
  CAUSE_FORBIDDEN,
  CAUSE_ADDRESS,
  CAUSE_USED_UP,
  CAUSE_CODE_OVER,
  CAUSE_WRONG_CODE,
  CAUSE_EMAIL,
  CAUSE_MISMATCH,
  CAUSE_REFUSED,
  CAUSE_UNVERIFIED,
  CAUSE_LOCKED,
  CAUSE_RATE,
  CAUSE_FAULT,
  CAUSE_REQUEST,
} Cause;

static const struct
{
  BmaIdentityError code;
  const char *text;
} causes[] = {
  [CAUSE_SECRET] = { BMA_IDENTITY_ERROR_CREDENTIALS,
                     N_ ("Stytch does not accept the project id and its secret; take "
                         "both "
                         "from API Keys in the Stytch dashboard and run “biomcp-auth "
                         "setup "
                         "stytch”") },
  [CAUSE_ENVIRONMENT] = { BMA_IDENTITY_ERROR_CREDENTIALS,
                          N_ ("Test and live are mixed up: the project id, its secret, "
                              "the "
                              "public token and [stytch] api-url must be of one "
                              "environment "
                              "of the Stytch project; run “biomcp-auth setup stytch”") },
  [CAUSE_PUBLIC_TOKEN] = { BMA_IDENTITY_ERROR_CREDENTIALS,
                           N_ ("Stytch does not know the public token; take it from API "
                               "Keys "
                               "in the Stytch dashboard and run “biomcp-auth setup "
                               "stytch”") },
  [CAUSE_REDIRECT_URL] = { BMA_IDENTITY_ERROR_CONFIGURATION,
                           N_ ("The callback URL of this service is not registered at "
                               "Stytch; "
                               "add ISSUER/callback?tx={} under Redirect URLs in the "
                               "Stytch "
                               "dashboard, both as Login and as Sign-up (ISSUER is what "
                               "“biomcp-auth status” shows, for example "
                               "http://127.0.0.1:8417)") },
  [CAUSE_LIVE_REDIRECT_URL] = { BMA_IDENTITY_ERROR_CONFIGURATION,
                                N_ ("Stytch does not allow such a callback URL in a live "
                                    "project; use an https public-url or a test "
                                    "project") },
  [CAUSE_METHOD] = { BMA_IDENTITY_ERROR_CONFIGURATION,
                     N_ ("This way to sign in is not set up in the Stytch project; "
                         "enable it "
                         "under OAuth in the Stytch dashboard, or take it out of "
                         "[stytch] "
                         "methods") },
  [CAUSE_BILLING] = { BMA_IDENTITY_ERROR_CONFIGURATION,
                      N_ ("Stytch wants the billing details of the project verified; see "
                          "Billing in the Stytch dashboard") },
  [CAUSE_FORBIDDEN] = { BMA_IDENTITY_ERROR_CONFIGURATION,
                        N_ ("Stytch forbids this; see in the Stytch dashboard whether "
                            "the "
                            "project is active, and whether a proxy is in between") },
  [CAUSE_ADDRESS] = { BMA_IDENTITY_ERROR_CONFIGURATION,
                      N_ ("There is no Stytch API at this address; check [stytch] "
                          "api-url") },
  [CAUSE_USED_UP] = { BMA_IDENTITY_ERROR_EXPIRED, N_ ("The sign-in took too long or was "
                                                      "used already; start it again") },
  [CAUSE_CODE_OVER] = { BMA_IDENTITY_ERROR_EXPIRED, N_ ("The code is too old or was used "
                                                        "already; ask for a new one") },
  [CAUSE_WRONG_CODE] = { BMA_IDENTITY_ERROR_WRONG_CODE,
                         N_ ("That is not the code that was sent; look into the mail "
                             "again") },
  [CAUSE_EMAIL] = { BMA_IDENTITY_ERROR_ADDRESS,
                    N_ ("Stytch sends no mail to this address; use another one") },
  [CAUSE_MISMATCH] = { BMA_IDENTITY_ERROR_MISMATCH,
                       N_ ("The answer belongs to another sign-in (PKCE or cookie "
                           "mismatch); "
                           "start again and stay in one browser window") },
  [CAUSE_REFUSED] = { BMA_IDENTITY_ERROR_REFUSED, N_ ("The sign-in was refused at the "
                                                      "identity provider; start it again "
                                                      "if that was a mistake") },
  [CAUSE_UNVERIFIED] = { BMA_IDENTITY_ERROR_REFUSED,
                         N_ ("The account has no verified e-mail address; verify it at "
                             "the "
                             "provider and start the sign-in again") },
  [CAUSE_LOCKED] = { BMA_IDENTITY_ERROR_USER_LOCKED,
                     N_ ("Stytch has locked this account for now, after too many failed "
                         "attempts; wait, or have it unlocked in the Stytch dashboard") },
  [CAUSE_RATE] = { BMA_IDENTITY_ERROR_RATE_LIMITED,
                   N_ ("Stytch gets too many requests just now; wait a minute and start "
                       "the "
                       "sign-in again") },
  [CAUSE_FAULT] = { BMA_IDENTITY_ERROR_OFFLINE,
                    N_ ("Stytch has a fault; start the sign-in again later") },
  [CAUSE_REQUEST] = { BMA_IDENTITY_ERROR_PROTOCOL, N_ ("Stytch does not understand this "
                                                       "program; look for an update") },
};

/* Types of both error families, Stytch's own and OAuth's. */
static const struct
{
  const char *type;
  Cause cause;
} types[] = {
  { "unauthorized_credentials", CAUSE_SECRET },
  { "invalid_project_id_authentication", CAUSE_SECRET },
  { "invalid_secret_authentication", CAUSE_SECRET },
  { "project_not_found", CAUSE_SECRET },
  { "invalid_client", CAUSE_SECRET },
  { "unauthorized_client", CAUSE_SECRET },
  { "unauthorized_project_id_test", CAUSE_ENVIRONMENT },
  { "unauthorized_project_id_live", CAUSE_ENVIRONMENT },
  { "test_id_used_in_live_environment", CAUSE_ENVIRONMENT },
  { "live_id_used_in_test_environment", CAUSE_ENVIRONMENT },
  { "invalid_public_token_id", CAUSE_PUBLIC_TOKEN },
  { "public_token_not_found", CAUSE_PUBLIC_TOKEN },
  { "no_match_for_provided_oauth_url", CAUSE_REDIRECT_URL },
  { "no_match_for_provided_magic_link_url", CAUSE_REDIRECT_URL },
  { "invalid_magic_link_url", CAUSE_REDIRECT_URL },
  { "invalid_login_oauth_url", CAUSE_REDIRECT_URL },
  { "invalid_signup_oauth_url", CAUSE_REDIRECT_URL },
  { "no_login_redirect_urls_set", CAUSE_REDIRECT_URL },
  { "no_signup_redirect_urls_set", CAUSE_REDIRECT_URL },
  { "no_default_login_redirect_url_set", CAUSE_REDIRECT_URL },
  { "no_default_signup_redirect_url_set", CAUSE_REDIRECT_URL },
  { "redirect_url_with_query_param_placeholder_cannot_be_default", CAUSE_REDIRECT_URL },
  { "redirect_url_with_wildcard_cannot_be_default", CAUSE_REDIRECT_URL },
  { "no_wildcards_in_live_redirect_url", CAUSE_LIVE_REDIRECT_URL },
  { "redirect_url_must_use_https", CAUSE_LIVE_REDIRECT_URL },
  { "invalid_oauth_provider", CAUSE_METHOD },
  { "oauth_config_not_found", CAUSE_METHOD },
  { "default_provider_not_allowed", CAUSE_METHOD },
  { "oauth_auth_code_error", CAUSE_METHOD },
  { "endpoint_not_authorized_for_sdk", CAUSE_METHOD },
  { "billing_not_verified", CAUSE_BILLING },
  { "billing_not_verified_for_email", CAUSE_BILLING },
  { "route_not_found", CAUSE_ADDRESS },
  { "oauth_token_not_found", CAUSE_USED_UP },
  { "invalid_token", CAUSE_USED_UP },
  { "invalid_grant", CAUSE_USED_UP },
  { "oauth_state_used", CAUSE_USED_UP },
  { "expired_oauth_response", CAUSE_USED_UP },
  { "session_not_found", CAUSE_USED_UP },
  { "magic_link_not_found", CAUSE_USED_UP },
  { "unable_to_auth_magic_link", CAUSE_USED_UP },
  { "otp_code_not_found", CAUSE_WRONG_CODE },
  { "invalid_code", CAUSE_WRONG_CODE },
  { "unable_to_auth_otp_code", CAUSE_CODE_OVER },
  { "invalid_method_id", CAUSE_CODE_OVER },
  { "invalid_email", CAUSE_EMAIL },
  { "inactive_email", CAUSE_EMAIL },
  { "email_not_found", CAUSE_EMAIL },
  { "pkce_mismatch", CAUSE_MISMATCH },
  { "pkce_expected_code_verifier", CAUSE_MISMATCH },
  { "pkce_did_not_expect_code_verifier", CAUSE_MISMATCH },
  { "invalid_pkce_code_verifier", CAUSE_MISMATCH },
  { "oauth_invalid_state", CAUSE_MISMATCH },
  { "oauth_state_mismatch", CAUSE_MISMATCH },
  { "oauth_invalid_callback_request", CAUSE_MISMATCH },
  { "attribute_mismatch", CAUSE_MISMATCH },
  { "oauth_flow_callback_error", CAUSE_REFUSED },
  { "access_denied", CAUSE_REFUSED },
  { "oauth_unverified_email", CAUSE_UNVERIFIED },
  { "user_lock_limit_reached", CAUSE_LOCKED },
  { "too_many_requests", CAUSE_RATE },
  { "downstream_carrier_error", CAUSE_FAULT },
  { "internal_server_error", CAUSE_FAULT },
  { "server_error", CAUSE_FAULT },
  { "temporarily_unavailable", CAUSE_FAULT },
  { "bad_request", CAUSE_REQUEST },
  { "invalid_request", CAUSE_REQUEST },
  { "invalid_pkce_code_challenge", CAUSE_REQUEST },
  { "pkce_required_for_native_callback", CAUSE_REQUEST },
  { "invalid_session_duration_minutes", CAUSE_REQUEST },
  { "too_many_session_arguments", CAUSE_REQUEST },
  { "invalid_expiration_otp", CAUSE_REQUEST },
  { "invalid_expiration_magic_link", CAUSE_REQUEST },
};

static Cause
cause_of_status (unsigned int status)
{
  if (status == 401)
    return CAUSE_SECRET;
  if (status == 403)
    return CAUSE_FORBIDDEN;
  if (status == 429)
    return CAUSE_RATE;
  if (status >= 500)
    return CAUSE_FAULT;
  if (status == 404 || status == 405 || (status >= 300 && status < 400))
    return CAUSE_ADDRESS;
  return CAUSE_REQUEST;
}

static Cause
find_cause (unsigned int status, const char *type)
{
  for (size_t i = 0; type != NULL && i < G_N_ELEMENTS (types); i++)
    if (strcmp (types[i].type, type) == 0)
      return types[i].cause;
  if (type != NULL && strstr (type, "redirect_url") != NULL)
    return CAUSE_REDIRECT_URL;
  if (type != NULL && g_str_has_prefix (type, "pkce_"))
    return CAUSE_MISMATCH;
  return cause_of_status (status);
}

static gboolean
consists_of (const char *text, const char *characters, size_t max_chars)
{
  size_t length = strlen (text);

  return length > 0 && length <= max_chars && strspn (text, characters) == length;
}

/* Nothing a server says gets into the message unless it cannot be a secret: a type is
 * lower case words, a request id is its prefix and a UUID. */
static gboolean
is_type (const char *type)
{
  return type != NULL && consists_of (type, G_CSET_a_2_z "_", MAX_TYPE_CHARS);
}

static gboolean
is_request_id (const char *id)
{
  return id != NULL &&
         (g_str_has_prefix (id, "request-id-test-") ||
          g_str_has_prefix (id, "request-id-live-")) &&
         consists_of (id + strlen ("request-id-test-"), "0123456789abcdef-",
                      MAX_REQUEST_ID_CHARS);
}

/**
 * bma_stytch_error_new:
 * @status: HTTP status
 * @type: (nullable): `error_type`, or `error` of the OAuth family
 * @request_id: (nullable): what Stytch's support asks for
 *
 * Says what a refusal of Stytch means and what to do about it. An unknown type is judged
 * by the status. `error_message` is not repeated: it may quote what was sent.
 *
 * Returns: (transfer full): a #BmaIdentityError
 */
GError *
bma_stytch_error_new (unsigned int status, const char *type, const char *request_id)
{
  Cause cause = find_cause (status, type);
  g_autoptr (GString) text = g_string_new (_ (causes[cause].text));

  g_string_append_printf (text, " [HTTP %u", status);
  if (is_type (type))
    g_string_append_printf (text, ", %s", type);
  if (is_request_id (request_id))
    g_string_append_printf (text, ", %s", request_id);
  g_string_append_c (text, ']');
  return g_error_new_literal (BMA_IDENTITY_ERROR, causes[cause].code, text->str);
}
