# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Stytch's errors: the ordinary API's shape and the OAuth2 endpoints' shape."""

DOCS = "https://stytch.com/docs/api/errors"

# error_type: (HTTP status, message). Statuses and texts that no source settles are the
# simulator's own choice; a client must rely on neither.
CATALOGUE = {
    "bad_request": (400, "The submitted request is invalid."),
    "unauthorized_credentials": (401, "Unauthorized credentials."),
    "invalid_project_id_authentication": (401, "The project_id is not well formed."),
    "invalid_secret_authentication": (401, "The secret is not well formed."),
    "live_id_used_in_test_environment": (
        401, "A live project_id was used in the Test environment."),
    "test_id_used_in_live_environment": (
        401, "A test project_id was used in the Live environment."),
    "route_not_found": (404, "The requested route could not be found."),
    "too_many_requests": (429, "Too many requests have been made."),
    "user_lock_limit_reached": (
        429, "The user has been locked out due to too many failed authentication attempts. "
        "Please try again later."),
    "internal_server_error": (
        500, "Oops, something seems to have gone wrong, please reach out to "
        "support@stytch.com to let us know what went wrong."),
    # OAuth: start and callback
    "invalid_public_token_id": (400, "The public_token is not well formed."),
    "public_token_not_found": (404, "The public_token could not be found."),
    "invalid_oauth_provider": (400, "The OAuth provider is not supported."),
    "no_match_for_provided_oauth_url": (
        400, "The oauth redirect url in the request did not match any redirect URLs set for "
        "this project. Please visit https://stytch.com/dashboard/redirect-urls to update the "
        "redirect URLs for this project. For more information on why this validation is "
        "necessary please visit https://stytch.com/docs/api/url-validation"),
    "no_login_redirect_urls_set": (400, "No login redirect URLs are set for this project."),
    "no_signup_redirect_urls_set": (
        400, "No sign-up redirect URLs are set for this project."),
    "no_default_login_redirect_url_set": (
        400, "No default login redirect URL is set for this project."),
    "no_default_signup_redirect_url_set": (
        400, "No default sign-up redirect URL is set for this project."),
    "invalid_login_oauth_url": (400, "The login_redirect_url is not a valid URL."),
    "invalid_signup_oauth_url": (400, "The signup_redirect_url is not a valid URL."),
    "invalid_pkce_code_challenge": (400, "The code_challenge is not well formed."),
    "oauth_flow_callback_error": (
        400, "The OAuth provider answered with an error instead of a code."),
    "oauth_auth_code_error": (400, "The provider's authorization code was not accepted."),
    "oauth_invalid_callback_request": (400, "The provider's callback is not complete."),
    "oauth_invalid_state": (
        400, "The state of this OAuth flow is unknown or its cookie is missing. Please reach "
        "out to the application developer for support."),
    "oauth_state_mismatch": (
        400, "The state in the cookie doesn't match with the state in the query parameter. "
        "Please reach out to the application developer for support."),
    "oauth_state_used": (400, "The state of this OAuth flow was already used."),
    "expired_oauth_response": (400, "The OAuth flow took too long. Please start again."),
    # authenticate
    "oauth_token_not_found": (404, "OAuth token could not be found."),
    "invalid_token": (400, "The token is missing or not well formed."),
    "pkce_mismatch": (
        400, "The submitted code_verifier does not match the code_challenge sent at the start "
        "of the flow."),
    "pkce_expected_code_verifier": (
        400, "This flow was started using a code_challenge but the authentication call is "
        "missing the corresponding code_verifier."),
    "pkce_did_not_expect_code_verifier": (
        400, "This flow was started without a code_challenge but the authentication call has "
        "a code_verifier."),
    "invalid_pkce_code_verifier": (400, "The code_verifier is not well formed."),
    "invalid_session_duration_minutes": (
        400, "session_duration_minutes is invalid, should be between 5 to 527040 minutes."),
    "too_many_session_arguments": (
        400, "Only one of session_token and session_jwt may be given."),
    "no_session_arguments": (400, "One of session_token and session_jwt must be given."),
    "session_not_found": (404, "Session could not be found."),
    "invalid_session_token": (400, "Session token format is invalid."),
    "unable_to_parse_session_jwt": (400, "The session_jwt could not be read."),
    "consumer_session_authorization_error": (
        403, "The user is not authorized to perform the requested action."),
    # users, magic links, one-time codes
    "user_not_found": (404, "User could not be found."),
    "email_not_found": (404, "Email could not be found."),
    "phone_number_not_found": (404, "Phone number could not be found."),
    "invalid_email": (400, "Email format is invalid."),
    "invalid_phone_number": (400, "Phone number format is invalid."),
    "invalid_code": (400, "The code is missing or not well formed."),
    "invalid_method_id": (400, "The method_id is missing or not well formed."),
    "invalid_expiration_otp": (400, "expiration_minutes should be between 1 to 10 minutes."),
    "invalid_expiration_magic_link": (
        400, "The expiration should be between 5 to 10080 minutes."),
    "invalid_magic_link_url": (400, "The magic link URL is not a valid URL."),
    "no_match_for_provided_magic_link_url": (
        400, "The magic link URL in the request did not match any redirect URLs set for this "
        "project."),
    "magic_link_not_found": (
        404, "The magic link could not be authenticated, try sending another magic link to "
        "the user."),
    "unable_to_auth_magic_link": (
        401, "The magic link could not be authenticated because it was either already used or "
        "expired. Send another magic link to this user."),
    "otp_code_not_found": (404, "The passcode could not be found."),
    "unable_to_auth_otp_code": (
        401, "The passcode could not be authenticated because it was either already used or "
        "expired. Send another passcode to this user."),
    # Connected Apps and M2M
    "connected_app_not_found": (404, "Connected App could not be found."),
    "m2m_client_not_found": (404, "M2M client could not be found."),
    "dynamic_client_registration_not_enabled": (
        400, "Dynamic client registration is not enabled for this project."),
}


class ApiError(Exception):
    """An error answer in the shape of the ordinary API."""

    def __init__(self, error_type, message=None, status=None):
        default_status, default_message = CATALOGUE[error_type]
        super().__init__(error_type)
        self.error_type = error_type
        self.status = status or default_status
        self.message = message or default_message

    def body(self, request_id):
        return {
            "status_code": self.status,
            "request_id": request_id,
            "error_type": self.error_type,
            "error_message": self.message,
            "error_url": f"{DOCS}/{self.status}#{self.error_type}",
        }


class OAuth2Error(ApiError):
    """An error answer in the shape of the OAuth2 endpoints (RFC 6749, section 5.2)."""

    def __init__(self, error, description, status=400):
        Exception.__init__(self, error)
        self.error_type = error
        self.message = description
        self.status = status

    def body(self, request_id):
        return {
            "status_code": self.status,
            "request_id": request_id,
            "error": self.error_type,
            "error_description": self.message,
            "error_uri": f"{DOCS}/{self.status}#{self.error_type}",
        }
