/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-param-headers.h"

#include <string.h>

#include "bma-field.h"

#define MAX_TOOLS        1000
#define MAX_DECLARATIONS 32
#define MAX_DEPTH        8
#define ANNOTATION       "x-mcp-header"

typedef struct
{
  char *header; /* owned: after Mcp-Param- */
  char **path;  /* owned: of the argument */
} Declaration;

struct _BmaParamHeaders
{
  GHashTable *tools; /* owned: name -> GPtrArray of Declaration */
};

static void
declaration_free (Declaration *self)
{
  g_free (self->header);
  g_strfreev (self->path);
  g_free (self);
}

/**
 * bma_param_headers_new:
 *
 * Returns: (transfer full): nothing is known yet
 */
BmaParamHeaders *
bma_param_headers_new (void)
{
  BmaParamHeaders *self = g_new0 (BmaParamHeaders, 1);

  self->tools = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                       (GDestroyNotify) g_ptr_array_unref);
  return self;
}

/**
 * bma_param_headers_free:
 * @self: what is known
 *
 * Frees it.
 */
void
bma_param_headers_free (BmaParamHeaders *self)
{
  g_hash_table_unref (self->tools);
  g_free (self);
}

static char *
dup_member (const BmaJsonPeek *object, const char *name)
{
  BmaJsonPeek value = bma_json_peek_member (object, name);

  return bma_json_peek_dup_string (&value);
}

/* A name of a field, and a type whose values have one way to be written. */
static gboolean
is_good (const char *header, const char *type)
{
  g_autofree char *line = g_strconcat (header, ":", NULL);
  g_autofree char *name = NULL;
  g_autofree char *value = NULL;

  return (g_strcmp0 (type, "string") == 0 || g_strcmp0 (type, "integer") == 0 ||
          g_strcmp0 (type, "boolean") == 0) &&
         bma_field_parse (line, &name, &value) && *value == '\0';
}

static void
look_at (GPtrArray *found, const BmaJsonPeek *schema, GPtrArray *path)
{
  g_autofree char *header = dup_member (schema, ANNOTATION);
  g_autofree char *type = dup_member (schema, "type");
  BmaJsonPeek properties = bma_json_peek_member (schema, "properties");
  BmaJsonPeek name = { NULL, 0 };
  BmaJsonPeek value = { NULL, 0 };

  if (header != NULL && path->len > 0 && is_good (header, type) &&
      found->len < MAX_DECLARATIONS)
    {
      Declaration *declaration = g_new0 (Declaration, 1);

      declaration->header = g_steal_pointer (&header);
      declaration->path = g_new0 (char *, path->len + 1);
      for (unsigned int i = 0; i < path->len; i++)
        declaration->path[i] = g_strdup (path->pdata[i]);
      g_ptr_array_add (found, declaration);
    }
  if (bma_json_peek_get_kind (&properties) != '{' || path->len >= MAX_DEPTH)
    return;
  while (bma_json_peek_next (&properties, &name, &value))
    {
      g_ptr_array_add (path, bma_json_peek_dup_string (&name));
      look_at (found, &value, path);
      g_ptr_array_set_size (path, (int) path->len - 1);
    }
}

static void
learn_tool (BmaParamHeaders *self, const BmaJsonPeek *tool)
{
  g_autofree char *name = dup_member (tool, "name");
  BmaJsonPeek schema = bma_json_peek_member (tool, "inputSchema");
  g_autoptr (GPtrArray)
      found = g_ptr_array_new_with_free_func ((GDestroyNotify) declaration_free);
  g_autoptr (GPtrArray) path = g_ptr_array_new_with_free_func (g_free);

  if (name == NULL)
    return;
  look_at (found, &schema, path);
  g_hash_table_remove (self->tools, name);
  if (found->len > 0 && g_hash_table_size (self->tools) < MAX_TOOLS)
    g_hash_table_insert (self->tools, g_steal_pointer (&name), g_steal_pointer (&found));
}

/**
 * bma_param_headers_learn:
 * @self: what is known
 * @tools: the answer to "tools/list"
 *
 * Looks at the tools that the server has.
 */
void
bma_param_headers_learn (BmaParamHeaders *self, const BmaMessage *tools)
{
  BmaJsonPeek list =
      bma_message_find (tools, (const char *[]){ "result", "tools", NULL });
  BmaJsonPeek tool = { NULL, 0 };

  if (bma_json_peek_get_kind (&list) != '[')
    return;
  while (bma_json_peek_next (&list, NULL, &tool))
    learn_tool (self, &tool);
}

/* Texts, booleans and integers; an argument of another kind is the server's to refuse. */
static char *
dup_value (const BmaJsonPeek *value)
{
  char kind = bma_json_peek_get_kind (value);
  g_autofree char *raw = g_strndup (value->at, value->length);

  if (kind == '"')
    return bma_json_peek_dup_string (value);
  if (kind == 't' || kind == 'f')
    return g_steal_pointer (&raw);
  if ((kind == '-' || g_ascii_isdigit (kind)) && strpbrk (raw, ".eE") == NULL)
    return g_steal_pointer (&raw);
  return NULL;
}

/**
 * bma_param_headers_make:
 * @self: what is known
 * @call: a "tools/call"
 *
 * Returns: (transfer full) (nullable): the header fields it has to have, each with its
 * end
 */
char *
bma_param_headers_make (BmaParamHeaders *self, const BmaMessage *call)
{
  GPtrArray *declarations =
      call->name != NULL ? g_hash_table_lookup (self->tools, call->name) : NULL;
  GString *out = NULL;

  if (declarations == NULL)
    return NULL;
  out = g_string_new (NULL);
  for (unsigned int i = 0; i < declarations->len; i++)
    {
      const Declaration *declaration = declarations->pdata[i];
      BmaJsonPeek value =
          bma_message_find (call, (const char *[]){ "params", "arguments", NULL });
      g_autofree char *text = NULL;
      g_autofree char *encoded = NULL;

      for (char **name = declaration->path; *name != NULL; name++)
        value = bma_json_peek_member (&value, *name);
      text = value.length > 0 ? dup_value (&value) : NULL;
      encoded = text != NULL ? bma_field_encode (text) : NULL;
      if (encoded != NULL)
        g_string_append_printf (out, "Mcp-Param-%s: %s\r\n", declaration->header,
                                encoded);
    }
  return g_string_free (out, FALSE);
}
