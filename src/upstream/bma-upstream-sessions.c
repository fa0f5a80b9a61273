/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-upstream-private.h"

#include <string.h>

#include "bma-log.h"
#include "bma-stdio-session-private.h"
#include "bma-text.h"

#define MAX_SESSIONS          64
#define MAX_SESSIONS_OF_OWNER 16
#define SESSION_ID_BYTES      32
/* A server that ends takes up to 6 s; that many more may be on their way. */
#define MAX_SERVERS          (2 * MAX_SESSIONS)
#define MAX_SERVERS_OF_OWNER (2 * MAX_SESSIONS_OF_OWNER)
/* Whoever ends sooner did not start. */
#define SETTLED_US ((int64_t) 10 * G_USEC_PER_SEC)

static void
on_ended (BmaStdioSession *session, BmaUpstream *self)
{
  const char *trouble = bma_stdio_session_get_trouble (session);
  int64_t age_us = bma_clock_now_us (self->clock) -
                   bma_stdio_session_get_started_us (session);

  g_signal_handlers_disconnect_by_data (session, self);
  if (trouble != NULL && age_us < SETTLED_US)
    bma_upstream_fail (self, trouble);
  else if (bma_stdio_session_has_answered (session))
    bma_backoff_succeed (&self->backoff);
  g_ptr_array_remove (self->sessions, session);
}

static void
end_session (BmaStdioSession *session, const char *reason)
{
  bma_log_info ("upstream", "A session ends: %s", reason);
  bma_stdio_session_end (session, reason);
}

static gboolean
is_of (BmaStdioSession *session, const char *owner)
{
  return g_str_equal (bma_stdio_session_get_owner (session), owner);
}

/* The one that was not used for longest, among all or among those of one owner. */
static BmaStdioSession *
find_idle (BmaUpstream *self, const char *owner)
{
  BmaStdioSession *found = NULL;

  for (unsigned int i = 0; i < self->sessions->len; i++)
    {
      BmaStdioSession *session = g_ptr_array_index (self->sessions, i);

      if (bma_stdio_session_is_busy (session) ||
          (owner != NULL && !is_of (session, owner)))
        continue;
      if (found == NULL ||
          bma_stdio_session_get_used_us (session) < bma_stdio_session_get_used_us (found))
        found = session;
    }
  return found;
}

typedef struct
{
  GPtrArray *owners; /* owned */
  char *owner;       /* not owned: in owners */
} Server;

static void
on_server_gone (gpointer data, GObject *where_it_was)
{
  g_autofree Server *server = data;

  g_ptr_array_remove_fast (server->owners, server->owner);
  g_ptr_array_unref (server->owners);
}

/* Until it has gone, which is later than the end of its session. */
static void
count_server (BmaUpstream *self, BmaStdioSession *session)
{
  Server *server = g_new0 (Server, 1);

  server->owners = g_ptr_array_ref (self->owners);
  server->owner = g_strdup (bma_stdio_session_get_owner (session));
  g_ptr_array_add (self->owners, server->owner);
  g_object_weak_ref (G_OBJECT (session->child), on_server_gone, server);
}

static gboolean
has_too_many_servers (BmaUpstream *self, const char *owner)
{
  unsigned int n_of_owner = 0;

  for (unsigned int i = 0; i < self->owners->len; i++)
    if (g_str_equal (g_ptr_array_index (self->owners, i), owner))
      n_of_owner++;
  return n_of_owner >= MAX_SERVERS_OF_OWNER || self->owners->len >= MAX_SERVERS;
}

static gboolean
make_room (BmaUpstream *self, const char *owner)
{
  unsigned int n_of_owner = 0;
  BmaStdioSession *idle = NULL;

  for (unsigned int i = 0; i < self->sessions->len; i++)
    if (is_of (g_ptr_array_index (self->sessions, i), owner))
      n_of_owner++;
  if (n_of_owner < MAX_SESSIONS_OF_OWNER && self->sessions->len < MAX_SESSIONS)
    return TRUE;
  idle = find_idle (self, n_of_owner >= MAX_SESSIONS_OF_OWNER ? owner : NULL);
  if (idle == NULL)
    return FALSE;
  end_session (idle, "it gives way to a newer one");
  return TRUE;
}

static BmaStdioSession *
start_session (BmaUpstream *self, const char *id, const char *owner)
{
  g_autoptr (BmaStdioSession) session = NULL;
  g_autoptr (GError) error = NULL;

  if (bma_upstream_get_wait_s (self) > 0 || has_too_many_servers (self, owner) ||
      !make_room (self, owner))
    return NULL;
  session = bma_stdio_session_new (id, owner, bma_clock_now_us (self->clock));
  if (!bma_stdio_session_start (session, self->keeper, (const char *const *) self->words,
                                &error))
    {
      bma_upstream_fail (self, error->message);
      return NULL;
    }
  count_server (self, session);
  g_signal_connect (session, "ended", G_CALLBACK (on_ended), self);
  g_ptr_array_add (self->sessions, g_object_ref (session));
  bma_upstream_keep_checking (self);
  return session;
}

/**
 * bma_upstream_open_session:
 * @self: a supervisor of a server that speaks over standard input and output
 * @owner: whose session it is
 *
 * Starts a server for a new session.
 *
 * Returns: (transfer none) (nullable): the session; %NULL when there are too many, or
 *   servers do not start ([method@Upstream.get_wait_s])
 */
BmaStdioSession *
bma_upstream_open_session (BmaUpstream *self, const char *owner)
{
  g_autofree char *id = bma_entropy_hex (self->entropy, SESSION_ID_BYTES);

  return start_session (self, id, owner);
}

/**
 * bma_upstream_share_session:
 * @self: a supervisor of a server that speaks over standard input and output
 * @owner: whose request it is
 *
 * Requests that stand alone (MCP 2026-07-28) share one server for each owner.
 *
 * Returns: (transfer none) (nullable): the session, as for
 *   [method@Upstream.open_session]
 */
BmaStdioSession *
bma_upstream_share_session (BmaUpstream *self, const char *owner)
{
  for (unsigned int i = 0; i < self->sessions->len; i++)
    {
      BmaStdioSession *session = g_ptr_array_index (self->sessions, i);

      if (bma_stdio_session_get_id (session) == NULL && is_of (session, owner))
        {
          bma_stdio_session_touch (session, bma_clock_now_us (self->clock));
          return session;
        }
    }
  return start_session (self, NULL, owner);
}

/**
 * bma_upstream_find_session:
 * @self: a supervisor
 * @id: value of Mcp-Session-Id
 *
 * Returns: (transfer none) (nullable): the session, in use now
 */
BmaStdioSession *
bma_upstream_find_session (BmaUpstream *self, const char *id)
{
  for (unsigned int i = 0; i < self->sessions->len; i++)
    {
      BmaStdioSession *session = g_ptr_array_index (self->sessions, i);
      const char *its_id = bma_stdio_session_get_id (session);
      size_t length = its_id != NULL ? strlen (its_id) : 0;

      if (length == 0 || strlen (id) != length ||
          !bma_text_equal_const_time (id, its_id, length))
        continue;
      bma_stdio_session_touch (session, bma_clock_now_us (self->clock));
      return session;
    }
  return NULL;
}

/**
 * bma_upstream_end_foreign_sessions:
 * @self: a supervisor
 * @is_owner: whether somebody may still have sessions
 * @data: for @is_owner
 *
 * Ends the sessions of those who may have none any more.
 */
void
bma_upstream_end_foreign_sessions (BmaUpstream *self,
                                   gboolean (*is_owner) (const char *owner,
                                                         gpointer data),
                                   gpointer data)
{
  for (unsigned int i = self->sessions->len; i > 0; i--)
    {
      BmaStdioSession *session = NULL;

      if (i > self->sessions->len)
        continue;
      session = g_ptr_array_index (self->sessions, i - 1);
      if (!is_owner (bma_stdio_session_get_owner (session), data))
        end_session (session, "its grant is gone");
    }
}

/**
 * bma_upstream_check_sessions:
 * @self: a supervisor
 * @now_us: monotonic time
 *
 * Ends sessions that nobody has used for a while.
 */
void
bma_upstream_check_sessions (BmaUpstream *self, int64_t now_us)
{
  int64_t idle_us = (int64_t) self->config->command_idle_stop_s * G_USEC_PER_SEC;

  for (unsigned int i = self->sessions->len; i > 0; i--)
    {
      BmaStdioSession *session = NULL;

      if (i > self->sessions->len)
        continue;
      session = g_ptr_array_index (self->sessions, i - 1);
      if (bma_stdio_session_has_answered (session) &&
          now_us - bma_stdio_session_get_started_us (session) >= SETTLED_US)
        bma_backoff_succeed (&self->backoff);
      if (bma_stdio_session_is_busy (session))
        bma_stdio_session_touch (session, now_us);
      else if (now_us - bma_stdio_session_get_used_us (session) >= idle_us)
        end_session (session, "nobody uses it");
    }
}

/**
 * bma_upstream_end_sessions:
 * @self: a supervisor
 * @reason: for people
 *
 * Ends all sessions.
 */
void
bma_upstream_end_sessions (BmaUpstream *self, const char *reason)
{
  while (self->sessions->len > 0)
    end_session (g_ptr_array_index (self->sessions, 0), reason);
}
