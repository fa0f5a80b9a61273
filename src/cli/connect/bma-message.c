/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-message.h"

#include <string.h>

#include "bma-json-scan.h"

#define MAX_DEPTH    64
#define MAX_MEMBERS  (256 * 1024)
#define MAX_ID_BYTES 1024
#define META_VERSION "io.modelcontextprotocol/protocolVersion"

static const BmaJsonLimits limits = { BMA_MESSAGE_MAX_BYTES, MAX_DEPTH, MAX_MEMBERS };

/* What Mcp-Name mirrors (MCP 2026-07-28, standard request headers). */
static const struct
{
  const char *method;
  const char *member;
} names[] = {
  { "tools/call", "name" },  { "prompts/get", "name" },    { "resources/read", "uri" },
  { "tasks/get", "taskId" }, { "tasks/update", "taskId" }, { "tasks/cancel", "taskId" },
};

/* Requests that change nothing, or nothing that doing it twice would spoil. */
static const char *const repeatable[] = {
  "initialize",
  "ping",
  "server/discover",
  "tools/list",
  "prompts/list",
  "prompts/get",
  "resources/list",
  "resources/read",
  "resources/subscribe",
  "tasks/get",
  "resources/unsubscribe",
  "logging/setLevel",
  "completion/complete",
  "tasks/list",
  "tasks/result",
  "resources/templates/list",
  "subscriptions/listen",
};

/**
 * bma_message_free:
 * @self: a message
 *
 * Frees it.
 */
void
bma_message_free (BmaMessage *self)
{
  g_free (self->text);
  g_free (self->id);
  g_free (self->key);
  g_free (self->method);
  g_free (self->name);
  g_free (self->version);
  g_free (self->cancels);
  g_free (self);
}

/**
 * bma_message_find:
 * @self: a message
 * @path: (array zero-terminated=1): names of members, from the outside to the inside
 *
 * Returns: the value there; one of no length if there is none
 */
BmaJsonPeek
bma_message_find (const BmaMessage *self, const char *const *path)
{
  BmaJsonPeek value = bma_json_peek_root (self->text, self->length);

  for (; *path != NULL && value.length > 0; path++)
    value = bma_json_peek_member (&value, *path);
  return value;
}

static char *
dup_string_at (const BmaMessage *self, const char *const *path)
{
  BmaJsonPeek value = bma_message_find (self, path);

  return bma_json_peek_dup_string (&value);
}

/* A server may write an id in another way than it was written to it. */
static char *
make_key (const BmaJsonPeek *value)
{
  g_autofree char *text = bma_json_peek_dup_string (value);
  g_autofree char *raw = g_strndup (value->at, value->length);

  if (text != NULL)
    return g_strconcat ("\"", text, NULL);
  if (strpbrk (raw, ".eE") != NULL)
    {
      char number[G_ASCII_DTOSTR_BUF_SIZE];

      return g_strdup (
          g_ascii_dtostr (number, sizeof number, g_ascii_strtod (raw, NULL)));
    }
  return g_steal_pointer (&raw);
}

static gboolean
is_id (const BmaJsonPeek *value)
{
  char kind = bma_json_peek_get_kind (value);

  return value->length <= MAX_ID_BYTES &&
         (kind == '"' || kind == '-' || kind == 'n' || g_ascii_isdigit (kind));
}

/* What the members decide; %NULL when that is a message. */
static const char *
find_kind (BmaMessage *self)
{
  BmaJsonPeek id = bma_message_find (self, (const char *[]){ "id", NULL });
  BmaJsonPeek method = bma_message_find (self, (const char *[]){ "method", NULL });
  BmaJsonPeek result = bma_message_find (self, (const char *[]){ "result", NULL });
  BmaJsonPeek error = bma_message_find (self, (const char *[]){ "error", NULL });
  g_autofree char *rpc = dup_string_at (self, (const char *[]){ "jsonrpc", NULL });

  if (g_strcmp0 (rpc, "2.0") != 0)
    return "The member “jsonrpc” is not “2.0”";
  if (id.length > 0 && !is_id (&id))
    return "The member “id” is neither a number nor a short text";
  if (id.length > 0)
    {
      self->id = g_strndup (id.at, id.length);
      self->key = make_key (&id);
    }
  self->method = bma_json_peek_dup_string (&method);
  if (method.length > 0 && self->method == NULL)
    return "The member “method” is not a text";
  if (self->method == NULL && result.length == 0 && error.length == 0)
    return "It has neither a method nor a result";
  if (self->method == NULL && id.length == 0)
    return "The response has no id";
  if (self->method != NULL && g_strcmp0 (self->id, "null") == 0)
    return "The id of a request must not be null";
  if (self->method == NULL)
    self->kind = BMA_MESSAGE_RESPONSE;
  else
    self->kind = self->id != NULL ? BMA_MESSAGE_REQUEST : BMA_MESSAGE_NOTIFICATION;
  return NULL;
}

static void
find_details (BmaMessage *self)
{
  BmaJsonPeek cancelled =
      bma_message_find (self, (const char *[]){ "params", "requestId", NULL });

  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    if (bma_message_is (self, names[i].method))
      self->name =
          dup_string_at (self, (const char *[]){ "params", names[i].member, NULL });
  self->version =
      dup_string_at (self, (const char *[]){ "params", "_meta", META_VERSION, NULL });
  if (bma_message_is (self, "notifications/cancelled") && cancelled.length > 0 &&
      is_id (&cancelled))
    self->cancels = make_key (&cancelled);
}

/* Outside of strings they are white space, and inside there are none. */
static void
make_one_line (char *text)
{
  for (; *text != '\0'; text++)
    if (*text == '\n' || *text == '\r')
      *text = ' ';
}

/**
 * bma_message_parse:
 * @text: what a client or a server sent
 * @length: its length in bytes
 * @code: (out): what JSON-RPC calls the problem
 * @problem: (out) (transfer none): a static text
 *
 * Looks at a JSON-RPC message. A batch is none: only MCP 2025-03-26 had them, and no
 * client sends them.
 *
 * Returns: (transfer full) (nullable): the message; %NULL when it is none
 */
BmaMessage *
bma_message_parse (const char *text, size_t length, int *code, const char **problem)
{
  g_autoptr (BmaMessage) self = NULL;
  BmaJsonPeek root;

  *code = BMA_MESSAGE_PARSE_ERROR;
  if (!bma_json_scan (text, length, &limits, problem))
    return NULL;
  self = g_new0 (BmaMessage, 1);
  self->text = g_strndup (text, length);
  self->length = length;
  make_one_line (self->text);
  *code = BMA_MESSAGE_INVALID_REQUEST;
  root = bma_json_peek_root (self->text, length);
  if (bma_json_peek_get_kind (&root) == '[')
    *problem = "Batches are not supported: send one message a line";
  else if (bma_json_peek_get_kind (&root) != '{')
    *problem = "It is not a JSON-RPC message";
  else
    *problem = find_kind (self);
  if (*problem != NULL)
    return NULL;
  find_details (self);
  return g_steal_pointer (&self);
}

/**
 * bma_message_is:
 * @self: (nullable): a message
 * @method: a method
 *
 * Returns: whether it is a request or notification of that method
 */
gboolean
bma_message_is (const BmaMessage *self, const char *method)
{
  return self != NULL && g_strcmp0 (self->method, method) == 0;
}

/**
 * bma_message_may_repeat:
 * @self: (nullable): a message
 *
 * Returns: whether it can be sent again although it may have been carried out
 */
gboolean
bma_message_may_repeat (const BmaMessage *self)
{
  if (self == NULL || self->kind != BMA_MESSAGE_REQUEST)
    return TRUE;
  for (size_t i = 0; i < G_N_ELEMENTS (repeatable); i++)
    if (g_str_equal (self->method, repeatable[i]))
      return TRUE;
  return FALSE;
}

static void
append_string (GString *out, const char *text)
{
  g_string_append_c (out, '"');
  for (; *text != '\0'; text++)
    {
      unsigned char c = (unsigned char) *text;

      if (c == '"' || c == '\\')
        g_string_append_printf (out, "\\%c", c);
      else if (c < 0x20)
        g_string_append_printf (out, "\\u%04x", c);
      else
        g_string_append_c (out, *text);
    }
  g_string_append_c (out, '"');
}

/**
 * bma_message_make_error:
 * @id: (nullable): id of the request as JSON
 * @code: what JSON-RPC calls the problem
 * @message: what a person can do with
 *
 * Returns: (transfer full): a response
 */
char *
bma_message_make_error (const char *id, int code, const char *message)
{
  g_autofree char *valid = g_utf8_make_valid (message, -1);
  GString *out = g_string_new ("{\"jsonrpc\":\"2.0\",\"id\":");

  g_string_append (out, id != NULL ? id : "null");
  g_string_append_printf (out, ",\"error\":{\"code\":%d,\"message\":", code);
  append_string (out, valid);
  g_string_append (out, "}}");
  return g_string_free (out, FALSE);
}
