/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-issuer-metadata.h"

#include <string.h>

#include "bma-identity-provider.h"
#include "bma-json.h"
#include "bma-text.h"
#include "bma-uri.h"

#define MAX_URL_CHARS    2048
#define MAX_SHOWN_CHARS  200
#define OPENID_PATH      "/.well-known/openid-configuration"
#define OAUTH_PATH       "/.well-known/oauth-authorization-server"
#define ISSUER_SAYS_ELSE "The document of %s says that its issuer is “%s”. "

static gboolean
is_url (const char *text)
{
  return strlen (text) <= MAX_URL_CHARS && bma_text_is_printable_ascii (text) &&
         strpbrk (text, " \"<>\\") == NULL && bma_uri_is_https_or_loopback (text);
}

/**
 * bma_issuer_is_acceptable:
 * @issuer: what may be an issuer identifier
 *
 * Returns: whether it is an https URL, or http on a loopback host, without query and
 *   fragment (RFC 8414 section 2)
 */
gboolean
bma_issuer_is_acceptable (const char *issuer)
{
  g_return_val_if_fail (issuer != NULL, FALSE);

  return is_url (issuer) && strchr (issuer, '?') == NULL;
}

/* The length without the slash at the end that belongs to the issuer and not to the
 * address of its document. */
static size_t
trimmed_length (const char *issuer)
{
  size_t length = strlen (issuer);

  return length > 0 && issuer[length - 1] == '/' ? length - 1 : length;
}

/**
 * bma_issuer_make_openid_uri:
 * @issuer: an acceptable issuer
 *
 * Returns: (transfer full): where its document is (OpenID Connect Discovery 1.0 section
 *   4.1)
 */
char *
bma_issuer_make_openid_uri (const char *issuer)
{
  return g_strdup_printf ("%.*s%s", (int) trimmed_length (issuer), issuer, OPENID_PATH);
}

/**
 * bma_issuer_make_oauth_uri:
 * @issuer: an acceptable issuer
 *
 * Returns: (transfer full): where its document is if it is no OpenID provider (RFC 8414
 *   section 3.1)
 */
char *
bma_issuer_make_oauth_uri (const char *issuer)
{
  const char *authority = strstr (issuer, "://") + 3;
  size_t origin = (size_t) (authority - issuer) + strcspn (authority, "/");
  size_t length = trimmed_length (issuer);

  return g_strdup_printf ("%.*s%s%.*s", (int) origin, issuer, OAUTH_PATH,
                          (int) (length > origin ? length - origin : 0), issuer + origin);
}

static gboolean
fail (GError **error, const char *issuer, const char *problem)
{
  g_set_error (error, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_PROTOCOL,
               "The document of %s cannot be used: %s", issuer, problem);
  return FALSE;
}

static gboolean
is_on_this_machine (const char *url)
{
  g_autofree char *host = bma_uri_get_display_host (url);

  return bma_uri_is_loopback_host (host);
}

/* An issuer of the internet does not get us to talk to this machine. */
static gboolean
may_name (const char *issuer, const char *url)
{
  if (is_on_this_machine (issuer))
    return g_str_has_prefix (url, "https:") || g_str_has_prefix (issuer, "http:");
  return g_str_has_prefix (url, "https:") && !is_on_this_machine (url);
}

static gboolean
take_url (
    JsonObject *object, const char *name, const char *issuer, char **url, GError **error)
{
  const char *text = bma_json_get_string (object, name);
  g_autofree char *problem = NULL;

  if (text == NULL)
    return TRUE;
  if (is_url (text) && may_name (issuer, text))
    {
      *url = g_strdup (text);
      return TRUE;
    }
  problem = g_strdup_printf ("its “%s” is not an https URL", name);
  return fail (error, issuer, problem);
}

static BmaPkceSupport
read_pkce (JsonObject *object)
{
  g_auto (GStrv) methods = NULL;

  if (!bma_json_get_strings (object, "code_challenge_methods_supported", &methods) ||
      methods == NULL)
    return BMA_PKCE_UNSAID;
  return g_strv_contains ((const char *const *) methods, "S256") ? BMA_PKCE_S256
                                                                 : BMA_PKCE_OTHER;
}

/* Exactly: whoever may answer for another issuer may be anybody (RFC 8414 section 3.3).
 */
static gboolean
check_issuer (JsonObject *object, const char *issuer, GError **error)
{
  const char *claimed = bma_json_get_string (object, "issuer");
  g_autofree char *shown = NULL;

  if (claimed == NULL)
    return fail (error, issuer, "it has no “issuer”");
  if (strcmp (claimed, issuer) == 0)
    return TRUE;
  shown = bma_text_display (claimed, MAX_SHOWN_CHARS);
  g_set_error (error, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_CONFIGURATION,
               trimmed_length (claimed) == trimmed_length (issuer) &&
                       strncmp (claimed, issuer, trimmed_length (issuer)) == 0
                   ? ISSUER_SAYS_ELSE "The slash at the end counts: write it in the "
                                      "configuration as the document does"
                   : ISSUER_SAYS_ELSE "If that is right, write it in the configuration; "
                                      "else somebody answers in its name",
               issuer, shown);
  return FALSE;
}

static void
metadata_clear (gpointer data)
{
  BmaIssuerMetadata *self = data;

  g_free (self->issuer);
  g_free (self->authorization_endpoint);
  g_free (self->token_endpoint);
  g_free (self->userinfo_endpoint);
  g_free (self->jwks_uri);
  g_strfreev (self->auth_methods);
}

/**
 * bma_issuer_metadata_parse:
 * @issuer: whose document it should be
 * @body: the document, untrusted
 * @length: its length in bytes
 * @error: return location for a #BmaIdentityError
 *
 * Needs `issuer`, equal to @issuer byte for byte, and `jwks_uri`. What else is needed
 * depends on what for.
 *
 * Returns: (transfer full) (nullable): what it says
 */
BmaIssuerMetadata *
bma_issuer_metadata_parse (const char *issuer,
                           const char *body,
                           size_t length,
                           GError **error)
{
  static const BmaJsonLimits limits = { 128 * 1024, 12, 4000 };
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (BmaIssuerMetadata) self = NULL;

  g_return_val_if_fail (issuer != NULL && body != NULL, NULL);

  object = bma_json_parse_object (body, length, &limits, NULL);
  if (object == NULL)
    {
      fail (error, issuer, "it is not a JSON object");
      return NULL;
    }
  if (!check_issuer (object, issuer, error))
    return NULL;
  self = g_rc_box_new0 (BmaIssuerMetadata);
  self->issuer = g_strdup (issuer);
  if (!take_url (object, "authorization_endpoint", issuer, &self->authorization_endpoint,
                 error) ||
      !take_url (object, "token_endpoint", issuer, &self->token_endpoint, error) ||
      !take_url (object, "userinfo_endpoint", issuer, &self->userinfo_endpoint, error) ||
      !take_url (object, "jwks_uri", issuer, &self->jwks_uri, error))
    return NULL;
  if (self->jwks_uri == NULL)
    {
      fail (error, issuer, "it has no “jwks_uri”");
      return NULL;
    }
  bma_json_get_strings (object, "token_endpoint_auth_methods_supported",
                        &self->auth_methods);
  self->sends_iss =
      bma_json_is_true (object, "authorization_response_iss_parameter_supported");
  self->pkce = read_pkce (object);
  return g_steal_pointer (&self);
}

/**
 * bma_issuer_metadata_ref:
 * @self: a document
 *
 * Returns: (transfer full): @self
 */
BmaIssuerMetadata *
bma_issuer_metadata_ref (BmaIssuerMetadata *self)
{
  return g_rc_box_acquire (self);
}

/**
 * bma_issuer_metadata_unref:
 * @self: (transfer full): a document
 *
 * Drops a reference.
 */
void
bma_issuer_metadata_unref (BmaIssuerMetadata *self)
{
  g_rc_box_release_full (self, metadata_clear);
}
