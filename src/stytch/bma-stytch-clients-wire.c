/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-stytch-clients-wire.h"

#include <string.h>

#include "bma-client-metadata.h"
#include "bma-redirect.h"
#include "bma-text.h"

#define ID_PREFIX        "connected-app-"
#define MAX_ID_CHARS     128
#define MAX_SECRET_CHARS 512
#define MAX_NAME_CHARS   120
#define MAX_URIS         16

static const BmaJsonLimits limits = { 64 * 1024, 12, 2000 };

/**
 * bma_stytch_clients_wire_is_id:
 * @client_id: the id a request names
 *
 * Returns: whether it looks like the id of a Connected App
 */
gboolean
bma_stytch_clients_wire_is_id (const char *client_id)
{
  return g_str_has_prefix (client_id, ID_PREFIX) &&
         client_id[strlen (ID_PREFIX)] != '\0' && strlen (client_id) <= MAX_ID_CHARS &&
         strspn (client_id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                            "0123456789-") == strlen (client_id);
}

/**
 * bma_stytch_clients_wire_make_registration:
 * @wanted: a client that our own rules let through
 *
 * Returns: (transfer full): what Stytch is asked to register (RFC 7591 section 3.1)
 */
GBytes *
bma_stytch_clients_wire_make_registration (const BmaClient *wanted)
{
  g_autoptr (JsonObject) object = json_object_new ();
  char *text = NULL;

  bma_json_set_strings (object, "redirect_uris",
                        (const char *const *) wanted->redirect_uris);
  bma_json_set_string (object, "client_name", wanted->name);
  bma_json_set_string (object, "client_uri", wanted->client_uri);
  bma_json_set_string (object, "logo_uri", wanted->logo_uri);
  bma_json_set_string (object, "token_endpoint_auth_method", wanted->auth_method);
  text = bma_json_to_text (object);
  return g_bytes_new_take (text, strlen (text));
}

static BmaOauthError
refusal (BmaOauthErrorCode code, const char *description)
{
  return (BmaOauthError){ code, description };
}

/* Stytch has two families of errors: of OAuth and of its own. */
static BmaOauthError
read_failure (unsigned int status, JsonObject *answer)
{
  const char *error = answer != NULL ? bma_json_get_string (answer, "error") : NULL;
  const char *type = answer != NULL ? bma_json_get_string (answer, "error_type") : NULL;

  if (g_strcmp0 (error, "invalid_redirect_uri") == 0)
    return refusal (BMA_OAUTH_INVALID_REDIRECT_URI, "Stytch refuses the redirect URIs");
  if (g_strcmp0 (error, "invalid_client_metadata") == 0)
    return refusal (BMA_OAUTH_INVALID_CLIENT_METADATA, "Stytch refuses the metadata");
  if (g_strcmp0 (error, "dynamic_client_registration_not_enabled") == 0 ||
      g_strcmp0 (type, "dynamic_client_registration_not_enabled") == 0)
    return refusal (BMA_OAUTH_SERVER_ERROR,
                    "the Stytch project does not register clients; enable dynamic client "
                    "registration under Connected Apps in its dashboard");
  if (status == 404 && g_strcmp0 (type, "connected_app_not_found") == 0)
    return refusal (BMA_OAUTH_INVALID_CLIENT, "the client is not known at Stytch");
  if (status == 401 || status == 403)
    return refusal (BMA_OAUTH_SERVER_ERROR,
                    "Stytch refuses the credentials of the project");
  return refusal (BMA_OAUTH_TEMPORARILY_UNAVAILABLE, "Stytch does not answer usefully");
}

static BmaOauthError
unusable (void)
{
  return refusal (BMA_OAUTH_SERVER_ERROR, "the answer of Stytch is not usable");
}

/* Nothing comes back that was not asked for and has not passed our rules. */
static gboolean
is_what_was_asked (JsonObject *answer, const BmaClient *wanted)
{
  g_auto (GStrv) uris = NULL;
  const char *method = bma_json_get_string (answer, "token_endpoint_auth_method");

  if (!bma_json_get_strings (answer, "redirect_uris", &uris) || uris == NULL ||
      g_strv_length (uris) != g_strv_length (wanted->redirect_uris))
    return FALSE;
  for (size_t i = 0; uris[i] != NULL; i++)
    if (!g_strv_contains ((const char *const *) wanted->redirect_uris, uris[i]))
      return FALSE;
  return g_strcmp0 (method, wanted->auth_method) == 0;
}

static gboolean
read_secret (JsonObject *answer, const BmaClient *wanted, BmaSecret **secret)
{
  const char *text = bma_json_get_string (answer, "client_secret");
  gboolean needs_one = bma_client_has_secret_method (wanted);

  if ((text != NULL) != needs_one)
    return FALSE;
  if (text == NULL)
    return TRUE;
  if (*text == '\0' || strlen (text) > MAX_SECRET_CHARS ||
      !bma_text_is_printable_ascii (text))
    return FALSE;
  *secret = bma_secret_new (text);
  return TRUE;
}

/**
 * bma_stytch_clients_wire_read_registration:
 * @status: HTTP status
 * @body: the answer
 * @length: its length in bytes
 * @wanted: what Stytch was asked to register
 * @secret: (out) (transfer full) (nullable): the secret of a confidential client
 * @error: (out): why not, if not
 *
 * Whether Stytch answers 200 or 201 is not established: both are good.
 *
 * Returns: (transfer full) (nullable): the client, without its times
 */
BmaClient *
bma_stytch_clients_wire_read_registration (unsigned int status,
                                           const char *body,
                                           size_t length,
                                           const BmaClient *wanted,
                                           BmaSecret **secret,
                                           BmaOauthError *error)
{
  g_autoptr (JsonObject) answer = bma_json_parse_object (body, length, &limits, NULL);
  const char *client_id = NULL;
  g_autoptr (BmaClient) client = NULL;

  *secret = NULL;
  *error = BMA_OAUTH_NO_ERROR;
  if (status != 200 && status != 201)
    {
      *error = read_failure (status, answer);
      return NULL;
    }
  client_id = answer != NULL ? bma_json_get_string (answer, "client_id") : NULL;
  if (client_id == NULL || !bma_stytch_clients_wire_is_id (client_id) ||
      !is_what_was_asked (answer, wanted) || !read_secret (answer, wanted, secret))
    {
      *error = unusable ();
      return NULL;
    }
  client = bma_client_new (client_id);
  client->name = g_strdup (wanted->name);
  client->client_uri = g_strdup (wanted->client_uri);
  client->logo_uri = g_strdup (wanted->logo_uri);
  client->application_type = g_strdup (wanted->application_type);
  client->scope = g_strdup (wanted->scope);
  client->redirect_uris = g_strdupv (wanted->redirect_uris);
  client->grant_types = g_strdupv (wanted->grant_types);
  client->auth_method = g_strdup (wanted->auth_method);
  if (*secret != NULL)
    client->secret_hash = bma_text_sha256_hex (bma_secret_peek (*secret));
  client->origin = g_strdup (BMA_CLIENT_ORIGIN_STYTCH);
  return g_steal_pointer (&client);
}

static gboolean
read_app_uris (JsonObject *app, BmaClient *client)
{
  g_auto (GStrv) uris = NULL;
  g_autoptr (GStrvBuilder) kept = g_strv_builder_new ();

  if (!bma_json_get_strings (app, "redirect_urls", &uris) || uris == NULL ||
      g_strv_length (uris) > MAX_URIS)
    return FALSE;
  /* One that our rules do not let through cannot be used here; others can. */
  for (size_t i = 0; uris[i] != NULL; i++)
    if (bma_redirect_find_problem (uris[i]) == NULL)
      g_strv_builder_add (kept, uris[i]);
  client->redirect_uris = g_strv_builder_end (kept);
  return client->redirect_uris[0] != NULL;
}

static gboolean
read_app (JsonObject *app, const char *client_id, BmaClient *client)
{
  const char *name = bma_json_get_string (app, "client_name");
  const char *type = bma_json_get_string (app, "client_type");

  if (g_strcmp0 (bma_json_get_string (app, "client_id"), client_id) != 0 ||
      type == NULL || !read_app_uris (app, client))
    return FALSE;
  if (name != NULL)
    client->name = bma_text_display (name, MAX_NAME_CHARS);
  /* How a confidential one authenticates is not said, and its secret is not told. */
  client->auth_method = g_strdup (
      g_str_has_suffix (type, "_public") ? BMA_CLIENT_AUTH_NONE : BMA_CLIENT_AUTH_BASIC);
  client->grant_types = g_strsplit ("authorization_code refresh_token", " ", -1);
  client->origin = g_strdup (BMA_CLIENT_ORIGIN_STYTCH);
  return TRUE;
}

/**
 * bma_stytch_clients_wire_read_app:
 * @status: HTTP status
 * @body: the answer
 * @length: its length in bytes
 * @client_id: which Connected App was asked for
 * @error: (out): why not, if not
 *
 * Returns: (transfer full) (nullable): the client, without its times and without the hash
 *   of a secret
 */
BmaClient *
bma_stytch_clients_wire_read_app (unsigned int status,
                                  const char *body,
                                  size_t length,
                                  const char *client_id,
                                  BmaOauthError *error)
{
  g_autoptr (JsonObject) answer = bma_json_parse_object (body, length, &limits, NULL);
  JsonNode *node = answer != NULL ? json_object_get_member (answer, "connected_app")
                                  : NULL;
  g_autoptr (BmaClient) client = bma_client_new (client_id);

  *error = BMA_OAUTH_NO_ERROR;
  if (status != 200)
    *error = read_failure (status, answer);
  else if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    *error = unusable ();
  else if (g_strcmp0 (bma_json_get_string (json_node_get_object (node), "status"),
                      "active") != 0)
    *error = refusal (BMA_OAUTH_INVALID_CLIENT, "the client is not active at Stytch");
  else if (!read_app (json_node_get_object (node), client_id, client))
    *error = unusable ();
  return error->code == BMA_OAUTH_OK ? g_steal_pointer (&client) : NULL;
}
