/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-broker-upstream.h"

#include "bma-broker-private.h"
#include "bma-command.h"

/**
 * bma_broker_set_upstream:
 * @self: a broker
 * @upstream: who starts the MCP server if a command does
 *
 * Says who watches over the MCP server. It gets the settings of the broker.
 */
void
bma_broker_set_upstream (BmaBroker *self, BmaUpstream *upstream)
{
  g_return_if_fail (BMA_IS_BROKER (self));

  g_set_object (&self->upstream, upstream);
}

/**
 * bma_broker_get_upstream:
 * @self: a broker
 *
 * Returns: (transfer none) (nullable): who watches over the MCP server
 */
BmaUpstream *
bma_broker_get_upstream (BmaBroker *self)
{
  return self->upstream;
}

/**
 * bma_broker_runs_upstream:
 * @self: a broker
 *
 * Returns: whether the MCP server is ours to start
 */
gboolean
bma_broker_runs_upstream (BmaBroker *self)
{
  return self->upstream != NULL && bma_upstream_has_command (self->upstream);
}

/**
 * bma_broker_describe_upstream:
 * @self: a broker
 *
 * Arguments of a command are its own business: they may be secrets.
 *
 * Returns: (transfer full): where the MCP server is, or which program it is
 */
char *
bma_broker_describe_upstream (BmaBroker *self)
{
  g_auto (GStrv) words = NULL;

  if (!bma_broker_runs_upstream (self))
    return g_strdup (self->config->upstream);
  words = bma_command_parse (self->config->command);
  return g_path_get_basename (words[0]);
}

/**
 * bma_broker_judge_upstream:
 * @self: a broker that runs the MCP server
 * @what: (out) (transfer full): what there is to say
 * @advice: (out): what to do; a static text
 *
 * Returns: (transfer none): ok or error
 */
const char *
bma_broker_judge_upstream (BmaBroker *self, char **what, const char **advice)
{
  g_autofree char *name = bma_broker_describe_upstream (self);
  g_auto (GStrv) words = bma_command_parse (self->config->command);
  g_autofree char *program = g_find_program_in_path (words[0]);
  const char *state = bma_upstream_get_state (self->upstream);

  *advice = "";
  if (program == NULL)
    {
      *what =
          g_strdup_printf ("The MCP server cannot be started: there is no program %s.",
                           words[0]);
      *advice = "Install it, or write its whole path into [resource] command.";
      return "error";
    }
  if (g_str_equal (state, "failed"))
    {
      *what = g_strdup_printf ("The MCP server %s does not start: %s", name,
                               bma_upstream_get_trouble (self->upstream));
      *advice = "Run the command of [resource] command by hand to see more, and correct "
                "it; what the server says is in the journal.";
      return "error";
    }
  if (g_str_equal (state, "stopped"))
    *what = g_strdup_printf ("The MCP server %s is started when it is needed.", name);
  else
    *what = g_strdup_printf ("The MCP server %s is %s.", name, state);
  return "ok";
}
