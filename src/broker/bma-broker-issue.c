/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-broker-private.h"

#include "bma-local-token.h"
#include "bma-log.h"

#define MAX_CACHED      1024
#define FAMILY_ID_BYTES 16

/* A token as it was asked for. */
typedef struct
{
  const BmaGrant *grant;
  const char *const *scopes;
  const char *resource;
  const char *sender; /* nullable: the bus connection it is tied to */
  int64_t life_s;
} Terms;

/**
 * bma_local_token_ref:
 * @self: a token
 *
 * Returns: (transfer full): @self
 */
BmaLocalToken *
bma_local_token_ref (BmaLocalToken *self)
{
  return g_rc_box_acquire (self);
}

static void
token_clear (gpointer data)
{
  BmaLocalToken *self = data;

  g_clear_pointer (&self->token, bma_secret_unref);
  g_strfreev (self->scopes);
  g_free (self->resource);
  g_free (self->issuer);
  g_free (self->grant_id);
}

/**
 * bma_local_token_unref:
 * @self: (transfer full): a token
 *
 * Drops a reference.
 */
void
bma_local_token_unref (BmaLocalToken *self)
{
  g_rc_box_release_full (self, token_clear);
}

static void
read_terms (BmaBroker *self,
            BmaPeer *peer,
            const BmaLocalRequest *request,
            const BmaGrant *grant,
            Terms *terms)
{
  terms->grant = grant;
  terms->scopes = bma_broker_wanted_scopes (self, request);
  terms->resource = request->resource != NULL
                        ? bma_config_match_resource (self->config, request->resource)
                        : self->config->resources[0];
  terms->sender = request->tie ? peer->sender : NULL;
  terms->life_s = bma_local_token_decide_life (request->max_valid_s, self->config);
}

/* Whatever makes one token different from another. */
static char *
make_key (const Terms *terms)
{
  g_autofree char *scopes = g_strjoinv (" ", (char **) terms->scopes);

  return g_strdup_printf ("%s\n%s\n%s\n%s\n%" G_GINT64_FORMAT, terms->grant->record.id,
                          terms->sender != NULL ? terms->sender : "", terms->resource,
                          scopes, terms->life_s);
}

static BmaIssue *
find_issue (BmaBroker *self,
            const BmaLocalRequest *request,
            const Terms *terms,
            const char *key)
{
  int64_t rest_s = bma_local_token_decide_rest (request->min_valid_s, terms->life_s);

  return bma_token_cache_lookup (self->tokens, key, bma_broker_now_s (self) + rest_s);
}

/* One line for each token that is given, and one count. */
static void
note_issue (BmaBroker *self,
            BmaPeer *peer,
            const BmaLocalRequest *request,
            const Terms *terms,
            const char *source)
{
  bma_broker_note_use (self, terms->grant);
  bma_metrics_add (self->metrics, BMA_METRIC_LOCAL_TOKENS, source, NULL);
  bma_log (G_LOG_LEVEL_INFO, "local", request->correlation_id, "%s (%s): token (%s)",
           peer->app_id, terms->grant->trust, source);
}

static void
note_refusal (BmaPeer *peer, const BmaLocalRequest *request)
{
  bma_log (G_LOG_LEVEL_INFO, "local", request->correlation_id, "%s (%s): no token",
           peer->app_id, peer->trust);
}

/* Returns whether there is nothing against a token. */
static gboolean
agree (BmaBroker *self,
       BmaPeer *peer,
       const BmaLocalRequest *request,
       Terms *terms,
       GError **error)
{
  const BmaGrant *grant = NULL;
  BmaLocalAction action = bma_broker_decide_local (self, peer, request, &grant);
  GError *refusal = bma_broker_refuse_local (self, action, request);

  if (refusal != NULL)
    {
      note_refusal (peer, request);
      g_propagate_error (error, refusal);
      return FALSE;
    }
  read_terms (self, peer, request, grant, terms);
  return TRUE;
}

/**
 * bma_broker_peek_token:
 * @self: a broker
 * @peer: who asks
 * @request: for what
 * @error: return location for a #BmaBrokerError
 *
 * Gives a local caller a token that is there already, as [method@Broker.get_token_async]
 * would, but at once.
 *
 * Returns: (transfer full) (nullable): the token; %NULL without an error when it has to
 * be made
 */
BmaLocalToken *
bma_broker_peek_token (BmaBroker *self,
                       BmaPeer *peer,
                       const BmaLocalRequest *request,
                       GError **error)
{
  g_autofree char *key = NULL;
  BmaLocalToken *token = NULL;
  BmaIssue *issue = NULL;
  Terms terms;

  if (!agree (self, peer, request, &terms, error))
    return NULL;
  key = make_key (&terms);
  issue = find_issue (self, request, &terms, key);
  token = issue != NULL ? bma_issue_get_token (issue) : NULL;
  if (token == NULL)
    return NULL;
  note_issue (self, peer, request, &terms, "cached");
  return bma_local_token_ref (token);
}

/* One family for all tokens of a grant. What had the id of a family that is gone is gone
 * too, also when the person allows the app again. */
static const BmaFamily *
find_family (BmaBroker *self, const char *grant_id)
{
  const char *known = g_hash_table_lookup (self->families, grant_id);
  g_autoptr (GPtrArray) families = NULL;

  if (known != NULL)
    return bma_store_lookup (self->store, &bma_family_type, known);
  families = bma_store_list (self->store, &bma_family_type);
  for (unsigned int i = 0; i < families->len; i++)
    {
      const BmaFamily *family = g_ptr_array_index (families, i);

      if (g_strcmp0 (family->grant_id, grant_id) != 0)
        continue;
      g_hash_table_insert (self->families, g_strdup (grant_id),
                           g_strdup (family->record.id));
      return family;
    }
  return NULL;
}

static BmaFamily *
make_family (BmaBroker *self, const BmaGrant *grant)
{
  g_autofree char *id = bma_entropy_hex (self->entropy, FAMILY_ID_BYTES);
  BmaFamily *family = bma_record_new (&bma_family_type, id);

  family->grant_id = g_strdup (grant->record.id);
  family->resource = g_strdup (grant->resource);
  family->scopes = g_strdupv (grant->scopes);
  family->signed_in_at_s = self->subject->signed_in_at_s;
  family->created_at_s = bma_broker_now_s (self);
  g_hash_table_insert (self->families, g_strdup (grant->record.id), g_strdup (id));
  return family;
}

/* Returns the id of the family; its record goes to the change if it is not in the store
 * as it must be. NULL: there are too many. */
static const char *
prepare_family (BmaBroker *self,
                const Terms *terms,
                int64_t expires_at_s,
                BmaChange *change)
{
  const BmaFamily *old = NULL;
  BmaFamily *family = NULL;

  if (terms->sender != NULL)
    return bma_broker_tie (self, terms->sender, terms->grant, expires_at_s);
  old = find_family (self, terms->grant->record.id);
  if (old != NULL && old->expires_at_s >= expires_at_s)
    return old->record.id;
  family = old != NULL ? bma_record_copy (old) : make_family (self, terms->grant);
  family->expires_at_s = expires_at_s;
  bma_change_put_take (change, family);
  return family->record.id;
}

static BmaLocalToken *
sign (BmaBroker *self,
      const Terms *terms,
      int64_t expires_at_s,
      BmaChange *change,
      GError **error)
{
  const char *family_id = prepare_family (self, terms, expires_at_s, change);
  g_autoptr (BmaSecret) text = NULL;
  BmaLocalToken *token = NULL;

  if (family_id == NULL)
    {
      g_set_error_literal (error, BMA_BROKER_ERROR, BMA_BROKER_ERROR_RATE_LIMITED,
                           "There are too many tied tokens; try again later");
      return NULL;
    }
  text = bma_broker_sign_access_token (self, family_id, self->subject->sub,
                                       terms->grant->app_id, terms->resource,
                                       terms->scopes, expires_at_s, error);
  if (text == NULL)
    return NULL;
  token = g_rc_box_new0 (BmaLocalToken);
  token->token = g_steal_pointer (&text);
  token->expires_at_s = expires_at_s;
  token->scopes = g_strdupv ((char **) terms->scopes);
  token->resource = g_strdup (terms->resource);
  token->issuer = g_strdup (self->config->issuer);
  token->grant_id = g_strdup (terms->grant->record.id);
  bma_metrics_add (self->metrics, BMA_METRIC_TOKENS, "local", NULL);
  return token;
}

/* An issue whose records are being written. */
typedef struct
{
  BmaBroker *broker; /* owned */
  BmaIssue *issue;   /* owned */
} Writing;

static void
on_issue_applied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Writing *writing = user_data;
  g_autoptr (BmaBroker) self = writing->broker;
  g_autoptr (GError) error = NULL;

  if (!bma_store_apply_finish (BMA_STORE (source), result, &error))
    bma_log_warning ("local", "%s", error->message);
  bma_issue_settle (self->tokens, writing->issue, error);
}

/* Signs once, however many ask before it is done. Returns what to wait for. */
static BmaIssue *
start_issue (BmaBroker *self, const Terms *terms, const char *key, GError **error)
{
  int64_t expires_at_s = bma_broker_now_s (self) + terms->life_s;
  g_autoptr (BmaChange) change = bma_change_new ();
  BmaLocalToken *token = sign (self, terms, expires_at_s, change, error);
  Writing *writing = NULL;

  if (token == NULL)
    return NULL;
  writing = g_new0 (Writing, 1);
  writing->broker = g_object_ref (self);
  writing->issue = bma_token_cache_add (self->tokens, key, token);
  bma_store_apply_async (self->store, change, NULL, on_issue_applied, writing);
  return writing->issue;
}

/**
 * bma_broker_get_token_async:
 * @self: a broker
 * @peer: who asks
 * @request: for what; read before this returns
 * @cancellable: (nullable): ends the waiting
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Gives a local caller a token if the person allowed it before. Never shows anything.
 */
void
bma_broker_get_token_async (BmaBroker *self,
                            BmaPeer *peer,
                            const BmaLocalRequest *request,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *key = NULL;
  const char *source = "cached";
  BmaIssue *issue = NULL;
  GError *error = NULL;
  Terms terms;

  g_task_set_source_tag (task, bma_broker_get_token_async);
  if (!agree (self, peer, request, &terms, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  key = make_key (&terms);
  issue = find_issue (self, request, &terms, key);
  if (issue == NULL)
    {
      source = "signed";
      issue = start_issue (self, &terms, key, &error);
    }
  if (issue == NULL)
    {
      note_refusal (peer, request);
      g_task_return_error (task, error);
      return;
    }
  note_issue (self, peer, request, &terms, source);
  bma_issue_await (issue, g_steal_pointer (&task));
}

/**
 * bma_broker_get_token_finish:
 * @self: a broker
 * @result: what the callback got
 * @error: return location for a #BmaBrokerError
 *
 * Returns: (transfer full) (nullable): the token
 */
BmaLocalToken *
bma_broker_get_token_finish (BmaBroker *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_grant_changed (BmaBroker *self, const BmaGrant *grant, const char *change)
{
  if (g_str_equal (change, "added") || g_str_equal (change, "refreshed") ||
      g_str_equal (change, "untied"))
    return;
  bma_token_cache_drop (self->tokens, grant->record.id);
  if (g_str_equal (change, "revoked"))
    bma_broker_untie (self, NULL, grant->record.id);
}

/* Other keys, other settings, another person, or a keyring that was locked. */
static void
on_state_changed (BmaBroker *self)
{
  bma_token_cache_drop (self->tokens, NULL);
}

/**
 * bma_broker_init_issues:
 * @self: a broker
 *
 * No token was given yet.
 */
void
bma_broker_init_issues (BmaBroker *self)
{
  self->tokens = bma_token_cache_new (MAX_CACHED);
  self->families = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_signal_connect (self, "grant-changed", G_CALLBACK (on_grant_changed), NULL);
  g_signal_connect (self, "state-changed", G_CALLBACK (on_state_changed), NULL);
}
