/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cmd-verbs.h"

#include <string.h>

#include "bma-cli-ask.h"
#include "bma-cli-client.h"
#include "bma-cli-config.h"
#include "bma-cli-findings.h"
#include "bma-cli-print.h"
#include "bma-cli-setup.h"
#include "bma-secret.h"
#include "bma-text.h"
#include "bma-uri.h"

typedef struct
{
  char *issuer;          /* owned */
  char *client_id;       /* owned */
  BmaSecretText *secret; /* owned, wiped; "" = none */
  char *path;            /* owned: the configuration file */
} Setup;

static void
setup_clear (Setup *self)
{
  g_clear_pointer (&self->issuer, g_free);
  g_clear_pointer (&self->client_id, g_free);
  g_clear_pointer (&self->secret, bma_secret_free_text);
  g_clear_pointer (&self->path, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Setup, setup_clear)

static gboolean
check (const Setup *self, GError **error)
{
  const char *problem = NULL;

  if (!bma_uri_is_https_or_loopback (self->issuer) ||
      strpbrk (self->issuer, " ?") != NULL)
    problem = "The issuer must be an https URL, exactly as the provider spells it";
  else if (*self->client_id == '\0' || !bma_text_is_printable_ascii (self->client_id) ||
           strchr (self->client_id, ' ') != NULL)
    problem = "The client id must be a text without spaces";
  if (problem != NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, problem);
  return problem == NULL;
}

static gboolean
ask_all (Setup *self, GError **error)
{
  if (bma_cli_ask_is_person ())
    g_printerr ("Register a client at your OpenID provider, then enter what it says.\n");
  self->issuer = bma_cli_ask ("Issuer: ", FALSE, error);
  if (self->issuer != NULL)
    self->client_id = bma_cli_ask ("Client id: ", FALSE, error);
  if (self->client_id == NULL || !check (self, error))
    return FALSE;
  self->secret = bma_cli_ask ("Client secret (not shown; empty for none): ", TRUE, error);
  return self->secret != NULL;
}

/* Owned a{sv}: what the service is like after it read the new settings. */
static GVariant *
carry_out (const Setup *self, gboolean is_agreed, GVariant **findings, GError **error)
{
  g_autoptr (GPtrArray) entries =
      g_ptr_array_new_with_free_func ((GDestroyNotify) bma_cli_config_entry_free);
  const BmaCliSetup setup = { .provider = "oidc",
                              .entries = entries,
                              .secret_kind = "oidc-client-secret",
                              .secret = self->secret,
                              .path = self->path,
                              .is_agreed = is_agreed };

  g_ptr_array_add (entries, bma_cli_config_entry_new ("identity", "provider", "oidc"));
  g_ptr_array_add (entries, bma_cli_config_entry_new ("oidc", "issuer", self->issuer));
  g_ptr_array_add (entries,
                   bma_cli_config_entry_new ("oidc", "client-id", self->client_id));
  return bma_cli_setup_carry_out (&setup, findings, error);
}

static int
report (const Setup *self, GVariant *status, GVariant *findings, gboolean is_json)
{
  g_autofree char *uri = bma_cli_setup_get_redirect_url (status, "oidc");
  g_autofree char *text = NULL;

  if (is_json)
    {
      const char *uris[] = { uri, NULL };
      g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
      g_autoptr (GVariant) json = bma_cli_findings_to_json (findings);
      g_autoptr (GVariant) value = NULL;

      g_variant_dict_insert (&dict, "config-file", "s", self->path);
      g_variant_dict_insert_value (&dict, "redirect-urls", g_variant_new_strv (uris, -1));
      g_variant_dict_insert_value (&dict, "findings", json);
      value = g_variant_ref_sink (g_variant_dict_end (&dict));
      if (!bma_cli_print_json (value))
        return BMA_CLI_EXIT_FAILED;
    }
  else
    {
      text = bma_cli_findings_to_text (findings, bma_cli_print_has_colour (1));
      g_print (
          "The configuration is written%s.\n%s\nThe provider must know this redirect "
          "URL:\n  %s\n",
          *self->secret != '\0' ? " and the secret is in the keyring" : "", text, uri);
    }
  return bma_cli_findings_are_ok (findings) ? BMA_CLI_EXIT_DONE : BMA_CLI_EXIT_FAILED;
}

/**
 * cmd_setup_oidc:
 * @is_agreed: write without asking
 * @is_json: print JSON
 *
 * Sets the service up for an OpenID provider.
 *
 * Returns: the exit code
 */
int
cmd_setup_oidc (gboolean is_agreed, gboolean is_json)
{
  g_auto (Setup) self = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) findings = NULL;
  g_autoptr (GVariant) status = NULL;

  self.path = bma_cli_config_get_path ();
  if (ask_all (&self, &error))
    status = carry_out (&self, is_agreed, &findings, &error);
  if (status == NULL)
    return bma_cli_client_fail (error);
  return report (&self, status, findings, is_json);
}
