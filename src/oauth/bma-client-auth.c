/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-client-auth.h"

#include <string.h>

#include "bma-text.h"

#define MAX_BASIC_CHARS     2048
#define MAX_ASSERTION_CHARS 8192
#define MAX_JTI_CHARS       256
#define MAX_AUDIENCES       8
#define LEEWAY_S            30
#define BASIC_PREFIX        "Basic "

static BmaOauthError
invalid_request (const char *description)
{
  return (BmaOauthError){ BMA_OAUTH_INVALID_REQUEST, description };
}

static BmaOauthError
invalid_client (const char *description)
{
  return (BmaOauthError){ BMA_OAUTH_INVALID_CLIENT, description };
}

/**
 * bma_client_auth_clear:
 * @self: how a client authenticates itself
 *
 * Frees what it holds.
 */
void
bma_client_auth_clear (BmaClientAuth *self)
{
  g_clear_pointer (&self->client_id, g_free);
  g_clear_pointer (&self->secret, bma_secret_unref);
}

/* g_base64_decode() skips what it does not know; this does not. */
static gboolean
is_base64 (const char *text, size_t length)
{
  size_t n_chars = 0;

  while (n_chars < length && (g_ascii_isalnum (text[n_chars]) || text[n_chars] == '+' ||
                              text[n_chars] == '/'))
    n_chars++;
  for (size_t i = n_chars; i < length; i++)
    if (text[i] != '=')
      return FALSE;
  return length > 0 && length % 4 == 0 && length - n_chars <= 2;
}

/* RFC 7617, and form-encoded inside (RFC 6749 section 2.3.1). */
static gboolean
read_basic (const char *authorization, BmaClientAuth *self)
{
  const char *text = authorization + strlen (BASIC_PREFIX);
  g_autofree char *raw = NULL;
  char *password = NULL;
  size_t n_bytes = 0;

  if (g_ascii_strncasecmp (authorization, BASIC_PREFIX, strlen (BASIC_PREFIX)) != 0)
    return FALSE;
  text += strspn (text, " ");
  if (strlen (text) > MAX_BASIC_CHARS || !is_base64 (text, strlen (text)))
    return FALSE;
  raw = (char *) g_base64_decode (text, &n_bytes);
  password = memchr (raw, ':', n_bytes);
  if (password != NULL)
    {
      size_t n_name = (size_t) (password - raw);
      char *decoded = bma_form_decode (password + 1, n_bytes - n_name - 1);

      self->client_id = bma_form_decode (raw, n_name);
      self->secret = decoded != NULL ? bma_secret_new_take (decoded) : NULL;
    }
  explicit_bzero (raw, n_bytes);
  return self->client_id != NULL && *self->client_id != '\0' && self->secret != NULL;
}

/* Whom an assertion is about, before its signature is known to be right: only to find the
 * keys that may have signed it. */
static char *
peek_subject (const char *assertion)
{
  static const BmaJsonLimits limits = { MAX_ASSERTION_CHARS, 8, 200 };
  const char *payload = strchr (assertion, '.');
  const char *end = payload != NULL ? strchr (payload + 1, '.') : NULL;
  g_autofree char *text = NULL;
  g_autoptr (JsonObject) claims = NULL;
  size_t n_bytes = 0;

  if (end == NULL || strlen (assertion) > MAX_ASSERTION_CHARS)
    return NULL;
  text = (char *) bma_text_base64url_decode (payload + 1, (size_t) (end - payload - 1),
                                             &n_bytes);
  if (text != NULL)
    claims = bma_json_parse_object (text, n_bytes, &limits, NULL);
  return claims != NULL ? g_strdup (bma_json_get_string (claims, "sub")) : NULL;
}

static BmaOauthError
read_assertion (const BmaForm *form, BmaClientAuth *self)
{
  const char *type = bma_form_get (form, "client_assertion_type");
  const char *client_id = bma_form_get (form, "client_id");

  self->assertion = bma_form_get (form, "client_assertion");
  if (self->assertion == NULL || g_strcmp0 (type, BMA_CLIENT_ASSERTION_TYPE) != 0)
    return invalid_request (
        "client_assertion and client_assertion_type " BMA_CLIENT_ASSERTION_TYPE
        " belong together");
  self->method = BMA_CLIENT_AUTH_PRIVATE_KEY;
  self->client_id = client_id != NULL ? g_strdup (client_id)
                                      : peek_subject (self->assertion);
  if (self->client_id == NULL)
    return invalid_client ("client_assertion is not a JWT that names the client as sub");
  return BMA_OAUTH_NO_ERROR;
}

static BmaOauthError
read_header (const BmaForm *form, const char *authorization, BmaClientAuth *self)
{
  const char *client_id = bma_form_get (form, "client_id");

  self->method = BMA_CLIENT_AUTH_BASIC;
  if (!read_basic (authorization, self))
    return invalid_client ("the Authorization header is not Basic with a client id and "
                           "a secret, both form-encoded");
  if (client_id != NULL && strcmp (client_id, self->client_id) != 0)
    return invalid_request ("client_id is not the client of the Authorization header");
  return BMA_OAUTH_NO_ERROR;
}

/**
 * bma_client_auth_parse:
 * @form: the request body; must outlive @self
 * @authorization: (nullable): value of the Authorization header
 * @self: (out caller-allocates): how the client authenticates itself, to be cleared
 *
 * Reads the credentials without judging them. A request has at most one method (RFC 6749
 * section 2.3).
 *
 * Returns: the error, or none
 */
BmaOauthError
bma_client_auth_parse (const BmaForm *form,
                       const char *authorization,
                       BmaClientAuth *self)
{
  const char *secret = bma_form_get (form, "client_secret");
  gboolean has_assertion = bma_form_get (form, "client_assertion") != NULL ||
                           bma_form_get (form, "client_assertion_type") != NULL;

  *self = (BmaClientAuth){ .method = BMA_CLIENT_AUTH_NONE };
  if (bma_form_find_repeated (form, "resource") != NULL)
    return invalid_request ("a parameter occurs more than once");
  if ((authorization != NULL) + (secret != NULL) + has_assertion > 1)
    return invalid_request ("the client authenticates itself in more than one way");
  if (authorization != NULL)
    return read_header (form, authorization, self);
  if (has_assertion)
    return read_assertion (form, self);
  self->client_id = g_strdup (bma_form_get (form, "client_id"));
  if (secret != NULL)
    {
      self->method = BMA_CLIENT_AUTH_POST;
      self->secret = bma_secret_new (secret);
    }
  return BMA_OAUTH_NO_ERROR;
}

static gboolean
is_our_audience (const char *value, const BmaConfig *config)
{
  g_autofree char *endpoint = g_strconcat (config->issuer, "/token", NULL);

  return strcmp (value, config->issuer) == 0 || strcmp (value, endpoint) == 0;
}

static gboolean
is_for_us (JsonObject *claims, const BmaConfig *config)
{
  const char *one = bma_json_get_string (claims, "aud");
  g_auto (GStrv) list = NULL;

  if (one != NULL)
    return is_our_audience (one, config);
  if (!bma_json_get_strings (claims, "aud", &list) || list == NULL ||
      g_strv_length (list) > MAX_AUDIENCES)
    return FALSE;
  for (size_t i = 0; list[i] != NULL; i++)
    if (is_our_audience (list[i], config))
      return TRUE;
  return FALSE;
}

/* A time that is there must be an integer that has come. */
static gboolean
has_come (JsonObject *claims, const char *name, int64_t now_s)
{
  int64_t value_s = 0;

  if (!json_object_has_member (claims, name))
    return TRUE;
  return bma_json_get_int (claims, name, &value_s) && value_s <= now_s + LEEWAY_S;
}

/* RFC 7523 section 3. */
static BmaOauthError
check_assertion (const BmaClientAuthFacts *facts, const BmaConfig *config, int64_t now_s)
{
  JsonObject *claims = facts->claims;
  const char *id = bma_client_get_id (facts->client);
  const char *token_id = bma_json_get_string (claims, "jti");
  int64_t expires_at_s = 0;

  if (g_strcmp0 (bma_json_get_string (claims, "iss"), id) != 0 ||
      g_strcmp0 (bma_json_get_string (claims, "sub"), id) != 0)
    return invalid_client ("iss and sub of client_assertion are not the client id");
  if (!is_for_us (claims, config))
    return invalid_client ("aud of client_assertion is neither the issuer nor the token "
                           "endpoint");
  if (!bma_json_get_int (claims, "exp", &expires_at_s) || expires_at_s <= now_s)
    return invalid_client ("client_assertion is expired or has no exp");
  if (expires_at_s > now_s + BMA_CLIENT_ASSERTION_MAX_S + LEEWAY_S)
    return invalid_client ("exp of client_assertion is more than 600 seconds away");
  if (!has_come (claims, "nbf", now_s) || !has_come (claims, "iat", now_s))
    return invalid_client ("client_assertion is not valid yet");
  if (token_id == NULL || *token_id == '\0' || strlen (token_id) > MAX_JTI_CHARS)
    return invalid_client ("client_assertion has no jti of at most 256 bytes");
  if (facts->is_replayed)
    return invalid_client ("client_assertion was used before");
  return BMA_OAUTH_NO_ERROR;
}

/* A public client that publishes keys may use them, such as one whose metadata document
 * names several methods. */
static gboolean
may_use_keys (const BmaClient *client)
{
  return g_strcmp0 (client->auth_method, BMA_CLIENT_AUTH_PRIVATE_KEY) == 0 ||
         (bma_client_is_public (client) &&
          (client->jwks != NULL || client->jwks_uri != NULL));
}

/**
 * bma_client_auth_decide:
 * @self: how the client authenticates itself
 * @facts: what was looked up
 * @config: settings
 * @now_s: time
 *
 * Decides whether the request is by the client it names. A secret may come in the header
 * or in the form, whichever of the two the client registered; no other method stands in
 * for the one registered.
 *
 * Returns: the error, or none
 */
BmaOauthError
bma_client_auth_decide (const BmaClientAuth *self,
                        const BmaClientAuthFacts *facts,
                        const BmaConfig *config,
                        int64_t now_s)
{
  const BmaClient *client = facts->client;

  if (self->client_id == NULL)
    return invalid_client ("the client does not say who it is");
  if (client == NULL)
    return invalid_client ("the client is not known here; register again");
  if (bma_client_is_public (client) && g_str_equal (self->method, BMA_CLIENT_AUTH_NONE))
    return BMA_OAUTH_NO_ERROR;
  if (may_use_keys (client) && g_str_equal (self->method, BMA_CLIENT_AUTH_PRIVATE_KEY))
    return facts->claims != NULL
               ? check_assertion (facts, config, now_s)
               : invalid_client ("client_assertion is not signed by a key of the client");
  if (bma_client_is_public (client))
    return invalid_client ("this client has no credentials: send client_id alone");
  if (g_str_equal (client->auth_method, BMA_CLIENT_AUTH_PRIVATE_KEY))
    return invalid_client ("this client must authenticate with private_key_jwt");
  if (self->secret == NULL ||
      !bma_text_is_sha256_of (client->secret_hash, bma_secret_peek (self->secret)))
    return invalid_client ("the client's secret is missing or wrong");
  return BMA_OAUTH_NO_ERROR;
}

/**
 * bma_client_auth_make_assertion_id:
 * @client_id: the client
 * @claims: what its assertion says
 *
 * Returns: (transfer full) (nullable): by what the assertion is remembered, so that it
 *   works once (RFC 7523 section 3)
 */
char *
bma_client_auth_make_assertion_id (const char *client_id, JsonObject *claims)
{
  const char *token_id = bma_json_get_string (claims, "jti");
  g_autofree char *text = NULL;

  if (token_id == NULL)
    return NULL;
  text = g_strconcat (client_id, "\n", token_id, NULL);
  return bma_text_sha256_hex (text);
}
