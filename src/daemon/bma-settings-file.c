/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-settings-file.h"

#include <string.h>

#include "bma-client-setting.h"
#include "bma-setting.h"
#include "bma-settings-clients.h"
#include "bma-settings.h"

#define LOCK_GROUP     "lock"
#define MAX_FILE_BYTES (256 * 1024)

/* GKeyFile's own message repeats the line, which may hold a secret. */
static unsigned int
find_bad_line (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  gboolean in_group = FALSE;

  for (unsigned int i = 0; lines[i] != NULL; i++)
    {
      const char *line = g_strstrip (lines[i]);

      if (*line == '\0' || *line == '#')
        continue;
      if (*line == '[' && g_str_has_suffix (line, "]"))
        in_group = TRUE;
      else if (!in_group || *line == '[' || *line == '=' || strchr (line, '=') == NULL)
        return i + 1;
    }
  return 0;
}

static GKeyFile *
parse (const char *path, const char *text, size_t length, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  unsigned int line = 0;

  if (length <= MAX_FILE_BYTES && g_utf8_validate_len (text, length, NULL) &&
      g_key_file_load_from_data (file, text, length, G_KEY_FILE_KEEP_TRANSLATIONS, NULL))
    return g_steal_pointer (&file);
  line = length <= MAX_FILE_BYTES ? find_bad_line (text) : 0;
  if (line > 0)
    g_set_error (error, BMA_SETTINGS_ERROR, BMA_SETTINGS_ERROR_FILE,
                 "%s: line %u: expected is a [group], a key=value or a # comment", path,
                 line);
  else
    g_set_error (error, BMA_SETTINGS_ERROR, BMA_SETTINGS_ERROR_FILE,
                 "%s: this is not a configuration file (UTF-8 text of at most %d bytes)",
                 path, MAX_FILE_BYTES);
  return NULL;
}

/**
 * bma_settings_file_load:
 * @path: (type filename): a configuration file
 * @required: whether it has to exist
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the file; an empty one when it does not exist and
 *   need not
 */
GKeyFile *
bma_settings_file_load (const char *path, gboolean required, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autofree char *text = NULL;
  size_t length = 0;

  if (g_file_get_contents (path, &text, &length, &local_error))
    return parse (path, text, length, error);
  if (!required && (g_error_matches (local_error, G_FILE_ERROR, G_FILE_ERROR_NOENT) ||
                    g_error_matches (local_error, G_FILE_ERROR, G_FILE_ERROR_NOTDIR)))
    return g_key_file_new ();
  g_set_error (error, BMA_SETTINGS_ERROR, BMA_SETTINGS_ERROR_FILE, "%s",
               local_error->message);
  return NULL;
}

static gboolean
names_secret (const char *key)
{
  return strstr (key, "secret") != NULL || strstr (key, "password") != NULL ||
         strcmp (key, "token") == 0 || strcmp (key, "upstream-token") == 0;
}

static char *
list_client_keys (void)
{
  g_autoptr (GStrvBuilder) keys = g_strv_builder_new ();
  g_auto (GStrv) list = NULL;
  size_t n_settings = 0;
  const BmaClientSetting *table = bma_client_setting_table (&n_settings);

  for (size_t i = 0; i < n_settings; i++)
    g_strv_builder_add (keys, table[i].key);
  list = g_strv_builder_end (keys);
  return g_strjoinv (", ", list);
}

static char *
list_keys (const char *group)
{
  g_autoptr (GString) text = g_string_new (NULL);
  size_t n_settings = 0;
  const BmaSetting *table = bma_setting_table (&n_settings);

  for (size_t i = 0; i < n_settings; i++)
    if (group == NULL ? i == 0 || strcmp (table[i - 1].group, table[i].group) != 0
                      : strcmp (table[i].group, group) == 0)
      g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "",
                              group == NULL ? table[i].group : table[i].key);
  if (group == NULL)
    g_string_append (text, ", " BMA_SETTINGS_CLIENT_LOCK);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
check_key (const char *path, const char *group, const char *key, GError **error)
{
  gboolean is_client = bma_settings_clients_is_group (group);
  g_autofree char *accepted = NULL;

  if (is_client ? bma_client_setting_find (key) != NULL
                : bma_setting_find (group, key) != NULL)
    return TRUE;
  if (is_client && names_secret (key))
    {
      g_set_error (error, BMA_SETTINGS_ERROR, BMA_SETTINGS_ERROR_SECRET,
                   "%s: [%s] %s: secrets are not accepted in this file; remove it and "
                   "set secret-sha256 to its SHA-256",
                   path, group, key);
      return FALSE;
    }
  if (names_secret (key))
    {
      g_set_error (
          error, BMA_SETTINGS_ERROR, BMA_SETTINGS_ERROR_SECRET,
          "%s: [%s] %s: secrets are not accepted in this file; remove it and run "
          "“biomcp-auth setup stytch”, or put it into a file of "
          "[service] secrets-folder",
          path, group, key);
      return FALSE;
    }
  accepted = is_client ? list_client_keys () : list_keys (group);
  g_set_error (error, BMA_SETTINGS_ERROR, BMA_SETTINGS_ERROR_UNKNOWN,
               "%s: [%s] %s: there is no such key; accepted are %s", path, group, key,
               accepted);
  return FALSE;
}

/* [lock] GROUP=KEY;KEY or GROUP=*; client=* are the groups of all clients. */
static gboolean
check_lock (GKeyFile *file, const char *path, const char *group, GError **error)
{
  g_auto (GStrv) keys = g_key_file_get_string_list (file, LOCK_GROUP, group, NULL, NULL);
  g_autofree char *accepted = NULL;

  for (size_t i = 0; keys != NULL && keys[i] != NULL; i++)
    if (strcmp (g_strstrip (keys[i]), "*") != 0 && !bma_setting_find (group, keys[i]))
      g_clear_pointer (&keys, g_strfreev);
  if (keys != NULL && keys[0] != NULL &&
      (bma_setting_has_group (group) || strcmp (group, BMA_SETTINGS_CLIENT_LOCK) == 0))
    return TRUE;
  accepted = list_keys (bma_setting_has_group (group) ? group : NULL);
  g_set_error (error, BMA_SETTINGS_ERROR, BMA_SETTINGS_ERROR_UNKNOWN,
               "%s: [lock] %s: expected is GROUP=KEY;KEY or GROUP=*; accepted are %s",
               path, group, accepted);
  return FALSE;
}

static gboolean
check_group (GKeyFile *file,
             const char *path,
             const char *group,
             gboolean is_system,
             GError **error)
{
  gboolean is_lock = strcmp (group, LOCK_GROUP) == 0;
  g_auto (GStrv) keys = g_key_file_get_keys (file, group, NULL, NULL);
  g_autofree char *accepted = NULL;

  if (is_lock && !is_system)
    {
      g_set_error (error, BMA_SETTINGS_ERROR, BMA_SETTINGS_ERROR_UNKNOWN,
                   "%s: [lock]: only the system's file can lock settings", path);
      return FALSE;
    }
  if (!is_lock && !bma_setting_has_group (group) &&
      !bma_settings_clients_is_group (group))
    {
      accepted = list_keys (NULL);
      g_set_error (error, BMA_SETTINGS_ERROR, BMA_SETTINGS_ERROR_UNKNOWN,
                   "%s: [%s]: there is no such group; accepted are %s NAME", path, group,
                   accepted);
      return FALSE;
    }
  for (size_t i = 0; keys != NULL && keys[i] != NULL; i++)
    if (!(is_lock ? check_lock (file, path, keys[i], error)
                  : check_key (path, group, keys[i], error)))
      return FALSE;
  return TRUE;
}

/**
 * bma_settings_file_check:
 * @file: a configuration file
 * @path: (type filename): its name, for messages
 * @is_system: whether it may lock settings
 * @error: return location for an error
 *
 * Returns: whether it has only groups and keys we know
 */
gboolean
bma_settings_file_check (GKeyFile *file,
                         const char *path,
                         gboolean is_system,
                         GError **error)
{
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);

  for (size_t i = 0; groups[i] != NULL; i++)
    if (!check_group (file, path, groups[i], is_system, error))
      return FALSE;
  return TRUE;
}

/**
 * bma_settings_file_is_locked:
 * @file: a checked file of the system
 * @group: a group
 * @key: a key
 *
 * Returns: whether it locks the setting
 */
gboolean
bma_settings_file_is_locked (GKeyFile *file, const char *group, const char *key)
{
  g_auto (GStrv) keys = g_key_file_get_string_list (file, LOCK_GROUP, group, NULL, NULL);

  for (size_t i = 0; keys != NULL && keys[i] != NULL; i++)
    if (strcmp (g_strstrip (keys[i]), "*") == 0 || strcmp (keys[i], key) == 0)
      return TRUE;
  return FALSE;
}
