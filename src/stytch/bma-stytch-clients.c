/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-stytch-clients.h"

#include <glib/gi18n-lib.h>

#include "bma-fetch-budget.h"
#include "bma-log.h"
#include "bma-stytch-clients-wire.h"
#include "bma-stytch-failure.h"
#include "bma-stytch-wire.h"

/**
 * BmaStytchClients:
 *
 * Clients that are kept as Connected Apps of a Stytch project: registered there for us,
 * and looked up there. Strangers can make us look up, so there is a budget.
 */
struct _BmaStytchClients
{
  GObject parent_instance;

  BmaConfig *config;      /* owned */
  BmaKeyring *keyring;    /* owned */
  BmaHttpClient *client;  /* owned */
  BmaClock *clock;        /* owned */
  BmaFetchBudget *budget; /* owned */
  unsigned int n_registering;
};

/* One call: a look-up of an id, or the registration of a client. */
typedef struct
{
  char *client_id;   /* owned, nullable */
  BmaClient *wanted; /* owned, nullable */
  char *uri;         /* owned, nullable */
} Call;

static void
call_free (Call *self)
{
  g_free (self->client_id);
  g_clear_pointer (&self->wanted, bma_record_unref);
  g_free (self->uri);
  g_free (self);
}

static gboolean
clients_has_id (BmaClientSource *source, const char *client_id)
{
  return bma_stytch_clients_wire_is_id (client_id);
}

static gboolean
clients_is_available (BmaClientSource *source)
{
  return TRUE;
}

static void
finish_call (GTask *task, BmaClientAnswer *answer)
{
  BmaStytchClients *self = g_task_get_source_object (task);
  const Call *call = g_task_get_task_data (task);

  if (answer->client != NULL)
    {
      answer->client->fetched_at_s = bma_clock_now_s (self->clock);
      answer->client->created_at_s = answer->client->fetched_at_s;
      answer->client->fresh_until_s = answer->client->fetched_at_s +
                                      BMA_STYTCH_CLIENTS_FRESH_S;
    }
  else
    bma_log_notice ("clients", "Stytch: %s", answer->error.description);
  if (call->wanted != NULL)
    self->n_registering--;
  else
    bma_fetch_budget_give_back (self->budget, call->client_id, answer->client != NULL,
                                bma_clock_now_us (self->clock));
  g_task_return_pointer (task, answer, (GDestroyNotify) bma_client_answer_free);
}

/* Unknown ids get the page that every unknown client gets. */
static BmaClientAnswer *
make_refusal (BmaOauthError error)
{
  g_autofree char *message = NULL;

  if (error.code != BMA_OAUTH_INVALID_CLIENT)
    message = g_strdup_printf (
        _ ("This program is registered at Stytch, and what is known about it there could "
           "not be found out (%s). Try again in a minute."),
        error.description);
  return bma_client_answer_new_error (error, message);
}

static BmaClientAnswer *
read_answer (const Call *call, const BmaHttpResponse *response)
{
  size_t length = 0;
  const char *body = g_bytes_get_data (response->body, &length);
  BmaSecret *secret = NULL;
  BmaOauthError error;
  g_autoptr (BmaClient) client = NULL;
  BmaClientAnswer *answer = NULL;

  body = body != NULL ? body : "";
  if (call->wanted != NULL)
    client = bma_stytch_clients_wire_read_registration (response->status, body, length,
                                                        call->wanted, &secret, &error);
  else
    client = bma_stytch_clients_wire_read_app (response->status, body, length,
                                               call->client_id, &error);
  if (client == NULL)
    return make_refusal (error);
  answer = bma_client_answer_new (client);
  answer->secret = secret;
  return answer;
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BmaHttpResponse)
      response = bma_http_client_send_finish (BMA_HTTP_CLIENT (source), result, &error);

  if (response != NULL)
    {
      finish_call (task, read_answer (g_task_get_task_data (task), response));
      return;
    }
  bma_log_notice ("clients", "%s", error->message);
  finish_call (task, make_refusal ((BmaOauthError){ BMA_OAUTH_TEMPORARILY_UNAVAILABLE,
                                                    "Stytch cannot be reached" }));
}

static void
on_secret_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BmaStytchClients *self = g_task_get_source_object (task);
  const Call *call = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (BmaSecret) basic = NULL;
  g_autoptr (BmaSecret)
      secret = bma_keyring_load_finish (BMA_KEYRING (source), result, &error);

  if (secret == NULL ||
      !bma_stytch_wire_check_secret (self->config->stytch_project_id, secret, &error))
    {
      bma_log_notice ("clients", "%s", error->message);
      finish_call (task, make_refusal (
                             (BmaOauthError){ BMA_OAUTH_TEMPORARILY_UNAVAILABLE,
                                              "the secret of the Stytch project is not "
                                              "to be had; is the keyring locked?" }));
      return;
    }
  basic = bma_stytch_wire_make_basic (self->config->stytch_project_id, secret);
  bma_http_client_send_async (self->client, "GET", call->uri, NULL, NULL, basic, NULL,
                              on_answered, g_steal_pointer (&task));
}

static char *
make_uri (BmaStytchClients *self,
          const char *path,
          const char *more,
          BmaOauthError *error)
{
  g_autoptr (GError) problem = NULL;
  g_autofree char *api_url =
      bma_stytch_wire_make_api_url (self->config->stytch_project_id,
                                    self->config->stytch_api_url, &problem);

  if (api_url != NULL)
    return g_strconcat (api_url, path, more, NULL);
  bma_log_warning ("clients", "%s", problem->message);
  *error = (BmaOauthError){ BMA_OAUTH_SERVER_ERROR, "Stytch is not set up" };
  return NULL;
}

static void
clients_lookup_async (BmaClientSource *source,
                      const char *client_id,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  BmaStytchClients *self = BMA_STYTCH_CLIENTS (source);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Call *call = g_new0 (Call, 1);
  BmaOauthError error = BMA_OAUTH_NO_ERROR;

  g_task_set_source_tag (task, clients_lookup_async);
  g_task_set_name (task, "bma_stytch_clients_lookup");
  g_task_set_task_data (task, call, (GDestroyNotify) call_free);
  call->client_id = g_strdup (client_id);
  call->uri = make_uri (self, "/v1/connected_apps/clients/", client_id, &error);
  if (call->uri != NULL && !bma_fetch_budget_take (self->budget, client_id, client_id,
                                                   bma_clock_now_us (self->clock)))
    error = (BmaOauthError){ BMA_OAUTH_TEMPORARILY_UNAVAILABLE,
                             "it was asked for too often" };
  if (error.code != BMA_OAUTH_OK)
    {
      g_task_return_pointer (task, make_refusal (error),
                             (GDestroyNotify) bma_client_answer_free);
      return;
    }
  bma_keyring_load_async (self->keyring, BMA_KEYRING_KIND_STYTCH_SECRET,
                          self->config->stytch_project_id, NULL, on_secret_loaded,
                          g_steal_pointer (&task));
}

static void
clients_register_async (BmaClientSource *source,
                        const BmaClient *wanted,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  BmaStytchClients *self = BMA_STYTCH_CLIENTS (source);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Call *call = g_new0 (Call, 1);
  BmaOauthError error = BMA_OAUTH_NO_ERROR;
  g_autofree char *path =
      g_strdup_printf ("/v1/public/%s/oauth2/register", self->config->stytch_project_id);
  g_autoptr (GBytes) body = bma_stytch_clients_wire_make_registration (wanted);

  g_task_set_source_tag (task, clients_register_async);
  g_task_set_name (task, "bma_stytch_clients_register");
  g_task_set_task_data (task, call, (GDestroyNotify) call_free);
  call->wanted = bma_record_ref (wanted);
  call->uri = make_uri (self, path, NULL, &error);
  if (g_strcmp0 (wanted->auth_method, BMA_CLIENT_AUTH_PRIVATE_KEY) == 0 ||
      wanted->redirect_uris == NULL)
    error = (BmaOauthError){ BMA_OAUTH_INVALID_CLIENT_METADATA,
                             "clients are registered at Stytch, which knows no "
                             "private_key_jwt and no clients without redirect URIs" };
  else if (self->n_registering >= BMA_STYTCH_CLIENTS_MAX_REGISTERING)
    error = (BmaOauthError){ BMA_OAUTH_TEMPORARILY_UNAVAILABLE,
                             "too many registrations at once" };
  if (error.code != BMA_OAUTH_OK)
    {
      g_task_return_pointer (task, bma_client_answer_new_error (error, NULL),
                             (GDestroyNotify) bma_client_answer_free);
      return;
    }
  self->n_registering++;
  bma_http_client_send_async (self->client, "POST", call->uri, "application/json", body,
                              NULL, NULL, on_answered, g_steal_pointer (&task));
}

static BmaClientAnswer *
clients_finish (BmaClientSource *source, GAsyncResult *result)
{
  g_autoptr (GError) error = NULL;
  BmaClientAnswer *answer = g_task_propagate_pointer (G_TASK (result), &error);

  return answer != NULL
             ? answer
             : make_refusal ((BmaOauthError){ BMA_OAUTH_SERVER_ERROR, "cancelled" });
}

static void
client_source_iface_init (BmaClientSourceInterface *iface)
{
  iface->has_id = clients_has_id;
  iface->is_available = clients_is_available;
  iface->lookup_async = clients_lookup_async;
  iface->lookup_finish = clients_finish;
  iface->register_async = clients_register_async;
  iface->register_finish = clients_finish;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BmaStytchClients,
                               bma_stytch_clients,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BMA_TYPE_CLIENT_SOURCE,
                                                      client_source_iface_init))

static void
bma_stytch_clients_finalize (GObject *object)
{
  BmaStytchClients *self = BMA_STYTCH_CLIENTS (object);

  bma_fetch_budget_free (self->budget);
  g_clear_object (&self->keyring);
  g_clear_object (&self->client);
  g_clear_object (&self->clock);
  bma_config_unref (self->config);
  G_OBJECT_CLASS (bma_stytch_clients_parent_class)->finalize (object);
}

static void
bma_stytch_clients_class_init (BmaStytchClientsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bma_stytch_clients_finalize;
}

static void
bma_stytch_clients_init (BmaStytchClients *self)
{
  self->budget = bma_fetch_budget_new ();
}

/**
 * bma_stytch_clients_new:
 * @config: the settings
 * @keyring: where the secret of the project is
 * @client: what asks Stytch
 * @clock: time
 *
 * Returns: (transfer full): the clients of the Stytch project
 */
BmaClientSource *
bma_stytch_clients_new (const BmaConfig *config,
                        BmaKeyring *keyring,
                        BmaHttpClient *client,
                        BmaClock *clock)
{
  BmaStytchClients *self = g_object_new (BMA_TYPE_STYTCH_CLIENTS, NULL);

  self->config = bma_config_ref (config);
  self->keyring = g_object_ref (keyring);
  self->client = g_object_ref (client);
  self->clock = g_object_ref (clock);
  return BMA_CLIENT_SOURCE (self);
}
