/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cmd-verbs.h"

#include <string.h>

#include "bma-cli-ask.h"
#include "bma-cli-client.h"
#include "bma-cli-config.h"
#include "bma-cli-findings.h"
#include "bma-cli-print.h"
#include "bma-cli-secret.h"
#include "bma-names.h"
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

static gboolean
write_file (Setup *self, gboolean is_agreed, GError **error)
{
  g_autoptr (GPtrArray) entries =
      g_ptr_array_new_with_free_func ((GDestroyNotify) bma_cli_config_entry_free);
  g_autofree char *old = bma_cli_config_load (self->path, error);
  g_autofree char *text = NULL;
  g_autofree char *described = NULL;

  g_ptr_array_add (entries, bma_cli_config_entry_new ("identity", "provider", "oidc"));
  g_ptr_array_add (entries, bma_cli_config_entry_new ("oidc", "issuer", self->issuer));
  g_ptr_array_add (entries,
                   bma_cli_config_entry_new ("oidc", "client-id", self->client_id));
  if (old != NULL)
    text = bma_cli_config_edit (old, entries, error);
  if (text == NULL)
    {
      g_prefix_error (error, "%s: ", self->path);
      return FALSE;
    }
  described = bma_cli_config_describe (entries);
  g_printerr ("\nTo be written to %s:\n\n%s\n%s\n", self->path, described,
              *self->secret != '\0' ? "The secret goes to the keyring."
                                    : "There is no secret: a public client.");
  if (!is_agreed && !bma_cli_ask_go_on (error))
    return FALSE;
  return bma_cli_config_save (self->path, text, error);
}

/* Owned a{sv}: what the service is like after it read the new settings. */
static GVariant *
tell_service (const Setup *self, GVariant **findings, GError **error)
{
  g_autoptr (GDBusConnection) bus = bma_cli_client_connect (error);
  g_autoptr (GVariant) all = NULL;
  g_autoptr (GVariant) status = NULL;

  if (bus == NULL || !bma_cli_client_call_void (bus, BMA_OBJECT_PATH,
                                                BMA_CLI_SERVER ".Reload", NULL, error))
    return NULL;
  if (*self->secret != '\0' &&
      !bma_cli_secret_store (bus, "oidc-client-secret", self->secret, error))
    return NULL;
  status = bma_cli_client_call (bus, BMA_OBJECT_PATH, BMA_CLI_SERVER ".GetStatus", NULL,
                                "(a{sv})", BMA_CLI_CALL_LIMIT_MS, error);
  if (status != NULL)
    all = bma_cli_findings_fetch (bus, error);
  if (all == NULL)
    return NULL;
  *findings = bma_cli_findings_select (all, "sign-in");
  return g_variant_get_child_value (status, 0);
}

static int
report (const Setup *self, GVariant *status, GVariant *findings, gboolean is_json)
{
  const char *issuer = "ISSUER";
  g_autofree char *uri = NULL;
  g_autofree char *text = NULL;

  g_variant_lookup (status, "issuer", "&s", &issuer);
  uri = g_strconcat (issuer, "/callback", NULL);
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
  if (!ask_all (&self, &error) || !write_file (&self, is_agreed, &error))
    return bma_cli_client_fail (error);
  status = tell_service (&self, &findings, &error);
  if (status != NULL)
    return report (&self, status, findings, is_json);
  g_printerr ("The configuration is written, but the service is not set up. When this is "
              "repaired, run biomcp-auth setup oidc again:\n");
  return bma_cli_client_fail (error);
}
