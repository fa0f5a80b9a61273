/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-oidc-wire.h"

#include <string.h>

#include "bma-oidc-error.h"
#include "bma-text.h"
#include "bma-uri.h"

#define MAX_CODE_CHARS 4096
#define GOOGLE         "https://accounts.google.com"

/**
 * bma_oidc_wire_make_redirect_uri:
 * @issuer: our own origin
 *
 * Returns: (transfer full): where the provider sends the browser back to, as it is
 *   registered there
 */
char *
bma_oidc_wire_make_redirect_uri (const char *issuer)
{
  return g_strconcat (issuer, "/callback", NULL);
}

/**
 * bma_oidc_wire_make_nonce:
 * @code_challenge: the challenge of this sign-in
 *
 * Made of the challenge, which is new for each sign-in and bound to the browser, so that
 * nothing else need be kept.
 *
 * Returns: (transfer full): the `nonce` that the ID token must name
 */
char *
bma_oidc_wire_make_nonce (const char *code_challenge)
{
  g_autofree char *text = g_strconcat ("nonce\n", code_challenge, NULL);

  return bma_text_sha256_base64url (text);
}

static char *
make_scope (const char *const *scopes)
{
  g_autofree char *joined = g_strjoinv (" ", (char **) scopes);

  if (g_strv_contains (scopes, "openid"))
    return g_steal_pointer (&joined);
  return *joined != '\0' ? g_strconcat ("openid ", joined, NULL) : g_strdup ("openid");
}

/* Every provider knows `login` but Google, which refuses it. */
static const char *
choose_prompt (const BmaIssuerMetadata *metadata)
{
  return strcmp (metadata->issuer, GOOGLE) == 0 ? "select_account" : "login";
}

/**
 * bma_oidc_wire_make_start_uri:
 * @metadata: the provider
 * @start: what the request is made of
 * @error: return location for a #BmaIdentityError
 *
 * Returns: (transfer full) (nullable): an authentication request (OpenID Connect Core
 *   section 3.1.2.1) with PKCE
 */
char *
bma_oidc_wire_make_start_uri (const BmaIssuerMetadata *metadata,
                              const BmaOidcStart *start,
                              GError **error)
{
  g_autofree char *scope = make_scope (start->scopes);
  g_autofree char *nonce = bma_oidc_wire_make_nonce (start->code_challenge);
  g_autoptr (GString) query = g_string_new (NULL);

  if (metadata->authorization_endpoint == NULL || metadata->token_endpoint == NULL ||
      metadata->pkce == BMA_PKCE_OTHER)
    {
      g_set_error (error, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_CONFIGURATION,
                   "%s cannot be used for signing in: %s", metadata->issuer,
                   metadata->pkce == BMA_PKCE_OTHER
                       ? "it does not support PKCE with S256"
                       : "it has no authorization or token endpoint");
      return NULL;
    }
  bma_form_append_pair (query, "response_type", "code");
  bma_form_append_pair (query, "client_id", start->client_id);
  bma_form_append_pair (query, "redirect_uri", start->redirect_uri);
  bma_form_append_pair (query, "scope", scope);
  bma_form_append_pair (query, "state", start->tx);
  bma_form_append_pair (query, "nonce", nonce);
  bma_form_append_pair (query, "code_challenge", start->code_challenge);
  bma_form_append_pair (query, "code_challenge_method", "S256");
  if (start->wants_other_account)
    bma_form_append_pair (query, "prompt", choose_prompt (metadata));
  return bma_uri_append_query (metadata->authorization_endpoint, query->str);
}

/**
 * bma_oidc_wire_read_callback:
 * @query: query of a callback
 *
 * Returns: (transfer full): what it brought; a malformed code is none
 */
BmaOidcCallback *
bma_oidc_wire_read_callback (const BmaForm *query)
{
  BmaOidcCallback *self = g_new0 (BmaOidcCallback, 1);
  const char *code = bma_form_get (query, "code");

  if (code != NULL && *code != '\0' && strlen (code) <= MAX_CODE_CHARS &&
      bma_text_is_printable_ascii (code))
    self->code = bma_secret_new (code);
  self->error = g_strdup (bma_form_get (query, "error"));
  self->issuer = g_strdup (bma_form_get (query, "iss"));
  return self;
}

/**
 * bma_oidc_callback_free:
 * @self: (transfer full): a callback
 */
void
bma_oidc_callback_free (BmaOidcCallback *self)
{
  g_clear_pointer (&self->code, bma_secret_unref);
  g_free (self->error);
  g_free (self->issuer);
  g_free (self);
}

/**
 * bma_oidc_wire_check_callback:
 * @callback: a callback
 * @metadata: the provider that was asked
 * @error: return location for a #BmaIdentityError
 *
 * The issuer comes first (RFC 9207 section 2.4): what another one says is not listened
 * to, not even its errors.
 *
 * Returns: whether it brought a code
 */
gboolean
bma_oidc_wire_check_callback (const BmaOidcCallback *callback,
                              const BmaIssuerMetadata *metadata,
                              GError **error)
{
  if (callback->issuer == NULL ? metadata->sends_iss
                               : strcmp (callback->issuer, metadata->issuer) != 0)
    g_set_error (error, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_MISMATCH,
                 "The answer does not come from %s, which was asked; start the sign-in "
                 "again",
                 metadata->issuer);
  else if (callback->error != NULL)
    g_propagate_error (error, bma_oidc_error_from_callback (callback->error));
  else if (callback->code == NULL)
    g_set_error (error, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_PROTOCOL,
                 "%s sent the browser back without a code; start the sign-in again",
                 metadata->issuer);
  else
    return TRUE;
  return FALSE;
}

/**
 * bma_oidc_wire_make_exchange:
 * @callback: a checked callback
 * @redirect_uri: the one of the start
 * @code_verifier: what the challenge was made of
 * @client_id: (nullable): our name there, unless the Authorization header tells it
 * @post_secret: (nullable): our secret there, for `client_secret_post`
 *
 * Returns: (transfer full): body of a token request (RFC 6749 section 4.1.3), wiped when
 *   the last reference goes
 */
GBytes *
bma_oidc_wire_make_exchange (const BmaOidcCallback *callback,
                             const char *redirect_uri,
                             const BmaSecret *code_verifier,
                             const char *client_id,
                             const BmaSecret *post_secret)
{
  /* Room for everything, so that no copy is left behind by growing. */
  GString *text = g_string_sized_new (
      3 * (bma_secret_get_size (callback->code) + bma_secret_get_size (code_verifier) +
           strlen (redirect_uri) + (client_id != NULL ? strlen (client_id) : 0) +
           (post_secret != NULL ? bma_secret_get_size (post_secret) : 0)) +
      256);
  BmaSecret *body = NULL;

  bma_form_append_pair (text, "grant_type", "authorization_code");
  bma_form_append_pair (text, "code", bma_secret_peek (callback->code));
  bma_form_append_pair (text, "redirect_uri", redirect_uri);
  bma_form_append_pair (text, "code_verifier", bma_secret_peek (code_verifier));
  bma_form_append_pair (text, "client_id", client_id);
  if (post_secret != NULL)
    bma_form_append_pair (text, "client_secret", bma_secret_peek (post_secret));
  body = bma_secret_new_take (g_string_free (text, FALSE));
  return g_bytes_new_with_free_func (bma_secret_peek (body), bma_secret_get_size (body),
                                     (GDestroyNotify) bma_secret_unref, body);
}

/**
 * bma_oidc_wire_make_basic:
 * @client_id: our name at the provider
 * @secret: our secret there
 *
 * Returns: (transfer full): value of the Authorization header for `client_secret_basic`
 *   (RFC 6749 section 2.3.1: both are form-encoded first)
 */
BmaSecret *
bma_oidc_wire_make_basic (const char *client_id, const BmaSecret *secret)
{
  g_autofree char *name = g_uri_escape_string (client_id, NULL, FALSE);
  g_autoptr (BmaSecretText)
      escaped = g_uri_escape_string (bma_secret_peek (secret), NULL, FALSE);
  g_autoptr (BmaSecretText) pair = g_strconcat (name, ":", escaped, NULL);
  g_autoptr (BmaSecretText)
      encoded = g_base64_encode ((const unsigned char *) pair, strlen (pair));

  return bma_secret_new_take (g_strconcat ("Basic ", encoded, NULL));
}
