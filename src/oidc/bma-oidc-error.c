/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-oidc-error.h"

#include <string.h>

#include "bma-identity-provider.h"
#include "bma-keyring.h"

#define MAX_CODE_CHARS 64

/* What an error code of a provider means; %NULL ends a table and is for all others. */
typedef struct
{
  const char *error; /* static, nullable */
  BmaIdentityError code;
  const char *text; /* static */
} Meaning;

#define REFUSED                                                                          \
  "The sign-in was refused at the identity provider; start it again if that was a "      \
  "mistake"
#define FAULT "The identity provider has a fault; start the sign-in again later"
#define CONFIG                                                                           \
  "The identity provider does not accept our request; compare [oidc] client-id and "     \
  "scopes with what is registered there, and register the redirect URL that "            \
  "“biomcp-auth doctor” shows"
#define SECRET                                                                           \
  "The identity provider does not accept our client id and secret; correct [oidc] "      \
  "client-id, or store the right oidc-client-secret"
#define USED_UP "The sign-in took too long or was used already; start it again"
#define STRANGE                                                                          \
  "The identity provider answered something unexpected; start the sign-in again, and "   \
  "run “biomcp-auth doctor” if that does not help"

/* RFC 6749 section 4.1.2.1, OpenID Connect Core section 3.1.2.6 */
static const Meaning callback_meanings[] = {
  { "access_denied", BMA_IDENTITY_ERROR_REFUSED, REFUSED },
  { "login_required", BMA_IDENTITY_ERROR_REFUSED, REFUSED },
  { "interaction_required", BMA_IDENTITY_ERROR_REFUSED, REFUSED },
  { "consent_required", BMA_IDENTITY_ERROR_REFUSED, REFUSED },
  { "account_selection_required", BMA_IDENTITY_ERROR_REFUSED, REFUSED },
  { "server_error", BMA_IDENTITY_ERROR_OFFLINE, FAULT },
  { "temporarily_unavailable", BMA_IDENTITY_ERROR_OFFLINE, FAULT },
  { "invalid_request", BMA_IDENTITY_ERROR_CONFIGURATION, CONFIG },
  { "invalid_scope", BMA_IDENTITY_ERROR_CONFIGURATION, CONFIG },
  { "invalid_client", BMA_IDENTITY_ERROR_CONFIGURATION, CONFIG },
  { "unauthorized_client", BMA_IDENTITY_ERROR_CONFIGURATION, CONFIG },
  { "unsupported_response_type", BMA_IDENTITY_ERROR_CONFIGURATION, CONFIG },
  { NULL, BMA_IDENTITY_ERROR_PROTOCOL, STRANGE },
};

/* RFC 6749 section 5.2, and what Stytch says instead */
static const Meaning token_meanings[] = {
  { "invalid_client", BMA_IDENTITY_ERROR_CREDENTIALS, SECRET },
  { "unauthorized_client", BMA_IDENTITY_ERROR_CREDENTIALS, SECRET },
  { "connected_app_not_found", BMA_IDENTITY_ERROR_CREDENTIALS, SECRET },
  { "invalid_grant", BMA_IDENTITY_ERROR_EXPIRED, USED_UP },
  { "idp_auth_code_not_found", BMA_IDENTITY_ERROR_EXPIRED, USED_UP },
  { "idp_auth_code_expired", BMA_IDENTITY_ERROR_EXPIRED, USED_UP },
  { "server_error", BMA_IDENTITY_ERROR_OFFLINE, FAULT },
  { "temporarily_unavailable", BMA_IDENTITY_ERROR_OFFLINE, FAULT },
  { "invalid_scope", BMA_IDENTITY_ERROR_CONFIGURATION, CONFIG },
  { NULL, BMA_IDENTITY_ERROR_PROTOCOL, STRANGE },
};

/* Nothing a server says gets into the message unless it cannot be a secret: a code is
 * lower case words. */
static gboolean
is_code (const char *code)
{
  size_t length = code != NULL ? strlen (code) : 0;

  return length > 0 && length <= MAX_CODE_CHARS &&
         strspn (code, G_CSET_a_2_z "_") == length;
}

static const Meaning *
find_meaning (const Meaning *meanings, const char *code)
{
  while (meanings->error != NULL && g_strcmp0 (meanings->error, code) != 0)
    meanings++;
  return meanings;
}

/**
 * bma_oidc_error_from_callback:
 * @code: `error` of a callback
 *
 * Returns: (transfer full): a #BmaIdentityError; `error_description` is not repeated
 */
GError *
bma_oidc_error_from_callback (const char *code)
{
  const Meaning *meaning = find_meaning (callback_meanings, code);

  return g_error_new (BMA_IDENTITY_ERROR, (int) meaning->code, "%s [%s]", meaning->text,
                      is_code (code) ? code : "?");
}

/**
 * bma_oidc_error_from_token:
 * @status: HTTP status
 * @code: (nullable): `error`, if there was one
 *
 * Returns: (transfer full): a #BmaIdentityError
 */
GError *
bma_oidc_error_from_token (unsigned int status, const char *code)
{
  const Meaning *meaning = find_meaning (token_meanings, code);
  BmaIdentityError kind = meaning->code;
  const char *text = meaning->text;

  if (status == 429)
    {
      kind = BMA_IDENTITY_ERROR_RATE_LIMITED;
      text = "The identity provider gets too many requests just now; wait a minute and "
             "start the sign-in again";
    }
  else if (meaning->error == NULL && status >= 500)
    {
      kind = BMA_IDENTITY_ERROR_OFFLINE;
      text = FAULT;
    }
  else if (meaning->error == NULL && status == 401)
    {
      kind = BMA_IDENTITY_ERROR_CREDENTIALS;
      text = SECRET;
    }
  return g_error_new (BMA_IDENTITY_ERROR, (int) kind, "%s [HTTP %u%s%s]", text, status,
                      is_code (code) ? ", " : "", is_code (code) ? code : "");
}

/**
 * bma_oidc_error_from_transport:
 * @raw: an error of #BmaHttpClient
 *
 * Returns: (transfer full): a #BmaIdentityError
 */
GError *
bma_oidc_error_from_transport (const GError *raw)
{
  BmaIdentityError code = BMA_IDENTITY_ERROR_OFFLINE;

  if (g_error_matches (raw, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE) ||
      g_error_matches (raw, G_IO_ERROR, G_IO_ERROR_INVALID_DATA))
    code = BMA_IDENTITY_ERROR_PROTOCOL;
  return g_error_new (BMA_IDENTITY_ERROR, (int) code,
                      "The identity provider could not be asked: %s. Try again",
                      raw->message);
}

/**
 * bma_oidc_error_from_keyring:
 * @raw: a #BmaKeyringError, not %BMA_KEYRING_ERROR_NOT_FOUND
 *
 * Returns: (transfer full): a #BmaIdentityError
 */
GError *
bma_oidc_error_from_keyring (const GError *raw)
{
  return g_error_new (BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_KEYRING,
                      "Whether there is a client secret for the identity provider cannot "
                      "be seen in the keyring: %s. Unlock the keyring and start the "
                      "sign-in again",
                      raw->message);
}
