/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-fetch-budget.h"

#define WINDOW_US   ((int64_t) BMA_FETCH_BUDGET_WINDOW_S * G_USEC_PER_SEC)
#define MAX_ENTRIES 512

typedef struct
{
  int64_t since_us;
  unsigned int n;
} Window;

typedef struct
{
  int64_t until_us;
  unsigned int n_failures;
} Pause;

struct _BmaFetchBudget
{
  GHashTable *hosts;  /* owned: host -> Window, owned */
  GHashTable *pauses; /* owned: URL -> Pause, owned */
  Window all;
  unsigned int n_running;
};

/**
 * bma_fetch_budget_new:
 *
 * Returns: (transfer full): a budget of which nothing is used
 */
BmaFetchBudget *
bma_fetch_budget_new (void)
{
  BmaFetchBudget *self = g_new0 (BmaFetchBudget, 1);

  self->hosts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->pauses = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->all.since_us = G_MININT64;
  return self;
}

/**
 * bma_fetch_budget_free:
 * @self: (transfer full): a budget
 */
void
bma_fetch_budget_free (BmaFetchBudget *self)
{
  g_hash_table_unref (self->hosts);
  g_hash_table_unref (self->pauses);
  g_free (self);
}

static gboolean
is_window_over (gpointer key, gpointer value, gpointer user_data)
{
  return ((const Window *) value)->since_us <= *(int64_t *) user_data - WINDOW_US;
}

/* The longest pause is remembered once more, so that the next one is not short again. */
static gboolean
is_pause_forgotten (gpointer key, gpointer value, gpointer user_data)
{
  return ((const Pause *) value)->until_us <= *(int64_t *) user_data - WINDOW_US;
}

static void
forget (BmaFetchBudget *self, int64_t now_us)
{
  g_hash_table_foreach_remove (self->hosts, is_window_over, &now_us);
  g_hash_table_foreach_remove (self->pauses, is_pause_forgotten, &now_us);
  if (self->all.since_us <= now_us - WINDOW_US)
    self->all = (Window){ now_us, 0 };
}

static gboolean
is_paused (BmaFetchBudget *self, const char *url, int64_t now_us)
{
  const Pause *pause = g_hash_table_lookup (self->pauses, url);

  return pause != NULL && pause->until_us > now_us;
}

/**
 * bma_fetch_budget_take:
 * @self: a budget
 * @url: what shall be asked for
 * @host: its host
 * @now_us: monotonic time
 *
 * Returns: whether it may be asked for now; then [method@FetchBudget.give_back] is due
 */
gboolean
bma_fetch_budget_take (BmaFetchBudget *self,
                       const char *url,
                       const char *host,
                       int64_t now_us)
{
  Window *window = NULL;

  forget (self, now_us);
  if (self->n_running >= BMA_FETCH_BUDGET_MAX_RUNNING ||
      self->all.n >= BMA_FETCH_BUDGET_MAX_TOTAL || is_paused (self, url, now_us))
    return FALSE;
  window = g_hash_table_lookup (self->hosts, host);
  if (window == NULL)
    {
      window = g_new0 (Window, 1);
      window->since_us = now_us;
      g_hash_table_insert (self->hosts, g_strdup (host), window);
    }
  if (window->n >= BMA_FETCH_BUDGET_MAX_PER_HOST)
    return FALSE;
  window->n++;
  self->all.n++;
  self->n_running++;
  return TRUE;
}

/**
 * bma_fetch_budget_give_back:
 * @self: a budget
 * @url: what was asked for
 * @is_success: whether there was a good answer
 * @now_us: monotonic time
 *
 * Ends what [method@FetchBudget.take] began. After a failure the same URL has to wait.
 */
void
bma_fetch_budget_give_back (BmaFetchBudget *self,
                            const char *url,
                            gboolean is_success,
                            int64_t now_us)
{
  Pause *pause = g_hash_table_lookup (self->pauses, url);
  int64_t pause_s = BMA_FETCH_BUDGET_FIRST_PAUSE_S;

  g_assert (self->n_running > 0);
  self->n_running--;
  if (is_success)
    {
      g_hash_table_remove (self->pauses, url);
      return;
    }
  if (pause == NULL)
    {
      if (g_hash_table_size (self->pauses) >= MAX_ENTRIES)
        return;
      pause = g_new0 (Pause, 1);
      g_hash_table_insert (self->pauses, g_strdup (url), pause);
    }
  for (unsigned int i = 0; i < pause->n_failures; i++)
    pause_s = MIN (2 * pause_s, BMA_FETCH_BUDGET_MAX_PAUSE_S);
  pause->n_failures = MIN (pause->n_failures + 1, 16);
  pause->until_us = now_us + pause_s * G_USEC_PER_SEC;
}
