/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-upstream-private.h"

#include "bma-command.h"
#include "bma-log.h"

#define CHECK_S 1

G_DEFINE_FINAL_TYPE (BmaUpstream, bma_upstream, G_TYPE_OBJECT)

static void
bma_upstream_dispose (GObject *object)
{
  BmaUpstream *self = BMA_UPSTREAM (object);

  g_clear_handle_id (&self->check_id, g_source_remove);
  bma_upstream_stop (self, "the service stops");
  G_OBJECT_CLASS (bma_upstream_parent_class)->dispose (object);
}

static void
bma_upstream_finalize (GObject *object)
{
  BmaUpstream *self = BMA_UPSTREAM (object);

  g_clear_handle_id (&self->check_id, g_source_remove);
  bma_served_free (self->served);
  g_ptr_array_unref (self->sessions);
  g_ptr_array_unref (self->owners);
  g_clear_object (&self->clock);
  g_clear_object (&self->entropy);
  g_clear_pointer (&self->config, bma_config_unref);
  g_strfreev (self->words);
  g_free (self->keeper);
  g_free (self->runtime_folder);
  g_free (self->trouble);
  G_OBJECT_CLASS (bma_upstream_parent_class)->finalize (object);
}

static void
bma_upstream_class_init (BmaUpstreamClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bma_upstream_dispose;
  G_OBJECT_CLASS (klass)->finalize = bma_upstream_finalize;
}

static void
bma_upstream_init (BmaUpstream *self)
{
  self->sessions = g_ptr_array_new_with_free_func (g_object_unref);
  self->owners = g_ptr_array_new_with_free_func (g_free);
  self->served = bma_served_new (self);
}

/**
 * bma_upstream_new:
 * @config: settings
 * @parts: what it works with
 *
 * Returns: (transfer full): a supervisor; nothing is started yet
 */
BmaUpstream *
bma_upstream_new (const BmaConfig *config, const BmaUpstreamParts *parts)
{
  BmaUpstream *self = g_object_new (BMA_TYPE_UPSTREAM, NULL);

  self->clock = g_object_ref (parts->clock);
  self->entropy = g_object_ref (parts->entropy);
  self->keeper = g_strdup (parts->keeper);
  self->runtime_folder = g_strdup (parts->runtime_folder);
  bma_upstream_set_config (self, config);
  return self;
}

static gboolean
is_same_command (const BmaConfig *a, const BmaConfig *b)
{
  return a != NULL && g_strcmp0 (a->command, b->command) == 0 &&
         g_str_equal (a->command_transport, b->command_transport);
}

/**
 * bma_upstream_set_config:
 * @self: a supervisor
 * @config: settings
 *
 * Another command is started when it is needed; what the former one started ends.
 */
void
bma_upstream_set_config (BmaUpstream *self, const BmaConfig *config)
{
  gboolean is_same = is_same_command (self->config, config);

  g_clear_pointer (&self->config, bma_config_unref);
  self->config = bma_config_ref (config);
  if (is_same)
    return;
  bma_upstream_stop (self, "[resource] command changed");
  g_strfreev (self->words);
  self->words = config->command != NULL ? bma_command_parse (config->command) : NULL;
  g_clear_pointer (&self->trouble, g_free);
  bma_backoff_succeed (&self->backoff);
}

/**
 * bma_upstream_has_command:
 * @self: a supervisor
 *
 * Returns: whether the MCP server is ours to start
 */
gboolean
bma_upstream_has_command (BmaUpstream *self)
{
  return self->words != NULL;
}

/**
 * bma_upstream_is_stdio:
 * @self: a supervisor
 *
 * Returns: whether the MCP server speaks over standard input and output
 */
gboolean
bma_upstream_is_stdio (BmaUpstream *self)
{
  const char *const *words = (const char *const *) self->words;

  if (words == NULL || g_str_equal (self->config->command_transport, BMA_TRANSPORT_HTTP))
    return FALSE;
  return g_str_equal (self->config->command_transport, BMA_TRANSPORT_STDIO) ||
         (!bma_command_has (words, BMA_COMMAND_PORT) &&
          !bma_command_has (words, BMA_COMMAND_SOCKET));
}

/**
 * bma_upstream_is_busy:
 * @self: a supervisor
 *
 * Returns: whether a server that we started lives, so that the service may not go
 */
gboolean
bma_upstream_is_busy (BmaUpstream *self)
{
  return self->sessions->len > 0 || bma_served_is_alive (self->served);
}

static gboolean
has_answered (BmaUpstream *self)
{
  for (unsigned int i = 0; i < self->sessions->len; i++)
    if (bma_stdio_session_has_answered (g_ptr_array_index (self->sessions, i)))
      return TRUE;
  return FALSE;
}

/**
 * bma_upstream_get_state:
 * @self: a supervisor
 *
 * Returns: (transfer none): none (there is no command), stopped, starting, running or
 *   failed
 */
const char *
bma_upstream_get_state (BmaUpstream *self)
{
  if (!bma_upstream_has_command (self))
    return "none";
  if (has_answered (self) || bma_served_is_ready (self->served))
    return "running";
  if (bma_upstream_is_busy (self))
    return "starting";
  return self->backoff.n_failures > 0 ? "failed" : "stopped";
}

/**
 * bma_upstream_get_trouble:
 * @self: a supervisor
 *
 * Returns: (transfer none) (nullable): why the last start came to nothing, for people
 */
const char *
bma_upstream_get_trouble (BmaUpstream *self)
{
  return self->trouble;
}

/**
 * bma_upstream_get_wait_s:
 * @self: a supervisor
 *
 * Returns: seconds until a server is started again; 0 for now
 */
int64_t
bma_upstream_get_wait_s (BmaUpstream *self)
{
  return bma_backoff_get_wait_s (&self->backoff, bma_clock_now_us (self->clock));
}

/**
 * bma_upstream_fail:
 * @self: a supervisor
 * @trouble: for people
 *
 * Notes that a start came to nothing: the next one waits.
 */
void
bma_upstream_fail (BmaUpstream *self, const char *trouble)
{
  bma_backoff_fail (&self->backoff, bma_clock_now_us (self->clock));
  g_free (self->trouble);
  self->trouble = g_strdup (trouble);
  bma_log_warning ("upstream", "The MCP server did not start: %s; next try in %u s",
                   trouble, (unsigned int) bma_upstream_get_wait_s (self));
}

/**
 * bma_upstream_stop:
 * @self: a supervisor
 * @reason: for people
 *
 * Ends what was started.
 */
void
bma_upstream_stop (BmaUpstream *self, const char *reason)
{
  bma_upstream_end_sessions (self, reason);
  bma_served_stop (self->served, reason);
}

/**
 * bma_upstream_stop_starting:
 * @self: a supervisor
 * @reason: for people
 *
 * Ends a server that is not there yet, and tells who waits for it.
 */
void
bma_upstream_stop_starting (BmaUpstream *self, const char *reason)
{
  if (!bma_served_is_ready (self->served))
    bma_served_stop (self->served, reason);
}

/**
 * bma_upstream_check:
 * @self: a supervisor
 *
 * Ends what nobody has used for a while. Called every second while something lives.
 */
void
bma_upstream_check (BmaUpstream *self)
{
  bma_upstream_check_sessions (self, bma_clock_now_us (self->clock));
  bma_served_check (self->served,
                    (int64_t) self->config->command_idle_stop_s * G_USEC_PER_SEC);
}

static gboolean
on_check (gpointer data)
{
  BmaUpstream *self = data;

  bma_upstream_check (self);
  if (bma_upstream_is_busy (self))
    return G_SOURCE_CONTINUE;
  self->check_id = 0;
  return G_SOURCE_REMOVE;
}

/**
 * bma_upstream_keep_checking:
 * @self: a supervisor
 *
 * Something lives now.
 */
void
bma_upstream_keep_checking (BmaUpstream *self)
{
  if (self->check_id == 0)
    self->check_id = g_timeout_add_seconds (CHECK_S, on_check, self);
}
