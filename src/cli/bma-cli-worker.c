/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-cli-worker.h"

#include <string.h>

#include "bma-cli-toml.h"
#include "bma-json.h"

#define MAX_FILE_BYTES (256 * 1024)

struct _BmaCliWorker
{
  GHashTable *values; /* owned: name -> BmaSecretText, owned */
};

/**
 * bma_cli_worker_new:
 *
 * Returns: (transfer full): no variables yet
 */
BmaCliWorker *
bma_cli_worker_new (void)
{
  BmaCliWorker *self = g_new0 (BmaCliWorker, 1);

  self->values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                        (GDestroyNotify) bma_secret_free_text);
  return self;
}

/**
 * bma_cli_worker_free:
 * @self: (transfer full) (nullable): variables
 */
void
bma_cli_worker_free (BmaCliWorker *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->values);
  g_free (self);
}

static void
set (BmaCliWorker *self, const char *name, const char *value)
{
  g_hash_table_replace (self->values, g_strdup (name), g_strdup (value));
}

/* Whether @path is `vars` NAME or, for an environment, `env` ENVIRONMENT `vars` NAME. */
static gboolean
is_variable (char **path, const char *environment)
{
  if (environment == NULL)
    return g_strv_length (path) == 2 && g_str_equal (path[0], "vars");
  return g_strv_length (path) == 4 && g_str_equal (path[0], "env") &&
         g_str_equal (path[1], environment) && g_str_equal (path[2], "vars");
}

static gboolean
fail_without_environment (const char *environment, gboolean found, GError **error)
{
  if (environment == NULL || found)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
               "it has no variables for the environment “%s”", environment);
  return FALSE;
}

/**
 * bma_cli_worker_read_wrangler_toml:
 * @self: variables
 * @text: a wrangler.toml
 * @length: its length in bytes
 * @environment: (nullable): name of an environment in it
 * @error: return location for a #GIOErrorEnum
 *
 * Takes `[vars]` or, for an environment, `[env.NAME.vars]`.
 *
 * Returns: whether it was read
 */
gboolean
bma_cli_worker_read_wrangler_toml (BmaCliWorker *self,
                                   const char *text,
                                   size_t length,
                                   const char *environment,
                                   GError **error)
{
  g_autoptr (GPtrArray) items = bma_cli_toml_parse (text, length, error);
  gboolean found = FALSE;

  if (items == NULL)
    return FALSE;
  for (unsigned int i = 0; i < items->len; i++)
    {
      const BmaCliTomlItem *item = g_ptr_array_index (items, i);

      if (!is_variable (item->path, environment))
        continue;
      set (self, item->path[g_strv_length (item->path) - 1], item->text);
      found = TRUE;
    }
  return fail_without_environment (environment, found, error);
}

/* Comments become blanks, and a comma before a closing bracket goes, so that what is left
 * is JSON. */
static char *
strip_comments (const char *text, size_t length)
{
  char *out = g_strndup (text, length);
  char *comma = NULL;

  for (char *at = out; *at != '\0';)
    {
      if (*at == '"')
        {
          comma = NULL;
          for (at++; *at != '\0' && *at != '"'; at++)
            if (*at == '\\' && at[1] != '\0')
              at++;
          if (*at == '"')
            at++;
        }
      else if (at[0] == '/' && at[1] == '/')
        while (*at != '\0' && *at != '\n')
          *at++ = ' ';
      else if (at[0] == '/' && at[1] == '*')
        {
          const char *end = strstr (at + 2, "*/");
          size_t n = end != NULL ? (size_t) (end - at) + 2 : strlen (at);

          memset (at, ' ', n);
          at += n;
        }
      else
        {
          if ((*at == ']' || *at == '}') && comma != NULL)
            *comma = ' ';
          if (*at == ',')
            comma = at;
          else if (!g_ascii_isspace (*at))
            comma = NULL;
          at++;
        }
    }
  return out;
}

static JsonObject *
get_object (JsonObject *object, const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node)
                                                       : NULL;
}

static void
take_member (JsonObject *object, const char *name, JsonNode *node, gpointer user_data)
{
  if (!JSON_NODE_HOLDS_VALUE (node))
    return;
  if (json_node_get_value_type (node) == G_TYPE_STRING)
    set (user_data, name, json_node_get_string (node));
  else if (json_node_get_value_type (node) == G_TYPE_BOOLEAN)
    set (user_data, name, json_node_get_boolean (node) ? "true" : "false");
}

/**
 * bma_cli_worker_read_wrangler_json:
 * @self: variables
 * @text: a wrangler.json or wrangler.jsonc, which may have comments
 * @length: its length in bytes
 * @environment: (nullable): name of an environment in it
 * @error: return location for a #GIOErrorEnum
 *
 * Takes the strings and truth values of `vars` or, for an environment, `env.NAME.vars`.
 *
 * Returns: whether it was read
 */
gboolean
bma_cli_worker_read_wrangler_json (BmaCliWorker *self,
                                   const char *text,
                                   size_t length,
                                   const char *environment,
                                   GError **error)
{
  const BmaJsonLimits limits = { MAX_FILE_BYTES, 16, 10000 };
  g_autoptr (BmaSecretText) json = strip_comments (text, length);
  g_autoptr (JsonObject)
      root = bma_json_parse_object (json, strlen (json), &limits, error);
  JsonObject *vars = NULL;

  if (root == NULL)
    return FALSE;
  if (environment == NULL)
    vars = get_object (root, "vars");
  else
    vars = get_object (get_object (get_object (root, "env"), environment), "vars");
  if (vars != NULL)
    json_object_foreach_member (vars, take_member, self);
  return fail_without_environment (environment, vars != NULL, error);
}

/* The value of one line: quotes of either kind go, and with them a comment behind. */
static char *
read_dev_value (char *text)
{
  char *value = g_strstrip (text);
  char *end = NULL;

  if (*value == '"' || *value == '\'' || *value == '`')
    {
      end = strchr (value + 1, *value);
      if (end == NULL)
        return NULL;
      *end = '\0';
      return value + 1;
    }
  end = strstr (value, " #");
  if (end != NULL)
    *end = '\0';
  return g_strchomp (value);
}

/**
 * bma_cli_worker_read_dev_vars:
 * @self: variables
 * @text: a .dev.vars: lines NAME=VALUE, blank lines and # comments
 * @length: its length in bytes
 * @error: return location for a %G_IO_ERROR_INVALID_DATA error, which names the line and
 *   never repeats it
 *
 * Returns: whether it was read
 */
gboolean
bma_cli_worker_read_dev_vars (BmaCliWorker *self,
                              const char *text,
                              size_t length,
                              GError **error)
{
  g_autoptr (BmaSecretText) copy = g_strndup (text, length);
  char *next = copy;

  for (unsigned int line = 1; next != NULL; line++)
    {
      char *at = g_strstrip (strsep (&next, "\n"));
      char *equals = strchr (at, '=');
      const char *value = NULL;

      if (*at == '\0' || *at == '#')
        continue;
      if (g_str_has_prefix (at, "export "))
        at += strlen ("export ");
      if (equals != NULL)
        {
          *equals = '\0';
          value = read_dev_value (equals + 1);
        }
      g_strchomp (at);
      if (value == NULL || at[strspn (at, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_")])
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                       "line %u: NAME=VALUE on one line is expected", line);
          return FALSE;
        }
      set (self, at, value);
    }
  return TRUE;
}

/**
 * bma_cli_worker_read_environment:
 * @self: variables
 * @lines: NAME=VALUE lines
 * @wants: (scope call): tells which names are taken
 *
 * Takes variables of the environment.
 */
void
bma_cli_worker_read_environment (BmaCliWorker *self,
                                 const char *const *lines,
                                 gboolean (*wants) (const char *name))
{
  for (size_t i = 0; lines[i] != NULL; i++)
    {
      const char *equals = strchr (lines[i], '=');
      g_autofree char *name = NULL;

      if (equals == NULL || equals[1] == '\0')
        continue;
      name = g_strndup (lines[i], (size_t) (equals - lines[i]));
      if (wants (name))
        set (self, name, equals + 1);
    }
}

/**
 * bma_cli_worker_read_file:
 * @self: variables
 * @path: (type filename): a wrangler.toml, wrangler.json, wrangler.jsonc or .dev.vars
 * @environment: (nullable): name of an environment in a wrangler file
 * @error: return location for a #GFileError or #GIOErrorEnum
 *
 * Returns: whether it was read
 */
gboolean
bma_cli_worker_read_file (BmaCliWorker *self,
                          const char *path,
                          const char *environment,
                          GError **error)
{
  g_autofree char *name = g_path_get_basename (path);
  g_autoptr (BmaSecretText) text = NULL;
  size_t length = 0;
  gboolean done = FALSE;

  if (!g_file_get_contents (path, &text, &length, error))
    return FALSE;
  if (length > MAX_FILE_BYTES || !g_utf8_validate_len (text, length, NULL))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                 "it is not UTF-8 text of at most %d bytes", MAX_FILE_BYTES);
  else if (g_str_has_suffix (name, ".toml"))
    done = bma_cli_worker_read_wrangler_toml (self, text, length, environment, error);
  else if (g_str_has_suffix (name, ".json") || g_str_has_suffix (name, ".jsonc"))
    done = bma_cli_worker_read_wrangler_json (self, text, length, environment, error);
  else if (g_str_has_prefix (name, ".dev.vars") || g_str_has_prefix (name, ".env"))
    done = bma_cli_worker_read_dev_vars (self, text, length, error);
  else
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                         "its name tells what it is: wrangler.toml, wrangler.json, "
                         "wrangler.jsonc or .dev.vars is expected");
  if (!done)
    g_prefix_error (error, "%s: ", path);
  return done;
}

/**
 * bma_cli_worker_get:
 * @self: variables
 * @name: name of one
 *
 * Returns: (transfer none) (nullable): its value; %NULL when it is absent or empty
 */
const char *
bma_cli_worker_get (const BmaCliWorker *self, const char *name)
{
  const char *value = g_hash_table_lookup (self->values, name);

  return value != NULL && *value != '\0' ? value : NULL;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/**
 * bma_cli_worker_list_names:
 * @self: variables
 *
 * Returns: (transfer full): the names of all, in order
 */
char **
bma_cli_worker_list_names (const BmaCliWorker *self)
{
  g_autofree char **keys = (char **) g_hash_table_get_keys_as_array (self->values, NULL);
  char **names = g_strdupv (keys);

  qsort (names, g_strv_length (names), sizeof *names, compare_names);
  return names;
}
