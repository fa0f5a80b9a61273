/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-settings.h"

#include <string.h>

#include "bma-setting.h"
#include "bma-settings-clients.h"
#include "bma-settings-environment.h"
#include "bma-settings-exposure.h"
#include "bma-settings-file.h"

#define STYTCH_TEST_URL "https://test.stytch.com"
#define STYTCH_LIVE_URL "https://api.stytch.com"

G_DEFINE_QUARK (bma_settings_error_quark, bma_settings_error)

/* What is being put together, from the least important place to the most important one.
 */
typedef struct
{
  BmaConfig *config;           /* borrowed */
  GPtrArray *system;           /* borrowed: GKeyFile, the most important first */
  GStrvBuilder *notices;       /* borrowed */
  BmaSettingsClients *clients; /* borrowed */
} Loading;

static gboolean
is_locked (const Loading *self, const BmaSetting *setting)
{
  for (unsigned int i = 0; i < self->system->len; i++)
    if (bma_settings_file_is_locked (self->system->pdata[i], setting->group,
                                     setting->key))
      return TRUE;
  return FALSE;
}

static gboolean
set_value (Loading *self,
           const BmaSetting *setting,
           const char *where,
           const char *text,
           BmaSettingsError bad,
           GError **error)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));

  if (bma_setting_apply (setting, stripped, self->config) == BMA_SETTING_OK)
    return TRUE;
  g_set_error (error, BMA_SETTINGS_ERROR, bad,
               "%s: that value is not accepted; accepted: %s", where, setting->accepted);
  return FALSE;
}

/* A value from a place that the system's file may overrule. */
static gboolean
set_user_value (Loading *self,
                const BmaSetting *setting,
                const char *where,
                const char *text,
                BmaSettingsError bad,
                GError **error)
{
  g_autofree char *notice = NULL;

  if (!is_locked (self, setting))
    return set_value (self, setting, where, text, bad, error);
  notice = g_strdup_printf ("%s: ignored, the system's configuration locks it", where);
  g_strv_builder_add (self->notices, notice);
  return TRUE;
}

/* Clients too may be the system's alone. */
static gboolean
read_clients (
    Loading *self, GKeyFile *file, const char *path, gboolean is_system, GError **error)
{
  g_autoptr (BmaSettingsClients) ignored = NULL;
  g_autofree char *notice = NULL;
  gboolean is_locked_up = FALSE;

  for (unsigned int i = 0; i < self->system->len && !is_system; i++)
    is_locked_up = is_locked_up ||
                   bma_settings_file_is_locked (self->system->pdata[i],
                                                BMA_SETTINGS_CLIENT_LOCK, "*");
  if (!is_locked_up)
    return bma_settings_clients_read (self->clients, file, path, error);
  ignored = bma_settings_clients_new ();
  if (!bma_settings_clients_read (ignored, file, path, error))
    return FALSE;
  if (bma_settings_clients_is_empty (ignored))
    return TRUE;
  notice = g_strdup_printf ("%s: clients are ignored, the system's configuration locks "
                            "them",
                            path);
  g_strv_builder_add (self->notices, notice);
  return TRUE;
}

static gboolean
set_from_file (
    Loading *self, GKeyFile *file, const char *path, gboolean is_system, GError **error)
{
  size_t n_settings = 0;
  const BmaSetting *table = bma_setting_table (&n_settings);

  for (size_t i = 0; i < n_settings; i++)
    {
      const BmaSetting *setting = &table[i];
      g_autofree char *where =
          g_strdup_printf ("%s: [%s] %s", path, setting->group, setting->key);
      g_autofree char *text = NULL;

      if (!g_key_file_has_key (file, setting->group, setting->key, NULL))
        continue;
      text = g_key_file_get_string (file, setting->group, setting->key, NULL);
      if (text == NULL)
        text = g_strdup ("");
      if (!(is_system ? set_value : set_user_value) (self, setting, where, text,
                                                     BMA_SETTINGS_ERROR_VALUE, error))
        return FALSE;
    }
  return read_clients (self, file, path, is_system, error);
}

static gboolean
set_from_files (Loading *self, const BmaSettingsPlaces *places, GError **error)
{
  const char *const none[] = { NULL };
  const char *const *paths = places->system_files != NULL ? places->system_files : none;
  g_autoptr (GKeyFile) user = NULL;

  for (size_t i = 0; paths[i] != NULL; i++)
    {
      GKeyFile *file = bma_settings_file_load (paths[i], FALSE, error);

      if (file == NULL)
        return FALSE;
      g_ptr_array_add (self->system, file);
      if (!bma_settings_file_check (file, paths[i], TRUE, error))
        return FALSE;
    }
  for (unsigned int i = self->system->len; i-- > 0;)
    if (!set_from_file (self, self->system->pdata[i], paths[i], TRUE, error))
      return FALSE;
  if (places->user_file == NULL)
    return TRUE;
  user = bma_settings_file_load (places->user_file, places->user_file_required, error);
  return user != NULL &&
         bma_settings_file_check (user, places->user_file, FALSE, error) &&
         set_from_file (self, user, places->user_file, FALSE, error);
}

static gboolean
set_from_environment (Loading *self, const char *const *environment, GError **error)
{
  g_autoptr (GPtrArray) variables = bma_settings_environment_read (environment, error);

  for (unsigned int i = 0; variables != NULL && i < variables->len; i++)
    {
      const BmaSettingsVariable *variable = variables->pdata[i];
      g_autofree char *where = g_strdup_printf ("environment: %s ([%s] %s)",
                                                variable->name, variable->setting->group,
                                                variable->setting->key);

      if (!set_user_value (self, variable->setting, where, variable->text,
                           BMA_SETTINGS_ERROR_VALUE, error))
        return FALSE;
    }
  return variables != NULL;
}

static gboolean
is_live (const char *id)
{
  return strstr (id, "-live-") != NULL;
}

static gboolean
complete_stytch (BmaConfig *config, GError **error)
{
  const char *problem = NULL;
  const char *own = NULL;
  const char *other = NULL;

  if (config->stytch_project_id == NULL &&
      strcmp (config->stytch_registration, BMA_REGISTRATION_STYTCH) == 0)
    problem = "[stytch] registration=stytch needs [stytch] project-id; run “biomcp-auth "
              "setup stytch”";
  else if (config->stytch_project_id == NULL || config->stytch_public_token == NULL)
    problem = strcmp (config->provider, BMA_PROVIDER_STYTCH) == 0
                  ? "[identity] provider=stytch needs [stytch] project-id and "
                    "public-token; run “biomcp-auth setup stytch”"
                  : NULL;
  else if (is_live (config->stytch_project_id) != is_live (config->stytch_public_token))
    problem = "[stytch] public-token: one of project-id and public-token is a test "
              "credential, the other a live one; take both from the same environment";
  if (problem == NULL && config->stytch_project_id != NULL)
    {
      own = is_live (config->stytch_project_id) ? STYTCH_LIVE_URL : STYTCH_TEST_URL;
      other = own[8] == 't' ? STYTCH_LIVE_URL : STYTCH_TEST_URL;
      if (config->stytch_api_url == NULL)
        config->stytch_api_url = g_strdup (own);
      else if (strcmp (config->stytch_api_url, other) == 0)
        problem = "[stytch] api-url: test projects live at https://test.stytch.com, live "
                  "ones at https://api.stytch.com; the project id says otherwise";
    }
  if (problem == NULL)
    return TRUE;
  g_set_error_literal (error, BMA_SETTINGS_ERROR, BMA_SETTINGS_ERROR_INCOMPLETE, problem);
  return FALSE;
}

static gboolean
check_together (const BmaConfig *config, GError **error)
{
  const char *problem = bma_config_find_contradiction (config);

  if (problem != NULL)
    g_set_error_literal (error, BMA_SETTINGS_ERROR, BMA_SETTINGS_ERROR_INCOMPLETE,
                         problem);
  return problem == NULL;
}

/**
 * bma_settings_load:
 * @places: where to look
 * @notices: (out) (transfer full): what the log should say about locked settings
 * @error: return location for an error
 *
 * Puts the settings together: for each one the first place that has it counts. Every
 * value is checked, also one that does not count.
 *
 * Errors: BMA_SETTINGS_ERROR; the message names place, group, key and what is accepted.
 *
 * Returns: (transfer full) (nullable): the settings, without the address
 */
BmaConfig *
bma_settings_load (const BmaSettingsPlaces *places, char ***notices, GError **error)
{
  g_autoptr (BmaConfig) config = bma_config_new ();
  g_autoptr (GPtrArray)
      system = g_ptr_array_new_with_free_func ((GDestroyNotify) g_key_file_unref);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (BmaSettingsClients) clients = bma_settings_clients_new ();
  Loading loading = { config, system, builder, clients };

  if (!set_from_files (&loading, places, error) ||
      !set_from_environment (&loading, places->environment, error))
    return NULL;
  if (places->listen != NULL &&
      !set_user_value (&loading, bma_setting_find ("service", "listen"),
                       "command line: --listen ([service] listen)", places->listen,
                       BMA_SETTINGS_ERROR_USAGE, error))
    return NULL;
  if (!complete_stytch (config, error) || !bma_settings_check_exposure (config, error) ||
      !check_together (config, error) ||
      !bma_settings_clients_finish (clients, config, error))
    return NULL;
  *notices = g_strv_builder_end (builder);
  return g_steal_pointer (&config);
}

/**
 * bma_settings_keep_running:
 * @loaded: settings just loaded
 * @running: settings in use
 *
 * Takes back the changes that need a restart.
 *
 * Returns: (transfer full) (nullable): their names, or %NULL when there are none
 */
char *
bma_settings_keep_running (BmaConfig *loaded, const BmaConfig *running)
{
  g_autoptr (GString) names = g_string_new (NULL);
  size_t n_settings = 0;
  const BmaSetting *table = bma_setting_table (&n_settings);

  for (size_t i = 0; i < n_settings; i++)
    if (table[i].restart)
      {
        if (!bma_setting_is_met (&table[i], loaded, running))
          g_string_append_printf (names, "%s[%s] %s", names->len > 0 ? ", " : "",
                                  table[i].group, table[i].key);
        bma_setting_copy (&table[i], running, loaded);
      }
  return names->len > 0 ? g_string_free (g_steal_pointer (&names), FALSE) : NULL;
}
