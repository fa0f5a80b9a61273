/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-oidc-wire.h"

#include <string.h>

#include "bma-email.h"
#include "bma-oidc-error.h"
#include "bma-text.h"

#define MAX_TOKEN_CHARS (16 * 1024)
#define MAX_NAME_CHARS  128

static const BmaJsonLimits limits = { 128 * 1024, 16, 4000 };

/**
 * bma_oidc_tokens_free:
 * @self: (transfer full): tokens
 *
 * Wipes them.
 */
void
bma_oidc_tokens_free (BmaOidcTokens *self)
{
  g_clear_pointer (&self->access_token, bma_secret_unref);
  g_clear_pointer (&self->id_token, bma_secret_unref);
  g_free (self);
}

/* RFC 6749 has `error`, Stytch's other endpoints have `error_type`. */
static void
set_refusal (GError **error, unsigned int status, JsonObject *object)
{
  const char *code = object != NULL ? bma_json_get_string (object, "error") : NULL;

  if (object != NULL && code == NULL)
    code = bma_json_get_string (object, "error_type");
  g_propagate_error (error, bma_oidc_error_from_token (status, code));
}

static gboolean
is_token (const char *text)
{
  return text != NULL && *text != '\0' && strlen (text) <= MAX_TOKEN_CHARS &&
         bma_text_is_printable_ascii (text) && strchr (text, ' ') == NULL;
}

/**
 * bma_oidc_wire_read_tokens:
 * @status: HTTP status
 * @body: what the token endpoint answered, untrusted
 * @length: its length in bytes
 * @error: return location for a #BmaIdentityError
 *
 * `token_type` is compared without case (RFC 6749 section 5.1).
 *
 * Returns: (transfer full) (nullable): the tokens
 */
BmaOidcTokens *
bma_oidc_wire_read_tokens (unsigned int status,
                           const char *body,
                           size_t length,
                           GError **error)
{
  g_autoptr (JsonObject) object = bma_json_parse_object (body, length, &limits, NULL);
  BmaOidcTokens *self = NULL;
  const char *type = NULL;

  if (status != 200)
    {
      set_refusal (error, status, object);
      return NULL;
    }
  type = object != NULL ? bma_json_get_string (object, "token_type") : NULL;
  if (type == NULL || g_ascii_strcasecmp (type, "bearer") != 0 ||
      !is_token (bma_json_get_string (object, "access_token")) ||
      !is_token (bma_json_get_string (object, "id_token")))
    {
      g_set_error_literal (
          error, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_PROTOCOL,
          object != NULL && type != NULL &&
                  bma_json_get_string (object, "id_token") == NULL
              ? "The identity provider sent no ID token, so it does not say who signed "
                "in; is it an OpenID provider?"
              : "The answer of the identity provider is not that of a token endpoint; "
                "start the sign-in again");
      return NULL;
    }
  self = g_new0 (BmaOidcTokens, 1);
  self->access_token = bma_secret_new (bma_json_get_string (object, "access_token"));
  self->id_token = bma_secret_new (bma_json_get_string (object, "id_token"));
  return self;
}

/* Some providers send "true". */
static gboolean
is_true (JsonObject *object, const char *name)
{
  return bma_json_is_true (object, name) ||
         g_strcmp0 (bma_json_get_string (object, name), "true") == 0;
}

static char *
make_name (JsonObject *claims)
{
  static const char *const names[] = { "name", "preferred_username", "nickname",
                                       "given_name" };

  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *shown =
          bma_text_display (bma_json_get_string (claims, names[i]), MAX_NAME_CHARS);

      if (*shown != '\0')
        return g_steal_pointer (&shown);
    }
  return NULL;
}

/**
 * bma_oidc_wire_take_profile:
 * @identity: a person
 * @claims: what the provider says of them, verified (OpenID Connect Core section 5.1)
 *
 * Adds name and address if they are missing; the address only if the provider vouches
 * for it.
 */
void
bma_oidc_wire_take_profile (BmaIdentity *identity, JsonObject *claims)
{
  const char *email = bma_json_get_string (claims, "email");

  if (identity->name == NULL)
    identity->name = make_name (claims);
  if (identity->email == NULL && is_true (claims, "email_verified") &&
      bma_email_is_address (email))
    identity->email = g_strdup (email);
}

/**
 * bma_oidc_wire_read_userinfo:
 * @identity: the person of the ID token
 * @status: HTTP status
 * @body: what the userinfo endpoint answered, untrusted
 * @length: its length in bytes
 * @error: return location for a #BmaIdentityError
 *
 * Adds what was missing. Another `sub` is another person (OpenID Connect Core section
 * 5.3.2), which is an error; anything else that cannot be used is just not there.
 *
 * Returns: %FALSE when it is about somebody else
 */
gboolean
bma_oidc_wire_read_userinfo (BmaIdentity *identity,
                             unsigned int status,
                             const char *body,
                             size_t length,
                             GError **error)
{
  g_autoptr (JsonObject) object = NULL;

  if (status == 200)
    object = bma_json_parse_object (body, length, &limits, NULL);
  if (object == NULL)
    return TRUE;
  if (g_strcmp0 (bma_json_get_string (object, "sub"), identity->sub) != 0)
    {
      g_set_error_literal (error, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_PROTOCOL,
                           "The identity provider speaks of two different people; start "
                           "the sign-in again");
      return FALSE;
    }
  bma_oidc_wire_take_profile (identity, object);
  return TRUE;
}
