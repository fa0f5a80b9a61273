/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-daemon-config.h"

#include "bma-daemon-error.h"
#include "bma-log.h"
#include "bma-names.h"
#include "bma-settings.h"

static char **
list_system_files (void)
{
  const char *const *folders = g_get_system_config_dirs ();
  g_autoptr (GStrvBuilder) files = g_strv_builder_new ();

  for (size_t i = 0; folders[i] != NULL; i++)
    {
      g_autofree char *file =
          g_build_filename (folders[i], BMA_CONFIG_FOLDER, BMA_CONFIG_FILE, NULL);

      g_strv_builder_add (files, file);
    }
  return g_strv_builder_end (files);
}

/**
 * bma_daemon_config_load:
 * @options: the command line
 * @error: return location for a #BmaDaemonError
 *
 * Loads the settings from where the daemon looks for them.
 *
 * Returns: (transfer full) (nullable): them, without the address
 */
BmaConfig *
bma_daemon_config_load (const BmaOptions *options, GError **error)
{
  g_auto (GStrv) environment = g_get_environ ();
  g_auto (GStrv) system_files = list_system_files ();
  g_autofree char *user_file = g_build_filename (g_get_user_config_dir (),
                                                 BMA_CONFIG_FOLDER, BMA_CONFIG_FILE,
                                                 NULL);
  const BmaSettingsPlaces places = {
    .listen = options->listen,
    .environment = (const char *const *) environment,
    .user_file = options->config_file != NULL ? options->config_file : user_file,
    .user_file_required = options->config_file != NULL,
    .system_files = (const char *const *) system_files,
  };
  g_auto (GStrv) notices = NULL;
  GError *cause = NULL;
  BmaConfig *config = bma_settings_load (&places, &notices, &cause);

  for (size_t i = 0; notices != NULL && notices[i] != NULL; i++)
    bma_log_warning ("settings", "%s", notices[i]);
  if (config == NULL)
    bma_daemon_error_take (error,
                           g_error_matches (cause, BMA_SETTINGS_ERROR,
                                            BMA_SETTINGS_ERROR_USAGE)
                               ? BMA_DAEMON_ERROR_USAGE
                               : BMA_DAEMON_ERROR_CONFIG,
                           cause);
  return config;
}

/**
 * bma_daemon_config_set_port:
 * @config: settings nobody else has seen yet
 * @port: the port listened on
 *
 * Derives the address from the settings.
 */
void
bma_daemon_config_set_port (BmaConfig *config, uint16_t port)
{
  bma_config_set_address (config, config->listen_host, port, config->public_url,
                          (const char *const *) config->allowed_hosts);
}

/**
 * bma_daemon_config_reload:
 * @options: the command line
 * @running: settings in use
 * @error: return location for a #BmaDaemonError
 *
 * Loads the settings again. Those that need a restart stay as they are, and the log says
 * so.
 *
 * Returns: (transfer full) (nullable): them, with the address
 */
BmaConfig *
bma_daemon_config_reload (const BmaOptions *options,
                          const BmaConfig *running,
                          GError **error)
{
  g_autoptr (BmaConfig) config = bma_daemon_config_load (options, error);
  g_autofree char *later = NULL;

  if (config == NULL)
    return NULL;
  later = bma_settings_keep_running (config, running);
  if (later != NULL)
    bma_log_warning ("settings", "Changes that take effect after a restart: %s", later);
  bma_daemon_config_set_port (config, running->listen_port);
  return g_steal_pointer (&config);
}
