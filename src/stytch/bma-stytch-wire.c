/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-stytch-wire.h"

#include <string.h>

#include "bma-text.h"
#include "bma-uri.h"

#define LIVE_PREFIX     "project-live-"
#define TEST_PREFIX     "project-test-"
#define LIVE_URL        "https://api.stytch.com"
#define TEST_URL        "https://test.stytch.com"
#define MAX_TOKEN_CHARS 1024

/* The length without slashes at the end. */
static size_t
trim_slashes (const char *text, size_t length)
{
  while (length > 0 && text[length - 1] == '/')
    length--;
  return length;
}

/* STYTCH_API_URL is written with and without /v1. */
static char *
trim_api_url (const char *text)
{
  size_t length = trim_slashes (text, strlen (text));

  if (length >= 3 && memcmp (text + length - 3, "/v1", 3) == 0)
    length = trim_slashes (text, length - 3);
  return g_strndup (text, length);
}

/**
 * bma_stytch_wire_make_api_url:
 * @project_id: (nullable): the project
 * @api_url: (nullable): the configured address, perhaps with `/v1` or a slash at its end
 * @error: return location for a #BmaIdentityError
 *
 * Returns: (transfer full) (nullable): where the API of the project is, without `/v1`
 */
char *
bma_stytch_wire_make_api_url (const char *project_id, const char *api_url, GError **error)
{
  g_autofree char *url = NULL;

  if (api_url != NULL)
    url = trim_api_url (api_url);
  else if (project_id != NULL && g_str_has_prefix (project_id, LIVE_PREFIX))
    url = g_strdup (LIVE_URL);
  else if (project_id != NULL && g_str_has_prefix (project_id, TEST_PREFIX))
    url = g_strdup (TEST_URL);

  if (url != NULL && bma_uri_is_https_or_loopback (url) && strchr (url, '?') == NULL)
    return g_steal_pointer (&url);
  g_set_error_literal (
      error, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_CONFIGURATION,
      url != NULL ? "[stytch] api-url must be an https URL, or http on this computer"
                  : "[stytch] project-id is missing or begins with neither "
                    "“project-test-” nor “project-live-”; run “biomcp-auth setup "
                    "stytch”");
  return NULL;
}

/* Ids, tokens and secrets say of which environment they are; %NULL when not. */
static const char *
environment_of (const char *text, const char *kind)
{
  const char *rest = g_str_has_prefix (text, kind) ? text + strlen (kind) : "";

  if (g_str_has_prefix (rest, "test-"))
    return "test";
  return g_str_has_prefix (rest, "live-") ? "live" : NULL;
}

/* The hosts of Stytch; a domain of the project's own may be of either. */
static const char *
environment_of_host (const char *api_url)
{
  g_autoptr (GUri) uri = g_uri_parse (api_url, G_URI_FLAGS_NONE, NULL);
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;

  if (host == NULL)
    return NULL;
  if (g_ascii_strcasecmp (host, "test.stytch.com") == 0 ||
      g_str_has_suffix (host, ".customers.stytch.dev"))
    return "test";
  return g_ascii_strcasecmp (host, "api.stytch.com") == 0 ||
                 g_str_has_suffix (host, ".customers.stytch.com")
             ? "live"
             : NULL;
}

static gboolean
is_of_one (const char *project, const char *other, const char *name, GError **error)
{
  if (project == NULL || other == NULL || strcmp (project, other) == 0)
    return TRUE;
  g_set_error (error, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_CREDENTIALS,
               "Test and live are mixed up: the project id is of the %s environment of "
               "the Stytch project, %s of the %s one; take all of them from one page of "
               "the Stytch dashboard and run “biomcp-auth setup stytch”",
               project, name, other);
  return FALSE;
}

/**
 * bma_stytch_wire_check_environment:
 * @project_id: the project
 * @public_token: its public token
 * @api_url: from bma_stytch_wire_make_api_url()
 * @error: return location for a #BmaIdentityError
 *
 * Returns: whether all are of one environment, test or live, as far as they say
 */
gboolean
bma_stytch_wire_check_environment (const char *project_id,
                                   const char *public_token,
                                   const char *api_url,
                                   GError **error)
{
  const char *project = environment_of (project_id, "project-");

  return is_of_one (project, environment_of (public_token, "public-token-"),
                    "the public token", error) &&
         is_of_one (project, environment_of_host (api_url), "[stytch] api-url", error);
}

/**
 * bma_stytch_wire_check_secret:
 * @project_id: the project
 * @secret: its secret
 * @error: return location for a #BmaIdentityError
 *
 * A secret of the live environment must not even be shown to the test environment.
 *
 * Returns: whether both are of one environment, as far as they say
 */
gboolean
bma_stytch_wire_check_secret (const char *project_id,
                              const BmaSecret *secret,
                              GError **error)
{
  return is_of_one (environment_of (project_id, "project-"),
                    environment_of (bma_secret_peek (secret), "secret-"), "the secret",
                    error);
}

/**
 * bma_stytch_wire_make_callback_uri:
 * @issuer: our own origin
 * @tx: (nullable): our transaction id; %NULL for an address that is always the same
 *
 * Returns: (transfer full): where Stytch sends the browser; `ISSUER/callback?tx={}` or
 *   `ISSUER/callback` is registered there
 */
char *
bma_stytch_wire_make_callback_uri (const char *issuer, const char *tx)
{
  GString *uri = g_string_new (issuer);

  g_string_append (uri, "/callback");
  if (tx != NULL)
    {
      g_string_append_c (uri, '?');
      bma_form_append_pair (uri, "tx", tx);
    }
  return g_string_free (uri, FALSE);
}

/**
 * bma_stytch_wire_make_start_uri:
 * @api_url: from bma_stytch_wire_make_api_url()
 * @method: OAuth provider: google, github, ...
 * @public_token: of the project
 * @callback_uri: from bma_stytch_wire_make_callback_uri()
 * @code_challenge: S256 (RFC 7636)
 *
 * The callback is given for both existing and new users: without the second, a new user
 * would land on whatever the dashboard has as default.
 *
 * Returns: (transfer full): where to send the browser; only the browser may go there,
 *   because Stytch binds the sign-in to a cookie
 */
char *
bma_stytch_wire_make_start_uri (const char *api_url,
                                const char *method,
                                const char *public_token,
                                const char *callback_uri,
                                const char *code_challenge)
{
  GString *uri = g_string_new (api_url);

  g_string_append (uri, "/v1/public/oauth/");
  g_string_append_uri_escaped (uri, method, NULL, FALSE);
  g_string_append (uri, "/start?");
  bma_form_append_pair (uri, "public_token", public_token);
  bma_form_append_pair (uri, "login_redirect_url", callback_uri);
  bma_form_append_pair (uri, "signup_redirect_url", callback_uri);
  bma_form_append_pair (uri, "code_challenge", code_challenge);
  return g_string_free (uri, FALSE);
}

/* Stytch shows refusals on its own pages; should one arrive after all, it is one. */
static gboolean
is_refusal (const BmaForm *query)
{
  static const char *const names[] = { "error", "error_description", "stytch_error",
                                       "stytch_error_type", "error_type" };

  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    if (bma_form_count (query, names[i]) > 0)
      return TRUE;
  return FALSE;
}

/**
 * bma_stytch_wire_read_callback:
 * @query: query of the callback
 * @token_type: what the login that was begun comes back with: oauth or magic_links
 * @error: return location for a #BmaIdentityError
 *
 * Returns: (transfer full) (nullable): the token to exchange: at most 1024 printable
 *   characters without quote and backslash
 */
BmaSecret *
bma_stytch_wire_read_callback (const BmaForm *query,
                               const char *token_type,
                               GError **error)
{
  const char *type = bma_form_get (query, "stytch_token_type");
  const char *token = bma_form_get (query, "token");

  if (is_refusal (query))
    g_set_error_literal (error, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_REFUSED,
                         "The sign-in was refused at the identity provider; start it "
                         "again if that was a mistake");
  else if (type == NULL || token == NULL ||
           bma_form_count (query, "stytch_token_type") > 1 ||
           bma_form_count (query, "token") > 1)
    g_set_error_literal (error, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_PROTOCOL,
                         "Stytch sent the browser back without a token; start the "
                         "sign-in again");
  else if (strcmp (type, token_type) != 0)
    g_set_error_literal (error, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_PROTOCOL,
                         "Stytch sent the browser back from another kind of sign-in than "
                         "the one that was started; start it again");
  else if (strlen (token) > MAX_TOKEN_CHARS || !bma_text_is_nqschar (token))
    g_set_error_literal (error, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_EXPIRED,
                         "The token in the callback is malformed; start the sign-in "
                         "again");
  else
    return bma_secret_new (token);
  return NULL;
}

/**
 * bma_stytch_wire_make_basic:
 * @project_id: the project
 * @secret: its secret
 *
 * Returns: (transfer full): value of the Authorization header (RFC 7617)
 */
BmaSecret *
bma_stytch_wire_make_basic (const char *project_id, const BmaSecret *secret)
{
  g_autoptr (BmaSecretText)
      pair = g_strconcat (project_id, ":", bma_secret_peek (secret), NULL);
  g_autoptr (BmaSecretText)
      encoded = g_base64_encode ((const unsigned char *) pair, strlen (pair));

  return bma_secret_new_take (g_strconcat ("Basic ", encoded, NULL));
}

/**
 * bma_stytch_wire_make_exchange:
 * @token: from bma_stytch_wire_read_callback()
 * @code_verifier: what the challenge was made of
 *
 * No Stytch session is asked for: ours is the grant.
 *
 * Returns: (transfer full): body of `POST /v1/{oauth,magic_links}/authenticate`, wiped
 * when the last reference goes
 */
GBytes *
bma_stytch_wire_make_exchange (const BmaSecret *token, const BmaSecret *code_verifier)
{
  BmaSecret *text = NULL;

  g_return_val_if_fail (bma_text_is_nqschar (bma_secret_peek (token)), NULL);
  g_return_val_if_fail (bma_text_is_nqschar (bma_secret_peek (code_verifier)), NULL);

  /* Neither holds what JSON escapes, and a JSON library would leave copies behind. */
  text = bma_secret_new_take (g_strconcat ("{\"token\":\"", bma_secret_peek (token),
                                           "\",\"code_verifier\":\"",
                                           bma_secret_peek (code_verifier), "\"}", NULL));
  return g_bytes_new_with_free_func (bma_secret_peek (text), bma_secret_get_size (text),
                                     (GDestroyNotify) bma_secret_unref, text);
}
