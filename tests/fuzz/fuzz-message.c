/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A JSON-RPC message: what is passed on is one line, and means the same to json-glib. */

#include <json-glib/json-glib.h>
#include <stdint.h>
#include <string.h>

#include "bma-message.h"
#include "bma-param-headers.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes);

/* Whatever the tools of a server are, a header stays one line. */
static void
check_headers (const BmaMessage *message)
{
  g_autoptr (BmaParamHeaders) known = bma_param_headers_new ();
  g_autofree char *fields = NULL;
  char *at = NULL;

  bma_param_headers_learn (known, message);
  fields = bma_param_headers_make (known, message);
  for (at = fields; at != NULL && *at != '\0'; at = strstr (at, "\r\n") + 2)
    g_assert (g_str_has_prefix (at, "Mcp-Param-") && strstr (at, "\r\n") != NULL);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes)
{
  const char *problem = NULL;
  int code = 0;
  g_autoptr (BmaMessage)
      message = bma_message_parse ((const char *) data, n_bytes, &code, &problem);
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (JsonNode) error = NULL;
  g_autofree char *text = NULL;
  JsonObject *object = NULL;

  if (message == NULL)
    {
      g_assert (problem != NULL && code != 0);
      return 0;
    }
  g_assert (strlen (message->text) == message->length);
  g_assert (strpbrk (message->text, "\r\n") == NULL);
  root = json_from_string (message->text, NULL);
  g_assert (root != NULL && JSON_NODE_HOLDS_OBJECT (root));
  object = json_node_get_object (root);
  if (message->method != NULL)
    g_assert (g_strcmp0 (message->method,
                         json_object_get_string_member (object, "method")) == 0);
  g_assert ((message->id != NULL) == json_object_has_member (object, "id"));
  text = bma_message_make_error (message->id, 1, message->text);
  error = json_from_string (text, NULL);
  g_assert (error != NULL);
  bma_message_may_repeat (message);
  check_headers (message);
  return 0;
}
