/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cmd-verbs.h"

#include <string.h>

#include "bma-cli-ask.h"
#include "bma-cli-client.h"
#include "bma-cli-config.h"
#include "bma-cli-findings.h"
#include "bma-cli-options.h"
#include "bma-cli-print.h"
#include "bma-cli-setup.h"
#include "bma-secret.h"

#define MAX_TRIES 3

typedef struct
{
  gboolean json;
  gboolean yes;
  char *project_id;      /* owned */
  char *public_token;    /* owned */
  BmaSecretText *secret; /* owned, wiped */
  char *path;            /* owned: the configuration file */
} Setup;

static void
setup_clear (Setup *self)
{
  g_clear_pointer (&self->project_id, g_free);
  g_clear_pointer (&self->public_token, g_free);
  g_clear_pointer (&self->secret, bma_secret_free_text);
  g_clear_pointer (&self->path, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Setup, setup_clear)

/* A person may correct a mistake, a script cannot. */
static char *
ask_for (const char *question, const char *kind, GError **error)
{
  gboolean secret = g_str_equal (kind, "secret-");

  for (unsigned int n = 1;; n++)
    {
      g_autoptr (BmaSecretText) answer = bma_cli_ask (question, secret, error);
      g_autofree char *problem = NULL;

      if (answer == NULL)
        return NULL;
      problem = bma_cli_config_check (kind, answer);
      if (problem == NULL)
        return g_steal_pointer (&answer);
      if (!bma_cli_ask_is_person () || n == MAX_TRIES)
        {
          g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, problem);
          return NULL;
        }
      g_printerr ("%s.\n", problem);
    }
}

static gboolean
ask_all (Setup *self, GError **error)
{
  g_autofree char *problem = NULL;

  if (bma_cli_ask_is_person ())
    g_printerr ("The three are in the Stytch dashboard, under API keys.\n");
  self->project_id = ask_for ("Project id: ", "project-", error);
  if (self->project_id != NULL)
    self->public_token = ask_for ("Public token: ", "public-token-", error);
  if (self->public_token != NULL)
    self->secret = ask_for ("Secret (not shown): ", "secret-", error);
  if (self->secret == NULL)
    return FALSE;
  problem =
      bma_cli_config_check_same (self->project_id, self->public_token, self->secret);
  if (problem != NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, problem);
  return problem == NULL;
}

/* Owned a{sv} with the issuer and the provider that is in use now. */
static GVariant *
carry_out (const Setup *self, GVariant **findings, GError **error)
{
  g_autoptr (GPtrArray) entries =
      g_ptr_array_new_with_free_func ((GDestroyNotify) bma_cli_config_entry_free);
  const BmaCliSetup setup = { .provider = "stytch",
                              .entries = entries,
                              .secret_kind = "stytch-secret",
                              .secret = self->secret,
                              .path = self->path,
                              .is_agreed = self->yes };

  g_ptr_array_add (entries, bma_cli_config_entry_new ("identity", "provider", "stytch"));
  g_ptr_array_add (entries,
                   bma_cli_config_entry_new ("stytch", "project-id", self->project_id));
  g_ptr_array_add (entries, bma_cli_config_entry_new ("stytch", "public-token",
                                                      self->public_token));
  return bma_cli_setup_carry_out (&setup, findings, error);
}

static void
print_result (const char *path, const char *url, gboolean restart, GVariant *findings)
{
  g_autofree char *text =
      bma_cli_findings_to_text (findings, bma_cli_print_has_colour (1));

  g_print ("The configuration is written and the secret is in the keyring.\n");
  if (restart)
    g_print ("Restart the service so that it uses them: systemctl --user restart "
             "biomcp-auth\nThen run biomcp-auth doctor.\n");
  else
    g_print ("%s", text);
  if (*url == '\0')
    {
      g_print ("\nThe configured ways to sign in need no redirect URL.\n");
      return;
    }
  g_print (
      "\nRegister this redirect URL in the Stytch dashboard, once for the type Login "
      "and once for the type Sign-up:\n  %s\n",
      url);
  if (strstr (url, "{}") != NULL)
    g_print ("The {} belongs to it: it stands for a value that differs with every "
             "sign-in. Should your project not take it, set callback=fixed in the group "
             "[stytch] of %s, run this again and register what it says then.\n",
             path);
}

static gboolean
print_result_json (const Setup *self,
                   const char *url,
                   gboolean restart,
                   GVariant *findings)
{
  const char *urls[] = { *url != '\0' ? url : NULL, NULL };
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) json = bma_cli_findings_to_json (findings);
  g_autoptr (GVariant) value = NULL;

  g_variant_dict_insert (&dict, "config-file", "s", self->path);
  g_variant_dict_insert (&dict, "restart-needed", "b", restart);
  g_variant_dict_insert_value (&dict, "redirect-urls", g_variant_new_strv (urls, -1));
  g_variant_dict_insert_value (&dict, "findings", json);
  value = g_variant_ref_sink (g_variant_dict_end (&dict));
  return bma_cli_print_json (value);
}

/* What the running service says of sign-ins counts only if it uses what was set up. */
static int
report (const Setup *self, GVariant *status, GVariant *findings)
{
  const char *provider = "";
  g_autofree char *url = bma_cli_setup_get_redirect_url (status, "stytch");
  gboolean restart = FALSE;

  g_variant_lookup (status, "provider", "&s", &provider);
  restart = !g_str_equal (provider, "stytch");
  if (!self->json)
    print_result (self->path, url, restart, findings);
  else if (!print_result_json (self, url, restart, findings))
    return BMA_CLI_EXIT_FAILED;
  return restart || bma_cli_findings_are_ok (findings) ? BMA_CLI_EXIT_DONE
                                                       : BMA_CLI_EXIT_FAILED;
}

static int
run (Setup *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) findings = NULL;
  g_autoptr (GVariant) status = NULL;

  self->path = bma_cli_config_get_path ();
  if (ask_all (self, &error))
    status = carry_out (self, &findings, &error);
  if (status == NULL)
    return bma_cli_client_fail (error);
  return report (self, status, findings);
}

/**
 * cmd_setup:
 * @arguments: (array zero-terminated=1): the verb and what follows it
 *
 * Sets the service up for an identity provider.
 *
 * Returns: the exit code
 */
int
cmd_setup (char **arguments)
{
  g_auto (Setup) self = { 0 };
  const GOptionEntry entries[] = {
    { "yes", 'y', 0, G_OPTION_ARG_NONE, &self.yes, "Write without asking", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &self.json, "Print JSON", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) words = bma_cli_options_parse (
      arguments, "stytch|oidc",
      "Asks for project id, public token and secret of a Stytch project, or for issuer, "
      "client id and client secret at an OpenID provider, or reads them as three lines "
      "of "
      "standard input, and sets the service up for it.",
      entries, 1);

  if (words == NULL)
    return BMA_CLI_EXIT_USAGE;
  if (g_strcmp0 (words[0], "oidc") == 0)
    return cmd_setup_oidc (self.yes, self.json);
  if (g_strcmp0 (words[0], "stytch") != 0)
    return bma_cli_options_refuse (arguments[0], "What can be set up is stytch or oidc");
  return run (&self);
}
