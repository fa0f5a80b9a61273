/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-discovery.h"

#include "bma-identity-provider.h"

#define MAX_ISSUERS 32
#define FRESH_S     (60 * 60)
#define MIN_FRESH_S (5 * 60)
#define MAX_FRESH_S (24 * 60 * 60)

/**
 * BmaDiscovery:
 *
 * The discovery documents of issuers, kept for a while. A failure is not kept: whoever
 * asks often keeps a floor of their own.
 */
struct _BmaDiscovery
{
  GObject parent_instance;

  BmaClock *clock;       /* owned */
  BmaHttpClient *client; /* owned */
  GHashTable *known;     /* owned: issuer -> Known, owned */
};

G_DEFINE_FINAL_TYPE (BmaDiscovery, bma_discovery, G_TYPE_OBJECT)

typedef struct
{
  BmaIssuerMetadata *metadata; /* owned */
  int64_t fetched_at_s;
  int64_t fresh_until_s;
} Known;

static void
known_free (Known *self)
{
  bma_issuer_metadata_unref (self->metadata);
  g_free (self);
}

/* A question on its way, as the data of its task. */
typedef struct
{
  char *issuer;         /* owned */
  gboolean tries_oauth; /* the second address is being asked */
} Question;

static void
question_free (Question *self)
{
  g_free (self->issuer);
  g_free (self);
}

static void
bma_discovery_dispose (GObject *object)
{
  BmaDiscovery *self = BMA_DISCOVERY (object);

  g_clear_object (&self->clock);
  g_clear_object (&self->client);
  g_hash_table_remove_all (self->known);
  G_OBJECT_CLASS (bma_discovery_parent_class)->dispose (object);
}

static void
bma_discovery_finalize (GObject *object)
{
  g_hash_table_unref (BMA_DISCOVERY (object)->known);
  G_OBJECT_CLASS (bma_discovery_parent_class)->finalize (object);
}

static void
bma_discovery_class_init (BmaDiscoveryClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bma_discovery_dispose;
  G_OBJECT_CLASS (klass)->finalize = bma_discovery_finalize;
}

static void
bma_discovery_init (BmaDiscovery *self)
{
  self->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                       (GDestroyNotify) known_free);
}

/**
 * bma_discovery_new:
 * @clock: time
 * @client: what asks
 *
 * Returns: (transfer full): discovery that knows nobody yet
 */
BmaDiscovery *
bma_discovery_new (BmaClock *clock, BmaHttpClient *client)
{
  BmaDiscovery *self = g_object_new (BMA_TYPE_DISCOVERY, NULL);

  self->clock = g_object_ref (clock);
  self->client = g_object_ref (client);
  return self;
}

static BmaIssuerMetadata *
look_up (BmaDiscovery *self, const char *issuer)
{
  const Known *known = g_hash_table_lookup (self->known, issuer);
  int64_t now_s = bma_clock_now_s (self->clock);

  return known != NULL && now_s >= known->fetched_at_s && now_s < known->fresh_until_s
             ? known->metadata
             : NULL;
}

static void
keep (BmaDiscovery *self, BmaIssuerMetadata *metadata, int64_t max_age_s)
{
  Known *known = g_new0 (Known, 1);

  known->metadata = bma_issuer_metadata_ref (metadata);
  known->fetched_at_s = bma_clock_now_s (self->clock);
  known->fresh_until_s =
      known->fetched_at_s +
      bma_http_freshness_bound (max_age_s, FRESH_S, MIN_FRESH_S, MAX_FRESH_S);
  if (g_hash_table_size (self->known) >= MAX_ISSUERS)
    g_hash_table_remove_all (self->known);
  g_hash_table_replace (self->known, g_strdup (metadata->issuer), known);
}

static void ask (GTask *task);

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BmaDiscovery *self = g_task_get_source_object (task);
  Question *question = g_task_get_task_data (task);
  g_autoptr (GError) raw = NULL;
  g_autoptr (BmaHttpResponse)
      response = bma_http_client_send_finish (BMA_HTTP_CLIENT (source), result, &raw);
  g_autoptr (BmaIssuerMetadata) metadata = NULL;
  GError *error = NULL;
  const char *body = NULL;
  size_t length = 0;

  if (response == NULL)
    {
      g_task_return_new_error (task, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_OFFLINE,
                               "The discovery document of %s could not be fetched: %s",
                               question->issuer, raw->message);
      return;
    }
  if (response->status == 404 && !question->tries_oauth)
    {
      question->tries_oauth = TRUE;
      ask (g_steal_pointer (&task));
      return;
    }
  if (response->status != 200)
    {
      g_task_return_new_error (task, BMA_IDENTITY_ERROR,
                               response->status >= 500 ? BMA_IDENTITY_ERROR_OFFLINE
                                                       : BMA_IDENTITY_ERROR_CONFIGURATION,
                               "%s has no discovery document (HTTP %u); is the issuer "
                               "written right?",
                               question->issuer, response->status);
      return;
    }
  body = g_bytes_get_data (response->body, &length);
  metadata = bma_issuer_metadata_parse (question->issuer, body != NULL ? body : "",
                                        length, &error);
  if (metadata == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  keep (self, metadata, response->max_age_s);
  g_task_return_pointer (task, g_steal_pointer (&metadata),
                         (GDestroyNotify) bma_issuer_metadata_unref);
}

/* Takes over @task. */
static void
ask (GTask *task)
{
  BmaDiscovery *self = g_task_get_source_object (task);
  const Question *question = g_task_get_task_data (task);
  g_autofree char *uri = question->tries_oauth
                             ? bma_issuer_make_oauth_uri (question->issuer)
                             : bma_issuer_make_openid_uri (question->issuer);

  bma_http_client_send_async (self->client, "GET", uri, NULL, NULL, NULL,
                              g_task_get_cancellable (task), on_answered, task);
}

/**
 * bma_discovery_load_async:
 * @self: a discovery
 * @issuer: an issuer
 * @cancellable: (nullable): ends it
 * @callback: called with the document
 * @user_data: for @callback
 *
 * Fetches the document of an issuer, unless it is known.
 */
void
bma_discovery_load_async (BmaDiscovery *self,
                          const char *issuer,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  BmaIssuerMetadata *known = look_up (self, issuer);
  Question *question = NULL;

  g_task_set_source_tag (task, bma_discovery_load_async);
  g_task_set_name (task, "bma_discovery_load");
  g_task_set_check_cancellable (task, FALSE);
  if (known != NULL)
    {
      g_task_return_pointer (task, bma_issuer_metadata_ref (known),
                             (GDestroyNotify) bma_issuer_metadata_unref);
      return;
    }
  if (!bma_issuer_is_acceptable (issuer))
    {
      g_task_return_new_error (
          task, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_CONFIGURATION,
          "An issuer must be an https URL, or http on this computer, without a query");
      return;
    }
  question = g_new0 (Question, 1);
  question->issuer = g_strdup (issuer);
  g_task_set_task_data (task, question, (GDestroyNotify) question_free);
  ask (g_steal_pointer (&task));
}

/**
 * bma_discovery_load_finish:
 * @self: a discovery
 * @result: what the callback got
 * @error: return location for a #BmaIdentityError
 *
 * Returns: (transfer full) (nullable): the document
 */
BmaIssuerMetadata *
bma_discovery_load_finish (BmaDiscovery *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * bma_discovery_forget:
 * @self: a discovery
 * @issuer: an issuer
 *
 * The next question is asked of the issuer itself.
 */
void
bma_discovery_forget (BmaDiscovery *self, const char *issuer)
{
  g_return_if_fail (BMA_IS_DISCOVERY (self));

  g_hash_table_remove (self->known, issuer);
}
