/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-stytch-failure.h"
#include "bma-stytch-private.h"
#include "bma-stytch-wire.h"

/* One call of the API, as the data of its task. */
typedef struct
{
  const char *method; /* static */
  char *uri;          /* owned */
  GBytes *body;       /* owned, nullable, secret: wiped */
  BmaStytchRead read;
} Call;

static void
call_free (Call *self)
{
  g_free (self->uri);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_free (self);
}

/**
 * bma_stytch_get_api_url:
 * @self: a provider
 * @error: return location for a #BmaIdentityError
 *
 * Returns: (transfer full) (nullable): where the API of the project is, if the settings
 *   are complete and of one environment
 */
char *
bma_stytch_get_api_url (BmaStytch *self, GError **error)
{
  const BmaConfig *config = self->config;
  g_autofree char *api_url = NULL;

  if (config->stytch_project_id == NULL || config->stytch_public_token == NULL ||
      config->stytch_methods == NULL || config->stytch_methods[0] == NULL)
    {
      g_set_error_literal (error, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_CONFIGURATION,
                           "Stytch is not set up: project id, public token and a way to "
                           "sign in are needed; run “biomcp-auth setup stytch”");
      return NULL;
    }
  api_url = bma_stytch_wire_make_api_url (config->stytch_project_id,
                                          config->stytch_api_url, error);
  if (api_url == NULL ||
      !bma_stytch_wire_check_environment (config->stytch_project_id,
                                          config->stytch_public_token, api_url, error))
    return NULL;
  return g_steal_pointer (&api_url);
}

/* A lost answer is not asked for again: the token is used up by then. */
static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  const Call *call = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (BmaHttpResponse)
      response = bma_http_client_send_finish (BMA_HTTP_CLIENT (source), result, &error);
  const char *body = NULL;
  size_t length = 0;

  if (response == NULL)
    {
      g_task_return_error (task, bma_stytch_failure_from_transport (error));
      return;
    }
  body = g_bytes_get_data (response->body, &length);
  call->read (task, response->status, body != NULL ? body : "", length);
}

static void
on_secret_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BmaStytch *self = g_task_get_source_object (task);
  const Call *call = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (BmaSecret) basic = NULL;
  g_autoptr (BmaSecret)
      secret = bma_keyring_load_finish (BMA_KEYRING (source), result, &error);
  GCancellable *cancellable = g_task_get_cancellable (task);

  if (secret == NULL)
    {
      g_task_return_error (task, bma_stytch_failure_from_keyring (error));
      return;
    }
  if (!bma_stytch_wire_check_secret (self->config->stytch_project_id, secret, &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  basic = bma_stytch_wire_make_basic (self->config->stytch_project_id, secret);
  bma_http_client_send_async (self->client, call->method, call->uri,
                              call->body != NULL ? "application/json" : NULL, call->body,
                              basic, cancellable, on_answered, g_steal_pointer (&task));
}

/**
 * bma_stytch_start_call:
 * @task: (transfer full): what to finish; its source is a #BmaStytch
 * @method: (transfer none): a static string: GET or POST
 * @path: path of the API
 * @body: (transfer full) (nullable): JSON, wiped if it is secret
 * @read: reads the answer
 *
 * Asks Stytch with the secret of the project, which is fetched from the keyring for every
 * call and kept no longer.
 */
void
bma_stytch_start_call (
    GTask *task, const char *method, const char *path, GBytes *body, BmaStytchRead read)
{
  BmaStytch *self = g_task_get_source_object (task);
  Call *call = g_new0 (Call, 1);
  g_autofree char *api_url = NULL;
  GError *error = NULL;

  call->method = method;
  call->body = body;
  call->read = read;
  g_task_set_task_data (task, call, (GDestroyNotify) call_free);
  api_url = bma_stytch_get_api_url (self, &error);
  if (api_url == NULL)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  call->uri = g_strconcat (api_url, path, NULL);
  bma_keyring_load_async (self->keyring, BMA_KEYRING_KIND_STYTCH_SECRET,
                          self->config->stytch_project_id, g_task_get_cancellable (task),
                          on_secret_loaded, task);
}
