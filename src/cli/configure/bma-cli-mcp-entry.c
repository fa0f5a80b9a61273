/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The entry for our server, in the settings of any client. */

#include "bma-cli-mcp-entry.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "bma-cli-jsonc-edit.h"
#include "bma-cli-toml-edit.h"
#include "bma-cli-toml.h"

/* An entry that has another of these beside ours may mean another server. */
static const char *const transport_keys[] = { "command", "url", "httpUrl", "serverUrl",
                                              NULL };

/**
 * bma_cli_mcp_entry_new_http:
 * @client: a client that speaks HTTP
 * @url: the address of our MCP server
 *
 * Returns: (transfer full): an entry by which the client connects and signs in itself:
 *   an ordered `a{sv}`
 */
GVariant *
bma_cli_mcp_entry_new_http (const BmaCliMcpClient *client, const char *url)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  if (client->has_type)
    g_variant_builder_add (&builder, "{sv}", "type", g_variant_new_string ("http"));
  g_variant_builder_add (&builder, "{sv}", client->url_key, g_variant_new_string (url));
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

/**
 * bma_cli_mcp_entry_new_stdio:
 * @client: any client
 * @command: (array zero-terminated=1): a program and its arguments
 * @bus: (nullable): the address of the session bus, if it is not the usual one
 *
 * Returns: (transfer full): an entry by which the client starts the program: an ordered
 *   `a{sv}`
 */
GVariant *
bma_cli_mcp_entry_new_stdio (const BmaCliMcpClient *client,
                             const char *const *command,
                             const char *bus)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  if (client->has_type)
    g_variant_builder_add (&builder, "{sv}", "type", g_variant_new_string ("stdio"));
  g_variant_builder_add (&builder, "{sv}", "command", g_variant_new_string (*command));
  g_variant_builder_add (&builder, "{sv}", "args", g_variant_new_strv (command + 1, -1));
  if (bus != NULL)
    g_variant_builder_add (&builder, "{sv}", "env",
                           g_variant_new_parsed ("{'DBUS_SESSION_BUS_ADDRESS': %s}",
                                                 bus));
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

static char *
to_json (GVariant *entry)
{
  g_autoptr (JsonNode) root = json_gvariant_serialize (entry);

  return json_to_string (root, FALSE);
}

static void
append_toml_string (GString *out, const char *text)
{
  g_string_append_c (out, '"');
  for (; *text != '\0'; text++)
    {
      unsigned char c = (unsigned char) *text;

      if (c == '"' || c == '\\')
        g_string_append_c (out, '\\');
      if (c < ' ' || c == 0x7f)
        g_string_append_printf (out, "\\u%04X", c);
      else
        g_string_append_c (out, *text);
    }
  g_string_append_c (out, '"');
}

static void
append_toml (GString *out, GVariant *value)
{
  gboolean is_table = g_variant_is_of_type (value, G_VARIANT_TYPE ("a{ss}"));

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    {
      append_toml_string (out, g_variant_get_string (value, NULL));
      return;
    }
  g_string_append (out, is_table ? "{ " : "[");
  for (size_t i = 0; i < g_variant_n_children (value); i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (value, i);
      g_autoptr (GVariant) last = is_table ? g_variant_get_child_value (child, 1)
                                           : g_variant_ref (child);
      const char *key = NULL;

      if (i > 0)
        g_string_append (out, ", ");
      if (is_table)
        {
          g_variant_get_child (child, 0, "&s", &key);
          g_string_append_printf (out, "%s = ", key);
        }
      append_toml_string (out, g_variant_get_string (last, NULL));
    }
  g_string_append (out, is_table ? " }" : "]");
}

static char **
to_toml (GVariant *entry)
{
  g_autoptr (GStrvBuilder) pairs = g_strv_builder_new ();
  GVariantIter iter;
  const char *key = NULL;
  GVariant *value = NULL;

  g_variant_iter_init (&iter, entry);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    {
      g_autoptr (GString) pair = g_string_new (key);

      g_string_append (pair, " = ");
      append_toml (pair, value);
      g_strv_builder_add (pairs, pair->str);
    }
  return g_strv_builder_end (pairs);
}

static GHashTable *
new_facts (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

/* What each key says; of a value that is no object, nothing. */
static GHashTable *
read_json_facts (const BmaCliJsonc *doc, const BmaCliJsoncNode *node)
{
  GHashTable *facts = new_facts ();

  for (unsigned int i = 0; node->kind == '{' && i < node->children->len; i++)
    {
      const BmaCliJsoncNode *child = g_ptr_array_index (node->children, i);

      g_hash_table_replace (facts, g_strdup (child->key),
                            bma_cli_jsonc_describe (doc, child));
    }
  return facts;
}

static GHashTable *
read_toml_facts (const char *text, size_t length, const char *const *path)
{
  g_autoptr (GPtrArray) items = bma_cli_toml_parse (text, length, NULL);
  GHashTable *facts = new_facts ();

  for (unsigned int i = 0; items != NULL && i < items->len; i++)
    {
      const BmaCliTomlItem *item = g_ptr_array_index (items, i);
      g_autofree char *rest = NULL;
      const char *before = NULL;

      if (g_strv_length (item->path) < 3 || !g_str_equal (item->path[0], path[0]) ||
          !g_str_equal (item->path[1], path[1]))
        continue;
      before = g_hash_table_lookup (facts, item->path[2]);
      rest = g_strjoinv ("\n", item->path + 3);
      g_hash_table_replace (facts, g_strdup (item->path[2]),
                            g_strdup_printf ("%s%s=%s\n", before != NULL ? before : "",
                                             rest, item->text));
    }
  return facts;
}

/* What a person added to our entry stays theirs. */
static gboolean
says_the_same (GHashTable *theirs, GHashTable *ours)
{
  GHashTableIter iter;
  gpointer key = NULL, value = NULL;

  g_hash_table_iter_init (&iter, ours);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (g_strcmp0 (g_hash_table_lookup (theirs, key), value) != 0)
      return FALSE;
  for (size_t i = 0; transport_keys[i] != NULL; i++)
    if (g_hash_table_contains (theirs, transport_keys[i]) &&
        !g_hash_table_contains (ours, transport_keys[i]))
      return FALSE;
  return TRUE;
}

static gboolean
compare_json (const BmaCliMcpClient *client,
              const char *const *path,
              const char *text,
              size_t length,
              GVariant *entry,
              BmaCliMcpState *state,
              char **written,
              GError **error)
{
  g_autoptr (BmaCliJsonc) doc = bma_cli_jsonc_parse (text, length, client->flags, error);
  g_autofree char *json = to_json (entry);
  g_autoptr (BmaCliJsonc)
      mine = bma_cli_jsonc_parse (json, strlen (json), BMA_CLI_JSONC_STRICT, NULL);
  g_autoptr (GHashTable) theirs = NULL;
  g_autoptr (GHashTable) ours = NULL;
  const BmaCliJsoncNode *node = NULL;

  if (doc == NULL || !bma_cli_jsonc_find (doc, path, &node, error))
    return FALSE;
  if (node == NULL)
    return TRUE;
  theirs = read_json_facts (doc, node);
  ours = read_json_facts (mine, bma_cli_jsonc_get_root (mine));
  *state = says_the_same (theirs, ours) ? BMA_CLI_MCP_SAME : BMA_CLI_MCP_OTHER;
  *written = g_strndup (text + node->start, node->end - node->start);
  return TRUE;
}

static gboolean
compare_toml (const char *const *path,
              const char *text,
              size_t length,
              GVariant *entry,
              BmaCliMcpState *state,
              char **written,
              GError **error)
{
  g_auto (GStrv) pairs = to_toml (entry);
  g_autofree char *mine =
      bma_cli_toml_set ("", 0, path, (const char *const *) pairs, NULL);
  g_autoptr (GHashTable) theirs = NULL;
  g_autoptr (GHashTable) ours = NULL;
  gboolean is_there = FALSE;

  if (!bma_cli_toml_get_written (text, length, path, &is_there, written, error))
    return FALSE;
  if (!is_there)
    return TRUE;
  theirs = read_toml_facts (text, length, path);
  ours = read_toml_facts (mine, strlen (mine), path);
  *state = says_the_same (theirs, ours) ? BMA_CLI_MCP_SAME : BMA_CLI_MCP_OTHER;
  return TRUE;
}

/**
 * bma_cli_mcp_entry_compare:
 * @client: whose settings they are
 * @name: the name of the entry, which needs no quotes
 * @text: the settings, which end with NUL
 * @length: their length in bytes
 * @entry: ours
 * @state: (out): how they compare
 * @written: (out) (transfer full) (nullable): the entry that is there, as it is written
 * @error: return location for a %G_IO_ERROR_INVALID_DATA error, which names a place
 *
 * Returns: whether the settings are good and the place for the entry is clear
 */
gboolean
bma_cli_mcp_entry_compare (const BmaCliMcpClient *client,
                           const char *name,
                           const char *text,
                           size_t length,
                           GVariant *entry,
                           BmaCliMcpState *state,
                           char **written,
                           GError **error)
{
  const char *const path[] = { client->section, name, NULL };

  *state = BMA_CLI_MCP_ABSENT;
  *written = NULL;
  if (client->is_toml)
    return compare_toml (path, text, length, entry, state, written, error);
  return compare_json (client, path, text, length, entry, state, written, error);
}

/**
 * bma_cli_mcp_entry_put:
 * @client: whose settings they are
 * @name: the name of the entry, which needs no quotes
 * @text: the settings, which end with NUL
 * @length: their length in bytes
 * @entry: ours
 * @error: return location for a %G_IO_ERROR_INVALID_DATA error, which names a place
 *
 * Returns: (transfer full) (nullable): the settings with it
 */
char *
bma_cli_mcp_entry_put (const BmaCliMcpClient *client,
                       const char *name,
                       const char *text,
                       size_t length,
                       GVariant *entry,
                       GError **error)
{
  const char *const path[] = { client->section, name, NULL };
  g_autoptr (BmaCliJsonc) doc = NULL;
  g_autofree char *json = NULL;
  g_auto (GStrv) pairs = NULL;

  if (client->is_toml)
    {
      pairs = to_toml (entry);
      return bma_cli_toml_set (text, length, path, (const char *const *) pairs, error);
    }
  json = to_json (entry);
  doc = bma_cli_jsonc_parse (text, length, client->flags, error);
  return doc != NULL ? bma_cli_jsonc_set (doc, path, json, error) : NULL;
}

/**
 * bma_cli_mcp_entry_take_back:
 * @client: whose settings they are
 * @name: the name of the entry, which needs no quotes
 * @text: the settings, which end with NUL
 * @length: their length in bytes
 * @written: (nullable): what was there before, as it was written
 * @error: return location for a %G_IO_ERROR_INVALID_DATA or %G_IO_ERROR_NOT_FOUND error
 *
 * Returns: (transfer full) (nullable): the settings as if the entry had not been put
 *   there
 */
char *
bma_cli_mcp_entry_take_back (const BmaCliMcpClient *client,
                             const char *name,
                             const char *text,
                             size_t length,
                             const char *written,
                             GError **error)
{
  const char *const path[] = { client->section, name, NULL };
  g_autoptr (BmaCliJsonc) doc = NULL;

  if (client->is_toml)
    return written != NULL ? bma_cli_toml_put_back (text, length, path, written, error)
                           : bma_cli_toml_remove (text, length, path, error);
  doc = bma_cli_jsonc_parse (text, length, client->flags, error);
  if (doc == NULL)
    return NULL;
  return written != NULL ? bma_cli_jsonc_put_back (doc, path, written, error)
                         : bma_cli_jsonc_remove (doc, path, error);
}
