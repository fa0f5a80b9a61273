/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-settings-exposure.h"

#include <string.h>

#include "bma-settings.h"
#include "bma-uri.h"

/* Whether clients reach us by https at a name that other machines know. */
static gboolean
has_public_https_url (const BmaConfig *config)
{
  g_autoptr (GUri) uri = NULL;

  if (config->public_url == NULL || !g_str_has_prefix (config->public_url, "https://"))
    return FALSE;
  uri = g_uri_parse (config->public_url, G_URI_FLAGS_ENCODED, NULL);
  return uri != NULL && !bma_uri_is_loopback_host (g_uri_get_host (uri));
}

static const char *
find_problem (const BmaConfig *config)
{
  gboolean is_exposed = !bma_uri_is_loopback_host (config->listen_host);
  gboolean is_local = strcmp (config->provider, BMA_PROVIDER_LOCAL) == 0;

  if (config->tls_key != NULL && config->tls_certificate == NULL)
    return "[service] tls-key: set tls-certificate as well, or neither";
  if (config->tls_certificate != NULL && config->public_url != NULL &&
      !g_str_has_prefix (config->public_url, "https://"))
    return "[service] public-url: with a tls-certificate the service speaks https alone; "
           "make it an https URL, or leave it out";
  if (is_exposed && (config->tls_certificate == NULL || !has_public_https_url (config)))
    return "[service] listen: other machines could reach that address; set [service] "
           "tls-certificate, tls-key and an https public-url that names this machine "
           "(such as https://auth.example.org), or listen on 127.0.0.1:8417";
  if (is_exposed && is_local)
    return "[identity] provider: local would make you of everybody who can reach "
           "[service] "
           "listen; set provider to stytch or oidc, or listen on 127.0.0.1:8417";
  if (config->trusted_proxies[0] != NULL && is_local)
    return "[identity] provider: local would make you of everybody who comes through "
           "[service] trusted-proxies; set provider to stytch or oidc";
  return NULL;
}

/**
 * bma_settings_check_exposure:
 * @config: settings, all but the address derived from them
 * @error: return location for a #BmaSettingsError
 *
 * Refuses settings that would let strangers in unencrypted, or as the desktop user.
 *
 * Returns: whether the settings fit together
 */
gboolean
bma_settings_check_exposure (const BmaConfig *config, GError **error)
{
  const char *problem = find_problem (config);

  if (problem == NULL)
    return TRUE;
  g_set_error_literal (error, BMA_SETTINGS_ERROR, BMA_SETTINGS_ERROR_INCOMPLETE, problem);
  return FALSE;
}
