/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-mcp-message.h"

#include <string.h>

#include "bma-json-peek.h"
#include "bma-json-scan.h"

#define MAX_DEPTH      64
#define MAX_MEMBERS    65536
#define MAX_MESSAGES   256
#define MAX_ID_BYTES   256
#define WRAP_START     "=?base64?"
#define WRAP_END       "?="
#define VERSION_MEMBER "io.modelcontextprotocol/protocolVersion"

/* Which parameter says what a method is about, and whether Mcp-Name repeats it (MCP
 * 2026-07-28, standard request headers). Of any other method it is `name`. */
static const struct
{
  const char *method;
  const char *member;
  gboolean has_header;
} sources[] = {
  { "tools/call", "name", TRUE },
  { "prompts/get", "name", TRUE },
  { "resources/read", "uri", TRUE },
  { "resources/subscribe", "uri", FALSE },
  { "resources/unsubscribe", "uri", FALSE },
  { "tasks/get", "taskId", TRUE },
  { "tasks/update", "taskId", TRUE },
  { "tasks/cancel", "taskId", TRUE },
};

/**
 * bma_mcp_message_free:
 * @self: (transfer full) (nullable): a message
 */
void
bma_mcp_message_free (BmaMcpMessage *self)
{
  if (self == NULL)
    return;
  g_free (self->method);
  g_free (self->name);
  g_free (self->version);
  g_free (self->id);
  g_free (self);
}

/* Some servers take `Method` for `method`; then we would not judge what they do. */
static gboolean
is_lookalike (const char *name, const char *wanted)
{
  g_autofree char *folded = NULL;

  if (strcmp (name, wanted) == 0 || strlen (name) > 4 * strlen (wanted))
    return FALSE;
  folded = g_utf8_casefold (name, -1);
  return g_ascii_strcasecmp (folded, wanted) == 0;
}

/* The member, or a zeroed value. FALSE: a lookalike is there. */
static gboolean
find_member (const BmaJsonPeek *object, const char *wanted, BmaJsonPeek *found)
{
  BmaJsonPeek name = { NULL, 0 };
  BmaJsonPeek value = { NULL, 0 };

  *found = (BmaJsonPeek){ NULL, 0 };
  while (bma_json_peek_get_kind (object) == '{' &&
         bma_json_peek_next (object, &name, &value))
    {
      g_autofree char *text = bma_json_peek_dup_string (&name);

      if (strcmp (text, wanted) == 0)
        *found = value;
      else if (is_lookalike (text, wanted))
        return FALSE;
    }
  return TRUE;
}

static const char *
read_name (BmaMcpMessage *self, const BmaJsonPeek *params)
{
  const char *member = "name";
  gboolean is_known = FALSE;
  BmaJsonPeek value = { NULL, 0 };

  for (size_t i = 0; i < G_N_ELEMENTS (sources); i++)
    if (strcmp (sources[i].method, self->method) == 0)
      {
        is_known = TRUE;
        member = sources[i].member;
        self->has_name_header = sources[i].has_header;
      }
  if (!find_member (params, member, &value))
    return "a member of params is spelled in another case";
  self->name = bma_json_peek_dup_string (&value);
  if (is_known && self->name == NULL && bma_json_peek_get_kind (&value) != '\0')
    return "what the request is about is not named by a string";
  return NULL;
}

static void
read_version (BmaMcpMessage *self, const BmaJsonPeek *params)
{
  BmaJsonPeek meta = { NULL, 0 };
  BmaJsonPeek value = { NULL, 0 };

  if (find_member (params, "_meta", &meta) && find_member (&meta, VERSION_MEMBER, &value))
    self->version = bma_json_peek_dup_string (&value);
}

/* NULL when all is well. */
static const char *
read_message (BmaMcpMessage *self, const BmaJsonPeek *object)
{
  BmaJsonPeek method = { NULL, 0 };
  BmaJsonPeek params = { NULL, 0 };
  BmaJsonPeek id = { NULL, 0 };

  if (bma_json_peek_get_kind (object) != '{')
    return "a message is not an object";
  if (!find_member (object, "method", &method) ||
      !find_member (object, "params", &params))
    return "a member is spelled in another case";
  if (find_member (object, "id", &id) && id.length > 0 && id.length <= MAX_ID_BYTES &&
      *id.at != '{' && *id.at != '[')
    self->id = g_strndup (id.at, id.length);
  if (bma_json_peek_get_kind (&method) == '\0')
    return NULL;
  self->method = bma_json_peek_dup_string (&method);
  if (self->method == NULL)
    return "the method is not a string";
  /* MCP knows parameters by name only; a server that takes them by place as well would
   * see a name where none is read here. */
  if (strchr ("{n", bma_json_peek_get_kind (&params)) == NULL)
    return "params is not an object";
  read_version (self, &params);
  return read_name (self, &params);
}

static const char *
read_batch (GPtrArray *messages, const BmaJsonPeek *root)
{
  BmaJsonPeek element = { NULL, 0 };
  const char *problem = NULL;

  while (problem == NULL && bma_json_peek_next (root, NULL, &element))
    {
      BmaMcpMessage *message = g_new0 (BmaMcpMessage, 1);

      g_ptr_array_add (messages, message);
      problem = messages->len > MAX_MESSAGES ? "the batch has over 256 messages"
                                             : read_message (message, &element);
    }
  return problem == NULL && messages->len == 0 ? "the batch is empty" : problem;
}

/**
 * bma_mcp_message_parse:
 * @body: a request body
 * @length: its length in bytes
 * @max_bytes: how long it may be
 * @problem: (out): why not, if not
 *
 * Reads what decides about a JSON-RPC message, or about each of a batch. What a server
 * might read in another way is refused: repeated members, and members that differ only in
 * case from those read here.
 *
 * Returns: (transfer full) (nullable) (element-type BmaMcpMessage): the messages
 */
GPtrArray *
bma_mcp_message_parse (const char *body,
                       size_t length,
                       size_t max_bytes,
                       BmaMcpProblem *problem)
{
  const BmaJsonLimits limits = { max_bytes, MAX_DEPTH, MAX_MEMBERS };
  g_autoptr (GPtrArray)
      messages = g_ptr_array_new_with_free_func ((GDestroyNotify) bma_mcp_message_free);
  BmaJsonPeek root = { NULL, 0 };
  const char *text = NULL;

  if (!bma_json_scan (body, length, &limits, &text))
    {
      *problem = (BmaMcpProblem){ BMA_MCP_PARSE_ERROR, text };
      return NULL;
    }
  root = bma_json_peek_root (body, length);
  if (bma_json_peek_get_kind (&root) == '[')
    text = read_batch (messages, &root);
  else
    {
      g_ptr_array_add (messages, g_new0 (BmaMcpMessage, 1));
      text = read_message (g_ptr_array_index (messages, 0), &root);
    }
  *problem = (BmaMcpProblem){ text != NULL ? BMA_MCP_INVALID_REQUEST : 0, text };
  return text == NULL ? g_steal_pointer (&messages) : NULL;
}

/* A header as text: without the Base64 wrapping for what headers cannot hold. NULL: that
 * wrapping is damaged. */
static char *
decode_header (const char *header)
{
  g_autofree char *value = g_strstrip (g_strdup (header));
  g_autofree char *inner = NULL;
  g_autofree guchar *bytes = NULL;
  g_autofree char *again = NULL;
  size_t length = 0;

  if (!g_str_has_prefix (value, WRAP_START) || !g_str_has_suffix (value, WRAP_END) ||
      strlen (value) < strlen (WRAP_START WRAP_END))
    return g_steal_pointer (&value);
  inner = g_strndup (value + strlen (WRAP_START),
                     strlen (value) - strlen (WRAP_START) - strlen (WRAP_END));
  if (*inner == '\0')
    return g_strdup ("");
  bytes = g_base64_decode (inner, &length);
  again = g_base64_encode (bytes, length);
  if (strcmp (inner, again) != 0 || memchr (bytes, '\0', length) != NULL ||
      !g_utf8_validate ((const char *) bytes, (gssize) length, NULL))
    return NULL;
  return g_strndup ((const char *) bytes, length);
}

static gboolean
agrees (const char *header, const char *body)
{
  g_autofree char *text = g_strstrip (g_strdup (header));

  return g_strcmp0 (text, body) == 0;
}

static const char *
find_mismatch (const BmaMcpMessage *message,
               const char *method,
               const char *name,
               const char *version)
{
  g_autofree char *decoded = NULL;

  if (method != NULL && !agrees (method, message->method))
    return "Mcp-Method does not match the method of the body";
  if (version != NULL && message->version != NULL && !agrees (version, message->version))
    return "MCP-Protocol-Version does not match the version of the body";
  if (name == NULL || !message->has_name_header)
    return NULL;
  decoded = decode_header (name);
  if (decoded == NULL)
    return "Mcp-Name is not valid Base64 of UTF-8 text";
  return g_strcmp0 (decoded, message->name) == 0 ? NULL
                                                 : "Mcp-Name does not match the body";
}

/**
 * bma_mcp_message_check_headers:
 * @messages: (element-type BmaMcpMessage): the messages of a body
 * @method: (nullable): value of Mcp-Method
 * @name: (nullable): value of Mcp-Name
 * @version: (nullable): value of MCP-Protocol-Version
 *
 * Whoever judges by the body must make sure that whoever judges by the headers comes to
 * the same verdict (MCP 2026-07-28, Streamable HTTP, server validation). Which headers
 * have to be there depends on the revision and is for the server to say.
 *
 * Returns: the problem, or none
 */
BmaMcpProblem
bma_mcp_message_check_headers (const GPtrArray *messages,
                               const char *method,
                               const char *name,
                               const char *version)
{
  for (unsigned int i = 0; i < messages->len; i++)
    {
      const char *text =
          find_mismatch (g_ptr_array_index (messages, i), method, name, version);

      if (text != NULL)
        return (BmaMcpProblem){ BMA_MCP_HEADER_MISMATCH, text };
    }
  return (BmaMcpProblem){ 0, NULL };
}

/**
 * bma_mcp_message_make_error:
 * @messages: (nullable) (element-type BmaMcpMessage): what is refused
 * @problem: why
 *
 * Returns: (transfer full): a JSON-RPC error response; it names the request if there is
 *   only one
 */
char *
bma_mcp_message_make_error (const GPtrArray *messages, BmaMcpProblem problem)
{
  const BmaMcpMessage *only =
      messages != NULL && messages->len == 1 ? g_ptr_array_index (messages, 0) : NULL;

  g_autofree char *text = g_strescape (problem.message, NULL);

  return g_strdup_printf ("{\"jsonrpc\":\"2.0\",\"id\":%s,\"error\":{\"code\":%d,"
                          "\"message\":\"%s\"}}",
                          only != NULL && only->id != NULL ? only->id : "null",
                          problem.code, text);
}
