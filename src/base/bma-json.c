/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-json.h"

#include <gio/gio.h>
#include <string.h>

/**
 * bma_json_parse_object:
 * @text: untrusted text
 * @length: its length in bytes
 * @limits: what it may cost
 * @error: return location for a %G_IO_ERROR_INVALID_DATA error
 *
 * Returns: (transfer full) (nullable): the object
 */
JsonObject *
bma_json_parse_object (const char *text,
                       size_t length,
                       const BmaJsonLimits *limits,
                       GError **error)
{
  g_autoptr (JsonParser) parser = NULL;
  g_autoptr (GError) local_error = NULL;
  const char *problem = NULL;
  JsonNode *root = NULL;

  if (!bma_json_scan (text, length, limits, &problem))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "The JSON is refused: %s",
                   problem);
      return NULL;
    }
  parser = json_parser_new ();
  if (!json_parser_load_from_data (parser, text, (gssize) length, &local_error))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                           "The text is not JSON");
      return NULL;
    }
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                           "The JSON is not an object");
      return NULL;
    }
  return json_node_dup_object (root);
}

/**
 * bma_json_to_text:
 * @object: an object
 *
 * Returns: (transfer full): compact JSON
 */
char *
bma_json_to_text (JsonObject *object)
{
  g_autoptr (JsonNode) root = json_node_alloc ();

  json_node_init_object (root, object);
  return json_to_string (root, FALSE);
}

/**
 * bma_json_get_string:
 * @object: an object
 * @name: a member
 *
 * Returns: (transfer none) (nullable): the member if it is a string
 */
const char *
bma_json_get_string (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) ||
      json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;
  return json_node_get_string (node);
}

/**
 * bma_json_is_true:
 * @object: an object
 * @name: a member
 *
 * Returns: whether the member is `true`
 */
gboolean
bma_json_is_true (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
         json_node_get_value_type (node) == G_TYPE_BOOLEAN &&
         json_node_get_boolean (node);
}

/**
 * bma_json_get_int:
 * @object: an object
 * @name: a member
 * @value: (out): the number
 *
 * Returns: whether the member is an integer
 */
gboolean
bma_json_get_int (JsonObject *object, const char *name, int64_t *value)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) ||
      json_node_get_value_type (node) != G_TYPE_INT64)
    return FALSE;
  *value = json_node_get_int (node);
  return TRUE;
}

/**
 * bma_json_get_strings:
 * @object: an object
 * @name: a member
 * @values: (out) (transfer full) (nullable): the strings, or %NULL when it is absent
 *
 * Returns: %FALSE when the member is there and is not an array of strings
 */
gboolean
bma_json_get_strings (JsonObject *object, const char *name, char ***values)
{
  JsonNode *node = json_object_get_member (object, name);
  g_autoptr (GStrvBuilder) builder = NULL;
  JsonArray *array = NULL;

  *values = NULL;
  if (node == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return FALSE;
  array = json_node_get_array (node);
  builder = g_strv_builder_new ();
  for (unsigned int i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *element = json_array_get_element (array, i);

      if (!JSON_NODE_HOLDS_VALUE (element) ||
          json_node_get_value_type (element) != G_TYPE_STRING)
        return FALSE;
      g_strv_builder_add (builder, json_node_get_string (element));
    }
  *values = g_strv_builder_end (builder);
  return TRUE;
}

/**
 * bma_json_set_strings:
 * @object: an object
 * @name: a member
 * @values: (nullable): strings; nothing is set for %NULL or an empty list, because
 *   RFC 8414 section 3.2 wants arrays without elements left out
 *
 * Sets an array of strings.
 */
void
bma_json_set_strings (JsonObject *object, const char *name, const char *const *values)
{
  JsonArray *array = NULL;

  if (values == NULL || values[0] == NULL)
    return;
  array = json_array_new ();
  for (size_t i = 0; values[i] != NULL; i++)
    json_array_add_string_element (array, values[i]);
  json_object_set_array_member (object, name, array);
}

/**
 * bma_json_set_string:
 * @object: an object
 * @name: a member
 * @value: (nullable): a string; nothing is set for %NULL
 *
 * Sets a string.
 */
void
bma_json_set_string (JsonObject *object, const char *name, const char *value)
{
  if (value != NULL)
    json_object_set_string_member (object, name, value);
}
