/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-rpc.h"

#include <string.h>

#include "bma-json-scan.h"

#define MAX_DEPTH           64
#define MAX_MEMBERS         262144
#define MAX_MESSAGES        256
#define MAX_ID_BYTES        256
#define MAX_DIGITS          15
#define SUBSCRIPTION_MEMBER "io.modelcontextprotocol/subscriptionId"

/**
 * bma_rpc_free:
 * @self: (transfer full) (nullable): a message
 */
void
bma_rpc_free (BmaRpc *self)
{
  if (self == NULL)
    return;
  g_free (self->text);
  g_free (self->method);
  g_free (self->version);
  g_free (self);
}

/* MCP allows strings and numbers. */
static gboolean
is_id (const BmaJsonPeek *value)
{
  char kind = bma_json_peek_get_kind (value);

  return value->length <= MAX_ID_BYTES &&
         (kind == '"' || kind == '-' || g_ascii_isdigit (kind));
}

static BmaJsonPeek
find_id (const BmaJsonPeek *object, const char *wanted)
{
  BmaJsonPeek value = bma_json_peek_member (object, wanted);

  return is_id (&value) ? value : (BmaJsonPeek){ NULL, 0 };
}

static void
read_params (BmaRpc *self, const BmaJsonPeek *params)
{
  BmaJsonPeek meta = bma_json_peek_member (params, "_meta");

  self->subscription = find_id (&meta, SUBSCRIPTION_MEMBER);
  if (self->kind == BMA_RPC_REQUEST)
    self->progress = find_id (&meta, "progressToken");
  else if (g_str_equal (self->method, "notifications/progress"))
    self->progress = find_id (params, "progressToken");
  else if (g_str_equal (self->method, "notifications/cancelled"))
    self->cancelled = find_id (params, "requestId");
}

static const char *
read_response (BmaRpc *self, const BmaJsonPeek *root)
{
  BmaJsonPeek result = bma_json_peek_member (root, "result");
  BmaJsonPeek error = bma_json_peek_member (root, "error");
  BmaJsonPeek value = { NULL, 0 };

  if ((result.length > 0) == (error.length > 0))
    return "a message is neither request nor response";
  self->kind = BMA_RPC_RESPONSE;
  value = bma_json_peek_member (&result, "protocolVersion");
  self->version = bma_json_peek_dup_string (&value);
  value = bma_json_peek_member (&error, "code");
  if (error.length > 0 && !bma_rpc_read_number (&value, &self->error_code))
    self->error_code = -1;
  return NULL;
}

static const char *
read_message (BmaRpc *self, const BmaJsonPeek *root)
{
  BmaJsonPeek method = bma_json_peek_member (root, "method");
  BmaJsonPeek params = bma_json_peek_member (root, "params");
  BmaJsonPeek id = bma_json_peek_member (root, "id");

  if (bma_json_peek_get_kind (root) != '{')
    return "a message is not an object";
  if (id.length > 0 && bma_json_peek_get_kind (&id) != 'n' && !is_id (&id))
    return "an id is neither a number nor a string, or it is too long";
  self->id = is_id (&id) ? id : (BmaJsonPeek){ NULL, 0 };
  if (method.length == 0)
    return read_response (self, root);
  self->method = bma_json_peek_dup_string (&method);
  if (self->method == NULL)
    return "the method is not a string";
  self->kind = self->id.length > 0 ? BMA_RPC_REQUEST : BMA_RPC_NOTIFICATION;
  read_params (self, &params);
  return NULL;
}

static const char *
take_message (GPtrArray *messages, const BmaJsonPeek *value)
{
  BmaRpc *self = g_new0 (BmaRpc, 1);
  BmaJsonPeek root = { NULL, value->length };

  g_ptr_array_add (messages, self);
  if (messages->len > MAX_MESSAGES)
    return "the batch has over 256 messages";
  self->text = g_strndup (value->at, value->length);
  /* In strings they are escaped; elsewhere they are space. */
  g_strdelimit (self->text, "\r\n", ' ');
  root.at = self->text;
  return read_message (self, &root);
}

/**
 * bma_rpc_parse:
 * @text: what a client or a server sent
 * @length: its length in bytes
 * @max_bytes: how long it may be
 * @problem: (out): why not, if not; a static text
 *
 * Reads a JSON-RPC message, or a batch (MCP 2025-03-26).
 *
 * Returns: (transfer full) (nullable) (element-type BmaRpc): the messages, at least one
 */
GPtrArray *
bma_rpc_parse (const char *text, size_t length, size_t max_bytes, const char **problem)
{
  const BmaJsonLimits limits = { max_bytes, MAX_DEPTH, MAX_MEMBERS };
  g_autoptr (GPtrArray)
      messages = g_ptr_array_new_with_free_func ((GDestroyNotify) bma_rpc_free);
  BmaJsonPeek root = { NULL, 0 };
  BmaJsonPeek value = { NULL, 0 };

  if (!bma_json_scan (text, length, &limits, problem))
    return NULL;
  *problem = NULL;
  root = bma_json_peek_root (text, length);
  if (bma_json_peek_get_kind (&root) != '[')
    *problem = take_message (messages, &root);
  else
    while (*problem == NULL && bma_json_peek_next (&root, NULL, &value))
      *problem = take_message (messages, &value);
  if (*problem == NULL && messages->len == 0)
    *problem = "the batch is empty";
  return *problem == NULL ? g_steal_pointer (&messages) : NULL;
}

/**
 * bma_rpc_rewrite:
 * @self: a message
 * @edits: (array length=n_edits): values of it, none in another, in any order
 * @n_edits: how many
 *
 * Returns: (transfer full): its text with other values
 */
char *
bma_rpc_rewrite (const BmaRpc *self, const BmaRpcEdit *edits, size_t n_edits)
{
  GString *text = g_string_new (NULL);
  const char *at = self->text;

  for (;;)
    {
      const BmaRpcEdit *next = NULL;

      for (size_t i = 0; i < n_edits; i++)
        if (edits[i].at.length > 0 && edits[i].at.at >= at &&
            (next == NULL || edits[i].at.at < next->at.at))
          next = &edits[i];
      if (next == NULL)
        break;
      g_string_append_len (text, at, next->at.at - at);
      g_string_append (text, next->with);
      at = next->at.at + next->at.length;
    }
  g_string_append (text, at);
  return g_string_free (text, FALSE);
}

/**
 * bma_rpc_read_number:
 * @value: a value
 * @number: (out): what it is
 *
 * Returns: whether it is a whole number of up to 15 digits
 */
gboolean
bma_rpc_read_number (const BmaJsonPeek *value, int64_t *number)
{
  size_t sign = bma_json_peek_get_kind (value) == '-' ? 1 : 0;
  char digits[MAX_DIGITS + 2] = { 0 };

  if (value->length <= sign || value->length > sign + MAX_DIGITS)
    return FALSE;
  for (size_t i = sign; i < value->length; i++)
    if (!g_ascii_isdigit (value->at[i]))
      return FALSE;
  memcpy (digits, value->at, value->length);
  *number = g_ascii_strtoll (digits, NULL, 10);
  return TRUE;
}

/**
 * bma_rpc_is_same:
 * @value: a value
 * @text: JSON
 *
 * Returns: whether it is spelled like that
 */
gboolean
bma_rpc_is_same (const BmaJsonPeek *value, const char *text)
{
  return strlen (text) == value->length && memcmp (value->at, text, value->length) == 0;
}
