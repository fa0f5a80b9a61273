/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cmd-verbs.h"

#include "bma-cli-ask.h"
#include "bma-cli-client.h"
#include "bma-cli-findings.h"
#include "bma-cli-import.h"
#include "bma-cli-options.h"
#include "bma-cli-print.h"
#include "bma-cli-secret.h"
#include "bma-cli-setup.h"

#define MAX_FILES 8

typedef struct
{
  gboolean json;
  gboolean yes;
  gboolean from_environment;
  char *environment; /* owned, nullable: name of one in wrangler.toml */
  char *path;        /* owned: the configuration file */
  char *old;         /* owned, nullable: what was in it */
} Import;

static void
import_clear (Import *self)
{
  g_clear_pointer (&self->environment, g_free);
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->old, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Import, import_clear)

static BmaCliWorker *
read_all (const Import *self, char **files, GError **error)
{
  g_autoptr (BmaCliWorker) worker = bma_cli_worker_new ();

  if (self->from_environment)
    {
      g_auto (GStrv) lines = g_get_environ ();

      bma_cli_worker_read_environment (worker, (const char *const *) lines,
                                       bma_cli_import_knows);
    }
  for (size_t i = 0; files[i] != NULL; i++)
    if (!bma_cli_worker_read_file (worker, files[i], self->environment, error))
      return NULL;
  return g_steal_pointer (&worker);
}

static void
print_lines (GPtrArray *lines)
{
  for (unsigned int i = 0; i < lines->len; i++)
    {
      g_autofree char *line = bma_cli_print_clean (g_ptr_array_index (lines, i));

      g_printerr ("  * %s\n", line);
    }
}

static gboolean
check (const BmaCliImport *plan, GError **error)
{
  if (plan->problems->len > 0)
    {
      g_printerr ("These must be put right first:\n");
      print_lines (plan->problems);
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                           "Nothing was written");
      return FALSE;
    }
  if (plan->entries->len > 0 || plan->secrets->len > 0)
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                       "There is nothing to take over: name a wrangler.toml, a .dev.vars "
                       "or --from-environment");
  return FALSE;
}

static void
show (const Import *self, const BmaCliImport *plan)
{
  g_autofree char *described = bma_cli_config_describe (plan->entries);

  g_printerr ("To be written to %s:\n\n%s\n", self->path, described);
  for (unsigned int i = 0; i < plan->secrets->len; i++)
    {
      const BmaCliImportSecret *secret = g_ptr_array_index (plan->secrets, i);

      g_printerr ("%s goes to the keyring, as %s.\n", secret->variable, secret->kind);
    }
  if (plan->notes->len > 0)
    g_printerr ("\nNot taken over as it was:\n");
  print_lines (plan->notes);
}

static gboolean
write_and_reload (const Import *self,
                  GDBusConnection *bus,
                  const BmaCliImport *plan,
                  GError **error)
{
  g_autofree char *text = bma_cli_config_edit (self->old, plan->entries, error);

  if (text != NULL)
    return bma_cli_setup_apply (bus, self->path, self->old, text, error);
  g_prefix_error (error, "%s: ", self->path);
  return FALSE;
}

static gboolean
store_secrets (GDBusConnection *bus,
               const BmaCliWorker *worker,
               const BmaCliImport *plan,
               GError **error)
{
  for (unsigned int i = 0; i < plan->secrets->len; i++)
    {
      const BmaCliImportSecret *secret = g_ptr_array_index (plan->secrets, i);

      if (!bma_cli_secret_store (bus, secret->kind,
                                 bma_cli_worker_get (worker, secret->variable), error))
        {
          g_printerr ("The configuration is written, but %s is not in the keyring. When "
                      "this is repaired, run the import again:\n",
                      secret->variable);
          return FALSE;
        }
    }
  return TRUE;
}

static const char *
find_value (const BmaCliImport *plan, const char *group, const char *key)
{
  for (unsigned int i = 0; i < plan->entries->len; i++)
    {
      const BmaCliConfigEntry *entry = g_ptr_array_index (plan->entries, i);

      if (g_str_equal (entry->group, group) && g_str_equal (entry->key, key))
        return entry->value;
    }
  return "";
}

/* Owned, nullable: what the identity provider must know. */
static char *
make_redirect_url (const BmaCliImport *plan, GVariant *status)
{
  const char *provider = find_value (plan, "identity", "provider");
  g_autofree char *url = NULL;

  if (!g_str_equal (provider, "stytch") && !g_str_equal (provider, "oidc"))
    return NULL;
  url = bma_cli_setup_get_redirect_url (status, provider);
  return *url != '\0' ? g_steal_pointer (&url) : NULL;
}

static void
print_result (GVariant *findings, const char *redirect_url, GVariant *status)
{
  g_autofree char *text =
      bma_cli_findings_to_text (findings, bma_cli_print_has_colour (1));
  const char *mcp_url = "";

  g_variant_lookup (status, "mcp-url", "&s", &mcp_url);
  g_print ("Taken over.\n%s", text);
  if (redirect_url != NULL)
    g_print ("\nRegister this redirect URL at the identity provider (at Stytch for the "
             "types Login and Sign-up):\n  %s\n",
             redirect_url);
  g_print ("\nGive your MCP clients this address instead of the Worker's; people sign in "
           "once more:\n  %s\n",
           mcp_url);
}

static gboolean
print_result_json (const Import *self,
                   const BmaCliImport *plan,
                   GVariant *findings,
                   const char *redirect_url)
{
  g_autoptr (GVariant) list = bma_cli_findings_to_json (findings);
  const char *urls[] = { redirect_url, NULL };
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  GVariantBuilder settings, secrets;
  g_autoptr (GVariant) value = NULL;

  g_variant_builder_init (&settings, G_VARIANT_TYPE ("a{ss}"));
  g_variant_builder_init (&secrets, G_VARIANT_TYPE ("as"));
  for (unsigned int i = 0; i < plan->entries->len; i++)
    {
      const BmaCliConfigEntry *entry = g_ptr_array_index (plan->entries, i);
      g_autofree char *name = g_strconcat (entry->group, "/", entry->key, NULL);

      g_variant_builder_add (&settings, "{ss}", name, entry->value);
    }
  for (unsigned int i = 0; i < plan->secrets->len; i++)
    g_variant_builder_add (
        &secrets, "s",
        ((BmaCliImportSecret *) g_ptr_array_index (plan->secrets, i))->kind);
  g_variant_dict_insert (&dict, "config-file", "s", self->path);
  g_variant_dict_insert_value (&dict, "settings", g_variant_builder_end (&settings));
  g_variant_dict_insert_value (&dict, "secrets", g_variant_builder_end (&secrets));
  g_variant_dict_insert_value (
      &dict, "notes",
      g_variant_new_strv ((const char *const *) plan->notes->pdata, plan->notes->len));
  g_variant_dict_insert_value (&dict, "redirect-urls", g_variant_new_strv (urls, -1));
  g_variant_dict_insert_value (&dict, "findings", list);
  value = g_variant_ref_sink (g_variant_dict_end (&dict));
  return bma_cli_print_json (value);
}

/* What the service says of sign-ins once everything is in place. */
static BmaCliExit
report (const Import *self,
        GDBusConnection *bus,
        const BmaCliImport *plan,
        GError **error)
{
  g_autoptr (GVariant) findings = NULL;
  g_autoptr (GVariant) status = bma_cli_setup_fetch_status (bus, &findings, error);
  g_autofree char *redirect_url = NULL;

  if (status == NULL)
    return BMA_CLI_EXIT_FAILED;
  redirect_url = make_redirect_url (plan, status);
  if (!self->json)
    print_result (findings, redirect_url, status);
  else if (!print_result_json (self, plan, findings, redirect_url))
    return BMA_CLI_EXIT_FAILED;
  return bma_cli_findings_are_ok (findings) ? BMA_CLI_EXIT_DONE : BMA_CLI_EXIT_FAILED;
}

static int
run (Import *self, char **files)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmaCliWorker) worker = read_all (self, files, &error);
  g_autoptr (BmaCliImport) plan = NULL;
  g_autoptr (GDBusConnection) bus = NULL;
  BmaCliExit code = BMA_CLI_EXIT_FAILED;

  if (worker == NULL)
    return bma_cli_client_fail (error);
  plan = bma_cli_import_plan (worker);
  if (!check (plan, &error))
    return bma_cli_client_fail (error);
  self->path = bma_cli_config_get_path ();
  self->old = bma_cli_config_load (self->path, &error);
  if (self->old == NULL)
    return bma_cli_client_fail (error);
  show (self, plan);
  if (self->yes || bma_cli_ask_go_on (&error))
    bus = bma_cli_client_connect (&error);
  if (bus != NULL && write_and_reload (self, bus, plan, &error) &&
      store_secrets (bus, worker, plan, &error))
    code = report (self, bus, plan, &error);
  return error != NULL ? bma_cli_client_fail (error) : code;
}

/**
 * cmd_import:
 * @arguments: (array zero-terminated=1): the verb and what follows it
 *
 * Takes over the configuration of a Cloudflare Worker.
 *
 * Returns: the exit code
 */
int
cmd_import (char **arguments)
{
  g_auto (Import) self = { 0 };
  const GOptionEntry entries[] = {
    { "from-environment", 0, 0, G_OPTION_ARG_NONE, &self.from_environment,
      "Take the Worker's variables from the environment too", NULL },
    { "env", 'e', 0, G_OPTION_ARG_STRING, &self.environment,
      "Take the variables of this environment of wrangler.toml", "NAME" },
    { "yes", 'y', 0, G_OPTION_ARG_NONE, &self.yes, "Write without asking", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &self.json, "Print JSON", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) files = bma_cli_options_parse (
      arguments, "wrangler.toml [.dev.vars]",
      "Takes over the configuration of BioMCP's Cloudflare Worker: settings to the "
      "configuration file, secrets to the keyring. Shows first what it will write; a "
      "later file replaces what an earlier one says.",
      entries, MAX_FILES);

  if (files == NULL)
    return BMA_CLI_EXIT_USAGE;
  if (files[0] == NULL && !self.from_environment)
    return bma_cli_options_refuse (arguments[0],
                                   "Name a wrangler.toml, or --from-environment");
  return run (&self, files);
}
