/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A body of /mcp: whatever is read from it, json-glib reads the same, and an error about
 * it is JSON. */

#include <json-glib/json-glib.h>
#include <stdint.h>
#include <string.h>

#include "bma-json.h"
#include "bma-mcp-message.h"

#define MAX_BYTES 65536

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes);

static void
check_message (const BmaMcpMessage *message, JsonNode *node)
{
  JsonObject *object = json_node_get_object (node);
  JsonNode *params = json_object_get_member (object, "params");
  const char *names[] = { "name", "uri", "taskId" };
  gboolean is_found = message->name == NULL;

  g_assert_cmpstr (message->method, ==, bma_json_get_string (object, "method"));
  for (size_t i = 0; !is_found && i < G_N_ELEMENTS (names); i++)
    is_found =
        g_strcmp0 (message->name,
                   bma_json_get_string (json_node_get_object (params), names[i])) == 0;
  g_assert_true (is_found);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes)
{
  const BmaJsonLimits limits = BMA_JSON_LIMITS_DEFAULT;
  BmaMcpProblem problem = { 0, NULL };
  g_autoptr (GPtrArray) messages =
      bma_mcp_message_parse ((const char *) data, n_bytes, MAX_BYTES, &problem);
  g_autofree char *error = NULL;
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;

  g_assert_true ((messages == NULL) == (problem.code != 0));
  if (messages == NULL)
    {
      error = bma_mcp_message_make_error (NULL, problem);
      object = bma_json_parse_object (error, strlen (error), &limits, NULL);
      g_assert_nonnull (object);
      return 0;
    }
  text = g_strndup ((const char *) data, n_bytes);
  root = json_from_string (text, NULL);
  g_assert_nonnull (root);
  for (unsigned int i = 0; i < messages->len; i++)
    check_message (g_ptr_array_index (messages, i),
                   JSON_NODE_HOLDS_ARRAY (root)
                       ? json_array_get_element (json_node_get_array (root), i)
                       : root);
  problem = bma_mcp_message_check_headers (messages, text, text, text);
  if (problem.code != 0)
    {
      error = bma_mcp_message_make_error (messages, problem);
      object = bma_json_parse_object (error, strlen (error), &limits, NULL);
      g_assert_nonnull (object);
    }
  return 0;
}
