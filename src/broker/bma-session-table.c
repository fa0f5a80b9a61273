/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-session-table.h"

#include <string.h>

#define MAX_ID_CHARS 512
#define IDLE_US      ((int64_t) BMA_SESSION_IDLE_S * G_USEC_PER_SEC)

struct _BmaSessionTable
{
  GHashTable *sessions; /* owned: id -> Session, owned */
  GHashTable *owners;   /* owned: owner -> GQueue of Session, owned; none is empty */
  unsigned int max_sessions;
};

typedef struct
{
  char *id;      /* owned */
  char *owner;   /* owned */
  GQueue *queue; /* of the owner: the longest unused first */
  GList link;    /* in queue */
  int64_t used_us;
} Session;

static void
session_free (gpointer data)
{
  Session *self = data;

  g_free (self->id);
  g_free (self->owner);
  g_free (self);
}

/**
 * bma_session_table_new:
 * @max_sessions: how many it may hold
 *
 * Returns: (transfer full): an empty table
 */
BmaSessionTable *
bma_session_table_new (unsigned int max_sessions)
{
  BmaSessionTable *self = g_new0 (BmaSessionTable, 1);

  self->max_sessions = max_sessions;
  self->sessions = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, session_free);
  /* The links of a queue are in the sessions. */
  self->owners = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

/**
 * bma_session_table_free:
 * @self: (transfer full) (nullable): a table
 */
void
bma_session_table_free (BmaSessionTable *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->owners);
  g_hash_table_unref (self->sessions);
  g_free (self);
}

/**
 * bma_session_table_is_id:
 * @text: value of Mcp-Session-Id
 *
 * Returns: whether it is one (visible ASCII, MCP 2025-11-25 session management), of at
 *   most 512 characters
 */
gboolean
bma_session_table_is_id (const char *text)
{
  size_t length = strlen (text);

  for (size_t i = 0; i < length; i++)
    if (!g_ascii_isgraph (text[i]))
      return FALSE;
  return length > 0 && length <= MAX_ID_CHARS;
}

static void
remove_session (BmaSessionTable *self, Session *session)
{
  GQueue *queue = session->queue;

  g_queue_unlink (queue, &session->link);
  if (g_queue_is_empty (queue))
    g_hash_table_remove (self->owners, session->owner);
  g_hash_table_remove (self->sessions, session->id);
}

static Session *
find (BmaSessionTable *self, const char *id, int64_t now_us)
{
  Session *session = g_hash_table_lookup (self->sessions, id);

  if (session == NULL || now_us - session->used_us < IDLE_US)
    return session;
  remove_session (self, session);
  return NULL;
}

/**
 * bma_session_table_lookup:
 * @self: a table
 * @id: a session
 * @now_us: monotonic time
 *
 * A session that was not used for a day is forgotten.
 *
 * Returns: (transfer none) (nullable): whose it is, if that is known
 */
const char *
bma_session_table_lookup (BmaSessionTable *self, const char *id, int64_t now_us)
{
  const Session *session = find (self, id, now_us);

  return session != NULL ? session->owner : NULL;
}

static gboolean
gives_way_before (GQueue *queue, GQueue *other)
{
  const Session *oldest = g_queue_peek_head (queue);
  const Session *other_oldest = g_queue_peek_head (other);

  if (queue->length != other->length)
    return queue->length > other->length;
  return oldest->used_us < other_oldest->used_us;
}

/* Somebody who fills the table pushes out their own sessions, not those of others. */
static void
make_room (BmaSessionTable *self)
{
  GHashTableIter iter;
  gpointer value = NULL;
  GQueue *first = NULL;

  if (g_hash_table_size (self->sessions) < self->max_sessions)
    return;
  g_hash_table_iter_init (&iter, self->owners);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (first == NULL || gives_way_before (value, first))
      first = value;
  remove_session (self, g_queue_peek_head (first));
}

/**
 * bma_session_table_bind:
 * @self: a table
 * @id: a session
 * @owner: who uses it
 * @now_us: monotonic time
 *
 * Notes that the session is @owner's from now on, and in use.
 */
void
bma_session_table_bind (BmaSessionTable *self,
                        const char *id,
                        const char *owner,
                        int64_t now_us)
{
  Session *session = find (self, id, now_us);

  if (session != NULL && strcmp (session->owner, owner) == 0)
    {
      g_queue_unlink (session->queue, &session->link);
      g_queue_push_tail_link (session->queue, &session->link);
      session->used_us = now_us;
      return;
    }
  if (session != NULL)
    remove_session (self, session);
  make_room (self);
  session = g_new0 (Session, 1);
  session->id = g_strdup (id);
  session->owner = g_strdup (owner);
  session->used_us = now_us;
  session->link.data = session;
  session->queue = g_hash_table_lookup (self->owners, owner);
  if (session->queue == NULL)
    {
      session->queue = g_new0 (GQueue, 1);
      g_hash_table_insert (self->owners, g_strdup (owner), session->queue);
    }
  g_queue_push_tail_link (session->queue, &session->link);
  g_hash_table_insert (self->sessions, session->id, session);
}

/**
 * bma_session_table_unbind:
 * @self: a table
 * @id: a session
 *
 * Forgets a session that is over.
 */
void
bma_session_table_unbind (BmaSessionTable *self, const char *id)
{
  Session *session = g_hash_table_lookup (self->sessions, id);

  if (session != NULL)
    remove_session (self, session);
}

/**
 * bma_session_table_get_size:
 * @self: a table
 *
 * Returns: how many sessions it knows
 */
unsigned int
bma_session_table_get_size (const BmaSessionTable *self)
{
  return g_hash_table_size (self->sessions);
}

/**
 * bma_session_table_is_empty:
 * @self: a table
 * @now_us: monotonic time
 *
 * Returns: whether all sessions it knows have been unused for a day
 */
gboolean
bma_session_table_is_empty (const BmaSessionTable *self, int64_t now_us)
{
  GHashTableIter iter;
  gpointer value = NULL;

  g_hash_table_iter_init (&iter, self->owners);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const Session *latest = g_queue_peek_tail (value);

      if (now_us - latest->used_us < IDLE_US)
        return FALSE;
    }
  return TRUE;
}
