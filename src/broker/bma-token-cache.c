/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-token-cache.h"

#include <string.h>

struct _BmaIssue
{
  grefcount refs;
  char *key;            /* owned */
  BmaLocalToken *token; /* owned */
  GPtrArray *waiting;   /* owned, nullable: of GTask, until it is settled */
  GList link;           /* in recent */
};

struct _BmaTokenCache
{
  GHashTable *issues; /* owned: key -> BmaIssue, owned */
  GQueue recent;      /* of BmaIssue: the longest unused first */
  unsigned int max_issues;
};

static void
issue_unref (gpointer data)
{
  BmaIssue *self = data;

  if (!g_ref_count_dec (&self->refs))
    return;
  g_free (self->key);
  bma_local_token_unref (self->token);
  g_clear_pointer (&self->waiting, g_ptr_array_unref);
  g_free (self);
}

/**
 * bma_token_cache_new:
 * @max_issues: how many tokens it may hold
 *
 * Returns: (transfer full): an empty cache
 */
BmaTokenCache *
bma_token_cache_new (unsigned int max_issues)
{
  BmaTokenCache *self = g_new0 (BmaTokenCache, 1);

  self->issues = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, issue_unref);
  self->max_issues = max_issues;
  return self;
}

/**
 * bma_token_cache_free:
 * @self: (transfer full): a cache
 */
void
bma_token_cache_free (BmaTokenCache *self)
{
  g_hash_table_unref (self->issues);
  g_free (self);
}

static void
forget (BmaTokenCache *self, BmaIssue *issue)
{
  g_queue_unlink (&self->recent, &issue->link);
  g_hash_table_remove (self->issues, issue->key);
}

/**
 * bma_token_cache_lookup:
 * @self: a cache
 * @key: what is asked for
 * @until_s: until when the token must be good at least
 *
 * Returns: (transfer none) (nullable): a token that is, if there is one
 */
BmaIssue *
bma_token_cache_lookup (BmaTokenCache *self, const char *key, int64_t until_s)
{
  BmaIssue *issue = g_hash_table_lookup (self->issues, key);

  if (issue == NULL || issue->token->expires_at_s < until_s)
    return NULL;
  g_queue_unlink (&self->recent, &issue->link);
  g_queue_push_tail_link (&self->recent, &issue->link);
  return issue;
}

/**
 * bma_token_cache_add:
 * @self: a cache
 * @key: what was asked for
 * @token: (transfer full): what was signed
 *
 * Remembers a token in place of an older one.
 *
 * Returns: (transfer full): for bma_issue_settle(), which has to follow
 */
BmaIssue *
bma_token_cache_add (BmaTokenCache *self, const char *key, BmaLocalToken *token)
{
  BmaIssue *old = g_hash_table_lookup (self->issues, key);
  BmaIssue *issue = g_new0 (BmaIssue, 1);

  if (old != NULL)
    forget (self, old);
  else if (g_hash_table_size (self->issues) >= self->max_issues)
    forget (self, g_queue_peek_head (&self->recent));
  g_ref_count_init (&issue->refs);
  g_ref_count_inc (&issue->refs);
  issue->key = g_strdup (key);
  issue->token = token;
  issue->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  issue->link.data = issue;
  g_hash_table_insert (self->issues, issue->key, issue);
  g_queue_push_tail_link (&self->recent, &issue->link);
  return issue;
}

/**
 * bma_token_cache_drop:
 * @self: a cache
 * @grant_id: (nullable): of which grant; %NULL for all
 *
 * Forgets tokens that are good for nothing any more.
 */
void
bma_token_cache_drop (BmaTokenCache *self, const char *grant_id)
{
  GList *next = NULL;

  for (GList *link = self->recent.head; link != NULL; link = next)
    {
      BmaIssue *issue = link->data;

      next = link->next;
      if (grant_id == NULL || strcmp (issue->token->grant_id, grant_id) == 0)
        forget (self, issue);
    }
}

/**
 * bma_token_cache_get_size:
 * @self: a cache
 *
 * Returns: how many tokens it holds
 */
unsigned int
bma_token_cache_get_size (BmaTokenCache *self)
{
  return g_hash_table_size (self->issues);
}

/**
 * bma_issue_get_token:
 * @self: an issue
 *
 * Returns: (transfer none) (nullable): its token, once it may be handed out
 */
BmaLocalToken *
bma_issue_get_token (BmaIssue *self)
{
  return self->waiting == NULL ? self->token : NULL;
}

static void
answer (BmaIssue *self, GTask *task, const GError *error)
{
  if (error == NULL)
    g_task_return_pointer (task, bma_local_token_ref (self->token),
                           (GDestroyNotify) bma_local_token_unref);
  else
    g_task_return_new_error (task, BMA_BROKER_ERROR, BMA_BROKER_ERROR_FAILED, "%s",
                             error->message);
}

/**
 * bma_issue_await:
 * @self: an issue
 * @task: (transfer full): gets the token as soon as it may be handed out
 */
void
bma_issue_await (BmaIssue *self, GTask *task)
{
  g_autoptr (GTask) owned = task;

  if (self->waiting != NULL)
    g_ptr_array_add (self->waiting, g_steal_pointer (&owned));
  else
    answer (self, owned, NULL);
}

/**
 * bma_issue_settle:
 * @cache: the cache it was added to
 * @self: (transfer full): an issue
 * @error: (nullable): why its records are not safe
 *
 * Gives the token to all who wait for it, or nobody.
 */
void
bma_issue_settle (BmaTokenCache *cache, BmaIssue *self, const GError *error)
{
  g_autoptr (GPtrArray) waiting = g_steal_pointer (&self->waiting);

  if (error != NULL && g_hash_table_lookup (cache->issues, self->key) == self)
    forget (cache, self);
  for (unsigned int i = 0; i < waiting->len; i++)
    answer (self, waiting->pdata[i], error);
  issue_unref (self);
}
