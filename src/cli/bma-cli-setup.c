/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-cli-setup.h"

#include "bma-cli-ask.h"
#include "bma-cli-client.h"
#include "bma-cli-config.h"
#include "bma-cli-findings.h"
#include "bma-cli-secret.h"
#include "bma-names.h"

/**
 * bma_cli_setup_apply:
 * @bus: the session bus
 * @path: (type filename): the configuration file
 * @old: what is in it
 * @text: what shall be in it
 * @error: return location for an error
 *
 * Writes the configuration and lets the service judge it: one that it refuses, and with
 * which it would not start the next time, is taken back.
 *
 * Returns: whether the service uses it
 */
gboolean
bma_cli_setup_apply (GDBusConnection *bus,
                     const char *path,
                     const char *old,
                     const char *text,
                     GError **error)
{
  if (!bma_cli_config_save (path, text, error))
    return FALSE;
  if (bma_cli_client_call_void (bus, BMA_OBJECT_PATH, BMA_CLI_SERVER ".Reload", NULL,
                                error))
    return TRUE;
  if (bma_cli_config_save (path, old, NULL))
    g_printerr ("The service refused the new configuration; the old one is back.\n");
  return FALSE;
}

/**
 * bma_cli_setup_fetch_status:
 * @bus: the session bus
 * @findings: (out) (transfer full): a(ssss) about signing in
 * @error: return location for an error
 *
 * Asks what the service is like once it uses the new configuration.
 *
 * Returns: (transfer full) (nullable): a{sv} of GetStatus
 */
GVariant *
bma_cli_setup_fetch_status (GDBusConnection *bus, GVariant **findings, GError **error)
{
  g_autoptr (GVariant)
      status = bma_cli_client_call (bus, BMA_OBJECT_PATH, BMA_CLI_SERVER ".GetStatus",
                                    NULL, "(a{sv})", BMA_CLI_CALL_LIMIT_MS, error);
  g_autoptr (GVariant) all = NULL;

  if (status != NULL)
    all = bma_cli_findings_fetch (bus, error);
  if (all == NULL)
    return NULL;
  *findings = bma_cli_findings_select (all, "sign-in");
  return g_variant_get_child_value (status, 0);
}

/**
 * bma_cli_setup_get_redirect_url:
 * @status: a{sv} of GetStatus
 * @provider: the provider that was set up, "stytch" or "oidc"
 *
 * Returns: (transfer full): what has to be registered at the provider; empty for nothing
 */
char *
bma_cli_setup_get_redirect_url (GVariant *status, const char *provider)
{
  const char *issuer = "ISSUER";
  const char *used = "";
  const char *told = NULL;

  g_variant_lookup (status, "issuer", "&s", &issuer);
  g_variant_lookup (status, "provider", "&s", &used);
  if (g_str_equal (used, provider) &&
      g_variant_lookup (status, "redirect-uri", "&s", &told))
    return g_strdup (told);
  /* A service that does not use the provider yet knows only its own address. */
  return g_strconcat (issuer,
                      g_str_equal (provider, "stytch") ? "/callback?tx={}" : "/callback",
                      NULL);
}

/* Owned: the new text of the file; (out) the old one. */
static char *
prepare (const BmaCliSetup *self, char **old, GError **error)
{
  char *text = NULL;

  *old = bma_cli_config_load (self->path, error);
  if (*old != NULL)
    text = bma_cli_config_edit (*old, self->entries, error);
  if (text == NULL)
    g_prefix_error (error, "%s: ", self->path);
  return text;
}

static gboolean
confirm (const BmaCliSetup *self, GError **error)
{
  g_autofree char *described = bma_cli_config_describe (self->entries);

  g_printerr ("\nTo be written to %s:\n\n%s\n%s\n", self->path, described,
              *self->secret != '\0' ? "The secret goes to the keyring."
                                    : "There is no secret: a public client.");
  return self->is_agreed || bma_cli_ask_go_on (error);
}

/**
 * bma_cli_setup_carry_out:
 * @self: what the person said
 * @findings: (out) (transfer full): a(ssss) about signing in
 * @error: return location for an error
 *
 * Shows what will be written, writes it when nobody objects, and tells the service.
 *
 * Returns: (transfer full) (nullable): a{sv} of GetStatus afterwards
 *
 * Errors: %G_IO_ERROR_CANCELLED when the person does not want it.
 */
GVariant *
bma_cli_setup_carry_out (const BmaCliSetup *self, GVariant **findings, GError **error)
{
  g_autofree char *old = NULL;
  g_autofree char *text = prepare (self, &old, error);
  g_autoptr (GDBusConnection) bus = NULL;
  GVariant *status = NULL;

  if (text == NULL || !confirm (self, error))
    return NULL;
  bus = bma_cli_client_connect (error);
  if (bus == NULL || !bma_cli_setup_apply (bus, self->path, old, text, error))
    return NULL;
  if (*self->secret == '\0' ||
      bma_cli_secret_store (bus, self->secret_kind, self->secret, error))
    status = bma_cli_setup_fetch_status (bus, findings, error);
  if (status == NULL)
    g_printerr ("The configuration is written, but the service is not set up. When this "
                "is repaired, run biomcp-auth setup %s again:\n",
                self->provider);
  return status;
}
