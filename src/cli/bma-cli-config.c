/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-cli-config.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#include "bma-cli-print.h"
#include "bma-names.h"

#define MAX_ID_CHARS 128
#define ID_CHARS     G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_"

static const struct
{
  const char *prefix;
  const char *name;
} kinds[] = {
  { "project-", "project id" },
  { "public-token-", "public token" },
  { "secret-", "secret" },
};

static const char *
get_name (const char *prefix)
{
  for (size_t i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      if (g_str_has_prefix (prefix, kinds[i].prefix))
        return kinds[i].name;
    }
  return NULL;
}

/**
 * bma_cli_config_check:
 * @kind: "project-", "public-token-" or "secret-"
 * @text: what the person typed
 *
 * Returns: (transfer full) (nullable): what is wrong with it, without repeating it; %NULL
 * when nothing is
 */
char *
bma_cli_config_check (const char *kind, const char *text)
{
  const char *name = get_name (kind);
  const char *other = get_name (text);
  const char *rest = g_str_has_prefix (text, kind) ? text + strlen (kind) : NULL;

  if (*text == '\0')
    return g_strdup_printf ("The %s is empty", name);
  if (rest == NULL && other != NULL)
    return g_strdup_printf ("This is a %s, not the %s, which starts with %s", other, name,
                            kind);
  if (rest == NULL)
    return g_strdup_printf ("A %s starts with %s", name, kind);
  if (!g_str_has_prefix (rest, "test-") && !g_str_has_prefix (rest, "live-"))
    return g_strdup_printf ("A %s starts with %stest- or %slive-", name, kind, kind);
  if (rest[strlen ("test-")] == '\0')
    return g_strdup_printf ("The %s is cut off", name);
  if (strlen (text) > MAX_ID_CHARS)
    return g_strdup_printf ("This is too long for a %s", name);
  /* Secrets are base64url, with padding. */
  if (text[strspn (text, ID_CHARS)] != '\0' &&
      (!g_str_equal (kind, "secret-") || text[strspn (text, ID_CHARS "=")] != '\0'))
    return g_strdup_printf (
        "A %s has only letters, digits, hyphens and underscores; was more pasted?", name);
  return NULL;
}

static gboolean
is_live (const char *kind, const char *text)
{
  return g_str_has_prefix (text + strlen (kind), "live-");
}

/**
 * bma_cli_config_check_same:
 * @project_id: a project id that was checked
 * @public_token: a public token that was checked
 * @secret: a secret that was checked
 *
 * Returns: (transfer full) (nullable): what is wrong when they are not of one environment
 */
char *
bma_cli_config_check_same (const char *project_id,
                           const char *public_token,
                           const char *secret)
{
  gboolean live = is_live ("project-", project_id);
  const char *project = live ? "live" : "test";

  if (is_live ("public-token-", public_token) != live)
    return g_strdup_printf (
        "The project id is of the %s environment, the public token is not", project);
  if (is_live ("secret-", secret) != live)
    return g_strdup_printf ("The project id is of the %s environment, the secret is not",
                            project);
  return NULL;
}

/**
 * bma_cli_config_entry_new:
 * @group: a group
 * @key: a key of it
 * @value: its value
 *
 * Returns: (transfer full): the three together
 */
BmaCliConfigEntry *
bma_cli_config_entry_new (const char *group, const char *key, const char *value)
{
  BmaCliConfigEntry *self = g_new0 (BmaCliConfigEntry, 1);

  self->group = g_strdup (group);
  self->key = g_strdup (key);
  self->value = g_strdup (value);
  return self;
}

/**
 * bma_cli_config_entry_free:
 * @self: (transfer full): an entry
 */
void
bma_cli_config_entry_free (BmaCliConfigEntry *self)
{
  g_free (self->group);
  g_free (self->key);
  g_free (self->value);
  g_free (self);
}

/**
 * bma_cli_config_edit:
 * @text: a configuration, possibly empty
 * @entries: (element-type BmaCliConfigEntry): what is to be in it
 * @error: return location for an error
 *
 * Sets some keys and keeps every other key and the comments.
 *
 * Returns: (transfer full) (nullable): the new configuration
 *
 * Errors: %G_IO_ERROR_INVALID_DATA when @text is not a configuration.
 */
char *
bma_cli_config_edit (const char *text, GPtrArray *entries, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();

  /* GKeyFile's own message would repeat the line, which may hold a secret. */
  if (*text != '\0' &&
      !g_key_file_load_from_data (file, text, strlen (text),
                                  G_KEY_FILE_KEEP_COMMENTS | G_KEY_FILE_KEEP_TRANSLATIONS,
                                  NULL))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                           "it is not a configuration: expected are [group], key=value "
                           "and # comment lines");
      return NULL;
    }
  for (unsigned int i = 0; i < entries->len; i++)
    {
      const BmaCliConfigEntry *entry = g_ptr_array_index (entries, i);

      g_key_file_set_string (file, entry->group, entry->key, entry->value);
    }
  return g_key_file_to_data (file, NULL, NULL);
}

/**
 * bma_cli_config_describe:
 * @entries: (element-type BmaCliConfigEntry): keys that will be written
 *
 * Returns: (transfer full): them as they will stand in the file, for a person to read
 */
char *
bma_cli_config_describe (GPtrArray *entries)
{
  g_autoptr (GHashTable) done = g_hash_table_new (g_str_hash, g_str_equal);
  GString *out = g_string_new (NULL);

  for (unsigned int i = 0; i < entries->len; i++)
    {
      const char *group =
          ((const BmaCliConfigEntry *) g_ptr_array_index (entries, i))->group;

      if (!g_hash_table_add (done, (gpointer) group))
        continue;
      g_string_append_printf (out, "%s  [%s]\n", out->len > 0 ? "\n" : "", group);
      for (unsigned int j = i; j < entries->len; j++)
        {
          const BmaCliConfigEntry *entry = g_ptr_array_index (entries, j);
          g_autofree char *value = bma_cli_print_clean (entry->value);

          if (g_str_equal (entry->group, group))
            g_string_append_printf (out, "  %s=%s\n", entry->key, value);
        }
    }
  return g_string_free (out, FALSE);
}

/**
 * bma_cli_config_get_path:
 *
 * Returns: (transfer full) (type filename): the person's configuration file
 */
char *
bma_cli_config_get_path (void)
{
  return g_build_filename (g_get_user_config_dir (), BMA_CONFIG_FOLDER, BMA_CONFIG_FILE,
                           NULL);
}

/**
 * bma_cli_config_load:
 * @path: (type filename): a configuration file
 * @error: return location for a #GFileError
 *
 * Returns: (transfer full) (nullable): its text, empty when there is no file
 */
char *
bma_cli_config_load (const char *path, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  char *text = NULL;

  if (g_file_get_contents (path, &text, NULL, &local_error))
    return text;
  if (g_error_matches (local_error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    return g_strdup ("");
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

/**
 * bma_cli_config_save:
 * @path: (type filename): a configuration file
 * @text: its new text
 * @error: return location for a #GFileError
 *
 * Replaces the file in one step; only the person can read it. A symbolic link stays one.
 *
 * Returns: whether it worked
 */
gboolean
bma_cli_config_save (const char *path, const char *text, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  char *real = realpath (path, NULL);
  gboolean saved = FALSE;

  if (real == NULL && g_mkdir_with_parents (folder, 0700) != 0)
    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
                 "The folder %s cannot be made: %s", folder, g_strerror (errno));
  else
    saved = g_file_set_contents_full (real != NULL ? real : path, text, -1,
                                      G_FILE_SET_CONTENTS_CONSISTENT |
                                          G_FILE_SET_CONTENTS_DURABLE,
                                      0600, error);
  free (real);
  return saved;
}
