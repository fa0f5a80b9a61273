/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-settings-clients.h"

#include <string.h>

#include "bma-client-setting.h"
#include "bma-client.h"
#include "bma-scope-rules.h"
#include "bma-scope.h"
#include "bma-settings.h"

#define PREFIX         "client "
#define MAX_NAME_CHARS 64

struct _BmaSettingsClients
{
  GHashTable *clients; /* owned: NAME -> BmaClient, owned */
};

/**
 * bma_settings_clients_new:
 *
 * Returns: (transfer full): no clients
 */
BmaSettingsClients *
bma_settings_clients_new (void)
{
  BmaSettingsClients *self = g_new0 (BmaSettingsClients, 1);

  self->clients =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, bma_record_unref);
  return self;
}

/**
 * bma_settings_clients_free:
 * @self: (transfer full): clients
 */
void
bma_settings_clients_free (BmaSettingsClients *self)
{
  g_hash_table_unref (self->clients);
  g_free (self);
}

/**
 * bma_settings_clients_is_group:
 * @group: a group of a configuration file
 *
 * Returns: whether it describes a client
 */
gboolean
bma_settings_clients_is_group (const char *group)
{
  const char *name = group + strlen (PREFIX);

  return g_str_has_prefix (group, PREFIX) && *name != '\0' && *name != ' ' &&
         strlen (name) <= MAX_NAME_CHARS;
}

/**
 * bma_settings_clients_is_empty:
 * @self: clients
 *
 * Returns: whether there are none
 */
gboolean
bma_settings_clients_is_empty (const BmaSettingsClients *self)
{
  return g_hash_table_size (self->clients) == 0;
}

static BmaClient *
read_client (GKeyFile *file, const char *path, const char *group, GError **error)
{
  g_autoptr (BmaClient) client = NULL;
  g_auto (GStrv) keys = g_key_file_get_keys (file, group, NULL, NULL);
  const char *name = group + strlen (PREFIX);
  g_autofree char *id = g_key_file_get_string (file, group, BMA_CLIENT_SETTING_ID, NULL);
  const char *problem = NULL;

  if (id != NULL && !bma_client_setting_is_id (g_strstrip (id)))
    {
      g_set_error (error, BMA_SETTINGS_ERROR, BMA_SETTINGS_ERROR_VALUE,
                   "%s: [%s] " BMA_CLIENT_SETTING_ID
                   ": that value is not accepted; accepted: %s",
                   path, group,
                   bma_client_setting_find (BMA_CLIENT_SETTING_ID)->accepted);
      return NULL;
    }
  client = bma_client_new (id != NULL ? id : name);
  client->name = g_strdup (name);
  client->origin = g_strdup (BMA_CLIENT_ORIGIN_CONFIGURED);
  for (size_t i = 0; keys[i] != NULL; i++)
    {
      const BmaClientSetting *setting = bma_client_setting_find (keys[i]);
      g_autofree char *text = g_key_file_get_string (file, group, keys[i], NULL);

      if (text != NULL && setting->take (g_strstrip (text), client))
        continue;
      g_set_error (error, BMA_SETTINGS_ERROR, BMA_SETTINGS_ERROR_VALUE,
                   "%s: [%s] %s: that value is not accepted; accepted: %s", path, group,
                   keys[i], setting->accepted);
      return NULL;
    }
  problem = bma_client_setting_complete (client);
  if (problem == NULL)
    return g_steal_pointer (&client);
  g_set_error (error, BMA_SETTINGS_ERROR, BMA_SETTINGS_ERROR_INCOMPLETE, "%s: [%s] %s",
               path, group, problem);
  return NULL;
}

/**
 * bma_settings_clients_read:
 * @self: clients
 * @file: a checked configuration file; more important than those read before
 * @path: (type filename): its name, for messages
 * @error: return location for an error
 *
 * Returns: whether all its clients are acceptable
 */
gboolean
bma_settings_clients_read (BmaSettingsClients *self,
                           GKeyFile *file,
                           const char *path,
                           GError **error)
{
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);

  for (size_t i = 0; groups[i] != NULL; i++)
    {
      BmaClient *client = NULL;

      if (!bma_settings_clients_is_group (groups[i]))
        continue;
      client = read_client (file, path, groups[i], error);
      if (client == NULL)
        return FALSE;
      g_hash_table_replace (self->clients, g_strdup (groups[i] + strlen (PREFIX)),
                            client);
    }
  return TRUE;
}

static gboolean
check_scope (const BmaClient *client,
             const char *name,
             const BmaConfig *config,
             GError **error)
{
  g_auto (GStrv) wanted = bma_scope_parse (client->scope);
  g_auto (GStrv) known = bma_scope_rules_list_supported (config);
  g_autofree char *accepted = NULL;

  if (wanted != NULL &&
      bma_scope_is_subset ((const char *const *) wanted, (const char *const *) known))
    return TRUE;
  accepted = g_strjoinv (", ", known);
  g_set_error (error, BMA_SETTINGS_ERROR, BMA_SETTINGS_ERROR_INCOMPLETE,
               "[" PREFIX "%s] scopes: one of them is not known here; accepted: %s", name,
               accepted);
  return FALSE;
}

/**
 * bma_settings_clients_finish:
 * @self: clients
 * @config: settings that are complete but for their clients
 * @error: return location for an error
 *
 * Hands the clients over, if they fit together and to the other settings.
 *
 * Returns: whether they do
 */
gboolean
bma_settings_clients_finish (BmaSettingsClients *self, BmaConfig *config, GError **error)
{
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GList)
      names = g_list_sort (g_hash_table_get_keys (self->clients), (GCompareFunc) strcmp);

  for (GList *at = names; at != NULL; at = at->next)
    {
      BmaClient *client = g_hash_table_lookup (self->clients, at->data);
      const char *other = g_hash_table_lookup (ids, bma_client_get_id (client));

      if (other != NULL)
        {
          g_set_error (error, BMA_SETTINGS_ERROR, BMA_SETTINGS_ERROR_INCOMPLETE,
                       "[" PREFIX "%s] " BMA_CLIENT_SETTING_ID ": [" PREFIX
                       "%s] has the same",
                       (const char *) at->data, other);
          return FALSE;
        }
      if (!check_scope (client, at->data, config, error))
        return FALSE;
      g_hash_table_insert (ids, (char *) bma_client_get_id (client), at->data);
      g_ptr_array_add (config->clients, bma_record_ref (client));
    }
  return TRUE;
}
