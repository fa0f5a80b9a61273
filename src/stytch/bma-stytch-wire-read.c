/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-stytch-wire.h"

#include <string.h>

#include "bma-email.h"
#include "bma-json.h"
#include "bma-stytch-error.h"
#include "bma-text.h"

#define MAX_ID_CHARS   256
#define MAX_NAME_CHARS 128

/* A user may carry metadata of any shape. */
static const BmaJsonLimits limits = { 256 * 1024, 32, 10000 };

static JsonObject *
get_object (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node)
                                                       : NULL;
}

static gboolean
is_text (const char *text)
{
  return text != NULL && *text != '\0';
}

/* Both error families: Stytch's own and the one of its OAuth endpoints. */
static void
set_refusal (GError **error, unsigned int status, JsonObject *object)
{
  const char *type = bma_json_get_string (object, "error_type");

  if (!is_text (type))
    type = bma_json_get_string (object, "error");
  g_propagate_error (error,
                     bma_stytch_error_new (status, is_text (type) ? type : NULL,
                                           bma_json_get_string (object, "request_id")));
}

/* The object of a success; else what the refusal means. A success that says it is none
 * (`status_code`) is none. */
static JsonObject *
read_success (unsigned int status, const char *body, size_t length, GError **error)
{
  g_autoptr (GError) unreadable = NULL;
  g_autoptr (JsonObject)
      object = bma_json_parse_object (body, length, &limits, &unreadable);
  int64_t inner = 0;

  if (object == NULL && status != 200)
    {
      g_propagate_error (error, bma_stytch_error_new (status, NULL, NULL));
      return NULL;
    }
  if (object == NULL)
    {
      g_set_error (
          error, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_PROTOCOL,
          "The answer is not one of Stytch's, or it is cut short; is a proxy or a "
          "portal in between, and is [stytch] api-url right? Then start the "
          "sign-in again. %s",
          unreadable->message);
      return NULL;
    }
  if (status == 200 && bma_json_get_int (object, "status_code", &inner) && inner >= 400 &&
      inner < 600)
    status = (unsigned int) inner;
  if (status == 200)
    return g_steal_pointer (&object);
  set_refusal (error, status, object);
  return NULL;
}

/* The first address that is verified. There may be none (Amazon; hidden at GitHub). */
static const char *
find_email (JsonObject *user)
{
  JsonNode *node = json_object_get_member (user, "emails");
  JsonArray *emails =
      node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  for (unsigned int i = 0; emails != NULL && i < json_array_get_length (emails); i++)
    {
      JsonNode *element = json_array_get_element (emails, i);
      JsonObject *entry =
          JSON_NODE_HOLDS_OBJECT (element) ? json_node_get_object (element) : NULL;
      const char *email = entry != NULL ? bma_json_get_string (entry, "email") : NULL;

      if (email != NULL && bma_json_is_true (entry, "verified") &&
          bma_email_is_address (email))
        return email;
    }
  return NULL;
}

static char *
make_name (JsonObject *user)
{
  static const char *const parts[] = { "first_name", "middle_name", "last_name" };
  JsonObject *name = get_object (user, "name");
  g_autoptr (GString) joined = g_string_new (NULL);
  g_autofree char *shown = NULL;

  for (size_t i = 0; name != NULL && i < G_N_ELEMENTS (parts); i++)
    {
      const char *part = bma_json_get_string (name, parts[i]);

      if (!is_text (part))
        continue;
      if (joined->len > 0)
        g_string_append_c (joined, ' ');
      g_string_append (joined, part);
    }
  shown = bma_text_display (joined->str, MAX_NAME_CHARS);
  return *shown != '\0' ? g_steal_pointer (&shown) : NULL;
}

static gboolean
is_id (const char *text)
{
  return is_text (text) && strlen (text) <= MAX_ID_CHARS && bma_text_is_nqschar (text) &&
         strchr (text, ' ') == NULL;
}

static BmaIdentity *
read_user (JsonObject *answer, GError **error)
{
  const char *id = bma_json_get_string (answer, "user_id");
  JsonObject *user = get_object (answer, "user");
  const char *inner_id = user != NULL ? bma_json_get_string (user, "user_id") : NULL;
  g_autofree char *name = user != NULL ? make_name (user) : NULL;

  if (!is_id (id) || (is_text (inner_id) && strcmp (inner_id, id) != 0))
    {
      g_set_error_literal (error, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_PROTOCOL,
                           "Stytch's answer does not say who signed in; look for an "
                           "update of this program");
      return NULL;
    }
  if (user != NULL && bma_json_is_true (user, "is_locked"))
    {
      g_propagate_error (error,
                         bma_stytch_error_new (200, "user_lock_limit_reached", NULL));
      return NULL;
    }
  return bma_identity_new (id, name, user != NULL ? find_email (user) : NULL);
}

/**
 * bma_stytch_wire_read_identity:
 * @status: HTTP status
 * @body: what `POST /v1/{oauth,magic_links,otps}/authenticate` answered
 * @length: its length in bytes
 * @error: return location for a #BmaIdentityError
 *
 * Reads who signed in. Needs only `user_id`, the one thing that stays the same; takes
 * an e-mail address only if it is verified.
 *
 * Returns: (transfer full) (nullable): the person
 */
BmaIdentity *
bma_stytch_wire_read_identity (unsigned int status,
                               const char *body,
                               size_t length,
                               GError **error)
{
  g_autoptr (JsonObject) answer = read_success (status, body, length, error);

  return answer != NULL ? read_user (answer, error) : NULL;
}

/**
 * bma_stytch_wire_read_sent:
 * @status: HTTP status
 * @body: what `POST /v1/{otps,magic_links}/email/login_or_create` answered
 * @length: its length in bytes
 * @error: return location for a #BmaIdentityError
 *
 * Whether the user is a new one is not read: nobody is to learn it.
 *
 * Returns: (transfer full) (nullable): what Stytch knows the address by: printable
 *   characters without space, quote and backslash
 */
char *
bma_stytch_wire_read_sent (unsigned int status,
                           const char *body,
                           size_t length,
                           GError **error)
{
  g_autoptr (JsonObject) answer = read_success (status, body, length, error);
  const char *id = answer != NULL ? bma_json_get_string (answer, "email_id") : NULL;

  if (answer == NULL)
    return NULL;
  if (is_id (id))
    return g_strdup (id);
  g_set_error_literal (error, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_PROTOCOL,
                       "Stytch's answer does not say what the mail is known by; look for "
                       "an update of this program");
  return NULL;
}

/**
 * bma_stytch_wire_read_whoami:
 * @status: HTTP status
 * @body: what `GET /v1/debug/whoami` answered
 * @length: its length in bytes
 * @project_id: whom we take ourselves for
 * @error: return location for a #BmaIdentityError
 *
 * Returns: whether Stytch accepts the credentials of @project_id
 */
gboolean
bma_stytch_wire_read_whoami (unsigned int status,
                             const char *body,
                             size_t length,
                             const char *project_id,
                             GError **error)
{
  g_autoptr (JsonObject) answer = read_success (status, body, length, error);

  if (answer == NULL)
    return FALSE;
  if (g_strcmp0 (bma_json_get_string (answer, "project_id"), project_id) == 0)
    return TRUE;
  g_set_error_literal (error, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_CREDENTIALS,
                       "The secret belongs to another Stytch project than [stytch] "
                       "project-id; run “biomcp-auth setup stytch”");
  return FALSE;
}
