/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-document-source.h"

#include <glib/gi18n-lib.h>

#include "bma-client-document.h"
#include "bma-client-metadata.h"
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
  BmaHttpClient *client;  /* owned: for documents */
  BmaHttpClient *keys;    /* owned: for key sets, which may be larger */
  BmaFetchBudget *budget; /* owned */
  GHashTable *waiting;    /* owned: client id -> GPtrArray of GTask, while we fetch */
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
  g_autofree char *message =
      g_strdup_printf (_ ("What this program publishes about itself on the web could not "
                          "be read (%s). Try again in a minute."),
                       what);

  return bma_client_answer_new_error (
      (BmaOauthError){ BMA_OAUTH_TEMPORARILY_UNAVAILABLE,
                       "what the client publishes about itself could not be read" },
      message);
}

static BmaClientAnswer *
make_refusal (BmaOauthError error)
{
  g_autofree char *message =
      g_strdup_printf (_ ("What this program publishes about itself on the web is not "
                          "acceptable (%s). Tell its makers."),
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

static BmaClientAnswer *
read_keys (BmaDocumentSource *self,
           const BmaClient *client,
           const BmaHttpResponse *response)
{
  g_autoptr (BmaClient) with_keys = bma_record_copy (client);
  size_t length = 0;
  const char *text = g_bytes_get_data (response->body, &length);
  int64_t now_s = bma_clock_now_s (self->clock);
  int64_t until_s = now_s + bma_http_freshness_bound (response->max_age_s,
                                                      BMA_DOCUMENT_FRESH_S,
                                                      BMA_DOCUMENT_MIN_FRESH_S,
                                                      BMA_DOCUMENT_KEYS_MAX_FRESH_S);

  g_clear_pointer (&with_keys->jwks, g_free);
  if (response->status == 200 &&
      bma_client_document_is_media_type (response->content_type))
    with_keys->jwks = bma_client_metadata_parse_keys (text != NULL ? text : "", length);
  if (with_keys->jwks == NULL)
    return make_failure (_ ("its jwks_uri does not lead to public keys"));
  /* That of the document counts too, where there is one. */
  with_keys->fresh_until_s =
      client->fresh_until_s > now_s ? MIN (client->fresh_until_s, until_s) : until_s;
  with_keys->fetched_at_s = now_s;
  return bma_client_answer_new (with_keys);
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
  char *client_id;           /* owned */
  char *url;                 /* owned: of the document, or of the keys */
  BmaClient *client;         /* owned, nullable: whose keys are fetched */
} Fetch;

static void
fetch_free (Fetch *self)
{
  g_object_unref (self->source);
  g_free (self->client_id);
  g_free (self->url);
  g_clear_pointer (&self->client, bma_record_unref);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fetch, fetch_free)

static void
tell_waiting (BmaDocumentSource *self,
              const char *client_id,
              const BmaClientAnswer *answer)
{
  g_autoptr (GPtrArray) tasks = NULL;
  g_autofree char *key = NULL;

  g_hash_table_steal_extended (self->waiting, client_id, (gpointer *) &key,
                               (gpointer *) &tasks);
  for (unsigned int i = 0; i < tasks->len; i++)
    g_task_return_pointer (tasks->pdata[i],
                           answer->client != NULL
                               ? bma_client_answer_new (answer->client)
                               : bma_client_answer_new_error (answer->error,
                                                              answer->message),
                           (GDestroyNotify) bma_client_answer_free);
}

static gboolean
may_fetch (BmaDocumentSource *self, const char *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_ENCODED, NULL);
  g_autofree char *host = g_ascii_strdown (g_uri_get_host (uri), -1);

  return bma_fetch_budget_take (self->budget, url, host, bma_clock_now_us (self->clock));
}

static void send_fetch (Fetch *fetch);

/* Takes over @fetch, whose document is read. */
static void
fetch_keys (Fetch *fetch, const BmaClient *client)
{
  g_autoptr (BmaClientAnswer) refused = NULL;

  fetch->client = bma_record_ref (client);
  g_free (fetch->url);
  fetch->url = g_strdup (client->jwks_uri);
  if (may_fetch (fetch->source, fetch->url))
    {
      send_fetch (fetch);
      return;
    }
  refused = make_failure (_ ("it was asked for too often"));
  tell_waiting (fetch->source, fetch->client_id, refused);
  fetch_free (fetch);
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

  if (response == NULL)
    answer = make_failure (error->message);
  else if (fetch->client != NULL)
    answer = read_keys (self, fetch->client, response);
  else
    answer = read_response (self, fetch->url, response);
  if (is_network_failure (error))
    self->offline_until_us = now_us + BMA_DOCUMENT_OFFLINE_S * G_USEC_PER_SEC;
  else if (response != NULL)
    self->offline_until_us = 0;
  if (answer->client == NULL)
    bma_log_notice ("clients", "The document of client %s is not usable: %s",
                    fetch->client_id,
                    error != NULL ? error->message : answer->error.description);
  bma_fetch_budget_give_back (self->budget, fetch->url, answer->client != NULL, now_us);
  if (fetch->client == NULL && answer->client != NULL &&
      bma_client_has_keys_elsewhere (answer->client))
    fetch_keys (g_steal_pointer (&fetch), answer->client);
  else
    tell_waiting (self, fetch->client_id, answer);
}

/* Takes over @fetch. */
static void
send_fetch (Fetch *fetch)
{
  BmaDocumentSource *self = fetch->source;

  bma_http_client_send_async (fetch->client != NULL ? self->keys : self->client, "GET",
                              fetch->url, NULL, NULL, NULL, NULL, on_fetched, fetch);
}

/* Takes over @task; fetches the document at @url, or the keys of @client. */
static void
start_fetch (BmaDocumentSource *self,
             const char *client_id,
             const char *url,
             const BmaClient *client,
             GTask *task)
{
  GPtrArray *tasks = g_hash_table_lookup (self->waiting, client_id);
  Fetch *fetch = NULL;

  if (tasks != NULL)
    {
      g_ptr_array_add (tasks, task);
      return;
    }
  if (!may_fetch (self, url))
    {
      g_task_return_pointer (task, make_failure (_ ("it was asked for too often")),
                             (GDestroyNotify) bma_client_answer_free);
      g_object_unref (task);
      return;
    }
  tasks = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (tasks, task);
  g_hash_table_insert (self->waiting, g_strdup (client_id), tasks);
  fetch = g_new0 (Fetch, 1);
  fetch->source = g_object_ref (self);
  fetch->client_id = g_strdup (client_id);
  fetch->url = g_strdup (url);
  fetch->client = client != NULL ? bma_record_ref (client) : NULL;
  send_fetch (fetch);
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
  start_fetch (self, client_id, client_id, NULL, g_steal_pointer (&task));
}

static void
source_load_keys_async (BmaClientSource *source,
                        const BmaClient *client,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  BmaDocumentSource *self = BMA_DOCUMENT_SOURCE (source);
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, source_load_keys_async);
  g_task_set_name (task, "bma_document_source_load_keys");
  start_fetch (self, bma_client_get_id (client), client->jwks_uri, client, task);
}

static BmaClientAnswer *
source_finish (BmaClientSource *source, GAsyncResult *result)
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
  iface->lookup_finish = source_finish;
  iface->load_keys_async = source_load_keys_async;
  iface->load_keys_finish = source_finish;
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
  g_clear_object (&self->keys);
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
  self->keys = bma_http_client_new_guarded (network);
  g_object_set (self->keys, "max-response-bytes", BMA_CLIENT_KEYS_MAX_BYTES, NULL);
  return BMA_CLIENT_SOURCE (self);
}
