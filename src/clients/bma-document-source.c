/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-document-source.h"

#include <glib/gi18n-lib.h>

#include "bma-client-document.h"
#include "bma-fetch-budget.h"
#include "bma-http-client.h"
#include "bma-log.h"

/**
 * BmaDocumentSource:
 *
 * Clients whose id is the URL of a document about them
 * (draft-ietf-oauth-client-id-metadata-document). What is fetched is what strangers name,
 * so it is fetched with a guard and within a budget. Everybody who waits for one document
 * waits for one fetch. Who asks keeps what was good; failures are kept by nobody.
 */
struct _BmaDocumentSource
{
  GObject parent_instance;

  BmaNetwork *network;    /* owned */
  BmaClock *clock;        /* owned */
  BmaHttpClient *client;  /* owned */
  BmaFetchBudget *budget; /* owned */
  GHashTable *waiting;    /* owned: URL -> GPtrArray of GTask, while it is fetched */
  int64_t offline_until_us;
};

static gboolean
source_has_id (BmaClientSource *source, const char *client_id)
{
  return bma_client_document_is_url (client_id);
}

static gboolean
source_is_available (BmaClientSource *source)
{
  BmaDocumentSource *self = BMA_DOCUMENT_SOURCE (source);

  return bma_network_is_available (self->network) &&
         bma_clock_now_us (self->clock) >= self->offline_until_us;
}

static BmaClientAnswer *
make_failure (const char *what)
{
  g_autofree char *message = g_strdup_printf (
      _ ("This program names itself by an address on the web, and what is described "
         "there could not be read (%s). Try again in a minute."),
      what);

  return bma_client_answer_new_error (
      (BmaOauthError){ BMA_OAUTH_TEMPORARILY_UNAVAILABLE,
                       "the client metadata document could not be fetched" },
      message);
}

static BmaClientAnswer *
make_refusal (BmaOauthError error)
{
  g_autofree char *message = g_strdup_printf (
      _ ("This program names itself by an address on the web, and what is described "
         "there is not acceptable (%s). Tell its makers."),
      error.description);

  return bma_client_answer_new_error (error, message);
}

static BmaClientAnswer *
read_response (BmaDocumentSource *self, const char *url, const BmaHttpResponse *response)
{
  g_autoptr (BmaClient) client = NULL;
  BmaOauthError error;
  size_t length = 0;
  const char *text = g_bytes_get_data (response->body, &length);

  if (response->status != 200)
    {
      g_autofree char *what =
          g_strdup_printf (_ ("the answer there is %u"), response->status);

      return make_failure (what);
    }
  if (!bma_client_document_is_media_type (response->content_type))
    return make_failure (_ ("the answer there is not JSON"));
  client = bma_client_document_decide (url, text != NULL ? text : "", length, &error);
  if (client == NULL)
    return make_refusal (error);
  client->fetched_at_s = bma_clock_now_s (self->clock);
  client->created_at_s = client->fetched_at_s;
  client->fresh_until_s =
      client->fetched_at_s +
      bma_http_freshness_bound (response->max_age_s, BMA_DOCUMENT_FRESH_S,
                                BMA_DOCUMENT_MIN_FRESH_S, BMA_DOCUMENT_MAX_FRESH_S);
  return bma_client_answer_new (client);
}

static gboolean
is_network_failure (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE);
}

/* One fetch. */
typedef struct
{
  BmaDocumentSource *source; /* owned */
  char *url;                 /* owned */
} Fetch;

static void
fetch_free (Fetch *self)
{
  g_object_unref (self->source);
  g_free (self->url);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fetch, fetch_free)

static void
tell_waiting (BmaDocumentSource *self, const char *url, const BmaClientAnswer *answer)
{
  g_autoptr (GPtrArray) tasks = NULL;

  g_hash_table_steal_extended (self->waiting, url, NULL, (gpointer *) &tasks);
  for (unsigned int i = 0; i < tasks->len; i++)
    g_task_return_pointer (tasks->pdata[i],
                           answer->client != NULL
                               ? bma_client_answer_new (answer->client)
                               : bma_client_answer_new_error (answer->error,
                                                              answer->message),
                           (GDestroyNotify) bma_client_answer_free);
}

static void
on_fetched (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Fetch) fetch = user_data;
  BmaDocumentSource *self = fetch->source;
  g_autoptr (GError) error = NULL;
  g_autoptr (BmaHttpResponse)
      response = bma_http_client_send_finish (BMA_HTTP_CLIENT (object), result, &error);
  g_autoptr (BmaClientAnswer) answer = NULL;
  int64_t now_us = bma_clock_now_us (self->clock);

  answer = response != NULL ? read_response (self, fetch->url, response)
                            : make_failure (error->message);
  if (is_network_failure (error))
    self->offline_until_us = now_us + BMA_DOCUMENT_OFFLINE_S * G_USEC_PER_SEC;
  else if (response != NULL)
    self->offline_until_us = 0;
  if (answer->client == NULL)
    bma_log_notice ("clients", "The document of client %s is not usable: %s", fetch->url,
                    error != NULL ? error->message : answer->error.description);
  bma_fetch_budget_give_back (self->budget, fetch->url, answer->client != NULL, now_us);
  tell_waiting (self, fetch->url, answer);
}

/* Takes over @task. */
static void
start_fetch (BmaDocumentSource *self, const char *url, GTask *task)
{
  GPtrArray *tasks = g_ptr_array_new_with_free_func (g_object_unref);
  Fetch *fetch = g_new0 (Fetch, 1);

  fetch->source = g_object_ref (self);
  fetch->url = g_strdup (url);
  g_ptr_array_add (tasks, task);
  g_hash_table_insert (self->waiting, g_strdup (url), tasks);
  bma_http_client_send_async (self->client, "GET", url, NULL, NULL, NULL, NULL,
                              on_fetched, fetch);
}

static gboolean
may_fetch (BmaDocumentSource *self, const char *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_ENCODED, NULL);
  g_autofree char *host = g_ascii_strdown (g_uri_get_host (uri), -1);

  return bma_fetch_budget_take (self->budget, url, host, bma_clock_now_us (self->clock));
}

static void
source_lookup_async (BmaClientSource *source,
                     const char *client_id,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  BmaDocumentSource *self = BMA_DOCUMENT_SOURCE (source);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  const char *problem = bma_client_document_find_url_problem (client_id);
  GPtrArray *tasks = NULL;

  g_task_set_source_tag (task, source_lookup_async);
  g_task_set_name (task, "bma_document_source_lookup");
  if (problem != NULL)
    {
      g_task_return_pointer (task,
                             make_refusal ((BmaOauthError){
                                 BMA_OAUTH_INVALID_CLIENT_METADATA, problem }),
                             (GDestroyNotify) bma_client_answer_free);
      return;
    }
  tasks = g_hash_table_lookup (self->waiting, client_id);
  if (tasks != NULL)
    g_ptr_array_add (tasks, g_steal_pointer (&task));
  else if (may_fetch (self, client_id))
    start_fetch (self, client_id, g_steal_pointer (&task));
  else
    g_task_return_pointer (task, make_failure (_ ("it was asked for too often")),
                           (GDestroyNotify) bma_client_answer_free);
}

static BmaClientAnswer *
source_lookup_finish (BmaClientSource *source, GAsyncResult *result)
{
  g_autoptr (GError) error = NULL;
  BmaClientAnswer *answer = g_task_propagate_pointer (G_TASK (result), &error);

  return answer != NULL ? answer : make_failure (error->message);
}

static void
client_source_iface_init (BmaClientSourceInterface *iface)
{
  iface->has_id = source_has_id;
  iface->is_available = source_is_available;
  iface->lookup_async = source_lookup_async;
  iface->lookup_finish = source_lookup_finish;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BmaDocumentSource,
                               bma_document_source,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BMA_TYPE_CLIENT_SOURCE,
                                                      client_source_iface_init))

static void
bma_document_source_finalize (GObject *object)
{
  BmaDocumentSource *self = BMA_DOCUMENT_SOURCE (object);

  g_hash_table_unref (self->waiting);
  bma_fetch_budget_free (self->budget);
  g_clear_object (&self->client);
  g_clear_object (&self->network);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (bma_document_source_parent_class)->finalize (object);
}

static void
bma_document_source_class_init (BmaDocumentSourceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bma_document_source_finalize;
}

static void
bma_document_source_init (BmaDocumentSource *self)
{
  self->budget = bma_fetch_budget_new ();
  self->waiting = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                         (GDestroyNotify) g_ptr_array_unref);
}

/**
 * bma_document_source_new:
 * @network: the network
 * @clock: time
 *
 * Returns: (transfer full): the clients that are described on the web
 */
BmaClientSource *
bma_document_source_new (BmaNetwork *network, BmaClock *clock)
{
  BmaDocumentSource *self = g_object_new (BMA_TYPE_DOCUMENT_SOURCE, NULL);

  self->network = g_object_ref (network);
  self->clock = g_object_ref (clock);
  self->client = bma_http_client_new_guarded (network);
  g_object_set (self->client, "max-response-bytes", BMA_CLIENT_DOCUMENT_MAX_BYTES, NULL);
  return BMA_CLIENT_SOURCE (self);
}
