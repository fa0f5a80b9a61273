/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-settings-environment.h"

#include <string.h>

#include "bma-settings.h"

#define OAUTH_URL        "STYTCH_OAUTH_URL"
#define OAUTH_URL_FORMAT "https://HOST/v1/public/oauth/METHOD/start"
#define OAUTH_URL_PREFIX "/v1/public/oauth/"
#define OAUTH_URL_SUFFIX "/start"

/* Every program of the same user can read the environment of another one. */
static const struct
{
  const char *name;
  const char *advice;
} secrets[] = {
  { "STYTCH_SECRET", "run “biomcp-auth setup stytch”" },
  { "JWT_SECRET", "the service makes its own signing key" },
  { "OAUTH_CLIENT_SECRET", "run “biomcp-auth import --from-environment”" },
  { "REMOTE_MCP_AUTH_TOKEN", "run “biomcp-auth import --from-environment”" },
};

static void
variable_free (gpointer data)
{
  BmaSettingsVariable *self = data;

  g_free (self->text);
  g_free (self);
}

static const char *
get_value (const char *const *environment, const char *name)
{
  const char *value = g_environ_getenv ((char **) environment, name);

  return value != NULL && *value != '\0' ? value : NULL;
}

static void
add (GPtrArray *variables,
     const char *group,
     const char *key,
     const char *name,
     char *text)
{
  BmaSettingsVariable *variable = g_new0 (BmaSettingsVariable, 1);

  variable->setting = bma_setting_find (group, key);
  variable->name = name;
  variable->text = text;
  g_ptr_array_add (variables, variable);
}

/* The Worker's setting names both the host and the way to sign in. */
static gboolean
add_oauth_url (GPtrArray *variables, const char *value, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (value, G_URI_FLAGS_ENCODED, NULL);
  const char *path = uri != NULL ? g_uri_get_path (uri) : "";
  const char *host = uri != NULL ? strstr (value, "://") : NULL;
  size_t extra = strlen (OAUTH_URL_PREFIX) + strlen (OAUTH_URL_SUFFIX);

  if (host == NULL || strlen (path) <= extra ||
      !g_str_has_prefix (path, OAUTH_URL_PREFIX) ||
      !g_str_has_suffix (path, OAUTH_URL_SUFFIX))
    {
      g_set_error (error, BMA_SETTINGS_ERROR, BMA_SETTINGS_ERROR_VALUE,
                   "environment: %s: accepted is %s", OAUTH_URL, OAUTH_URL_FORMAT);
      return FALSE;
    }
  add (variables, "stytch", "methods", OAUTH_URL,
       g_strndup (path + strlen (OAUTH_URL_PREFIX), strlen (path) - extra));
  add (variables, "stytch", "api-url", OAUTH_URL,
       g_strndup (value, (size_t) (host - value) + 3 + strcspn (host + 3, "/")));
  return TRUE;
}

/**
 * bma_settings_environment_read:
 * @environment: (nullable): lines NAME=VALUE
 * @error: return location for an error
 *
 * Secrets in the environment are an error. An empty variable counts as absent. Where two
 * variables set the same thing, the later one in the answer counts.
 *
 * Returns: (transfer full) (element-type BmaSettingsVariable): the settings found
 */
GPtrArray *
bma_settings_environment_read (const char *const *environment, GError **error)
{
  g_autoptr (GPtrArray) variables = g_ptr_array_new_with_free_func (variable_free);
  const char *oauth_url = NULL;
  size_t n_settings = 0;
  const BmaSetting *table = bma_setting_table (&n_settings);

  if (environment == NULL)
    return g_steal_pointer (&variables);
  for (size_t i = 0; i < G_N_ELEMENTS (secrets); i++)
    if (get_value (environment, secrets[i].name) != NULL)
      {
        g_set_error (error, BMA_SETTINGS_ERROR, BMA_SETTINGS_ERROR_SECRET,
                     "environment: %s: secrets are accepted neither on the command line "
                     "nor in the daemon's environment; unset it: %s",
                     secrets[i].name, secrets[i].advice);
        return NULL;
      }
  oauth_url = get_value (environment, OAUTH_URL);
  if (oauth_url != NULL && !add_oauth_url (variables, oauth_url, error))
    return NULL;
  for (size_t i = 0; i < n_settings; i++)
    {
      const char *name = table[i].environment;
      const char *value = name != NULL && strcmp (name, OAUTH_URL) != 0
                              ? get_value (environment, name)
                              : NULL;

      if (value != NULL)
        add (variables, table[i].group, table[i].key, name, g_strdup (value));
    }
  return g_steal_pointer (&variables);
}
