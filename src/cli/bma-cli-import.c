/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-cli-import.h"

#include <string.h>

#include "bma-uri.h"

#define MIN_JWT_SECRET_CHARS 32

/* Variables whose value becomes a key of the configuration as it is. */
static const struct
{
  const char *variable;
  const char *group;
  const char *key;
} keys[] = {
  { "STYTCH_PROJECT_ID", "stytch", "project-id" },
  { "STYTCH_PUBLIC_TOKEN", "stytch", "public-token" },
  { "STYTCH_API_URL", "stytch", "api-url" },
  { "OAUTH_ISSUER", "oidc", "issuer" },
  { "OAUTH_CLIENT_ID", "oidc", "client-id" },
  { "OAUTH_SCOPES", "oidc", "scopes" },
  { "REMOTE_MCP_SERVER_URL", "resource", "upstream" },
};

static const BmaCliImportSecret secrets[] = {
  { "stytch-secret", "STYTCH_SECRET" },
  { "oidc-client-secret", "OAUTH_CLIENT_SECRET" },
  { "upstream-token", "REMOTE_MCP_AUTH_TOKEN" },
};

/* Variables that have no counterpart. */
static const struct
{
  const char *variable;
  const char *why;
} dropped[] = {
  { "DEBUG", "start the service with --verbose to see more" },
  { "DISABLE_ORIGIN_VALIDATION", "origins are always checked here" },
  { "ANALYTICS_PROVIDER", "this service reports to nobody" },
  { "BQ_PROJECT_ID", "this service reports to nobody" },
  { "BQ_DATASET", "this service reports to nobody" },
  { "BQ_TABLE", "this service reports to nobody" },
  { "BQ_SA_KEY_JSON", "this service reports to nobody" },
  { "OAUTH_AUTHORIZATION_URL",
    "the addresses come from the issuer's discovery document" },
  { "OAUTH_TOKEN_URL", "the addresses come from the issuer's discovery document" },
  { "OAUTH_USERINFO_URL", "the addresses come from the issuer's discovery document" },
};

/* Variables that are looked at one by one. */
static const char *const special[] = { "IDENTITY_PROVIDER", "STYTCH_OAUTH_URL",
                                       "JWT_SECRET", "ALLOWED_ORIGINS", NULL };

/**
 * bma_cli_import_knows:
 * @variable: name of a variable
 *
 * Returns: whether a Worker of BioMCP had it
 */
gboolean
bma_cli_import_knows (const char *variable)
{
  for (size_t i = 0; i < G_N_ELEMENTS (keys); i++)
    if (g_str_equal (keys[i].variable, variable))
      return TRUE;
  for (size_t i = 0; i < G_N_ELEMENTS (secrets); i++)
    if (g_str_equal (secrets[i].variable, variable))
      return TRUE;
  for (size_t i = 0; i < G_N_ELEMENTS (dropped); i++)
    if (g_str_equal (dropped[i].variable, variable))
      return TRUE;
  return g_strv_contains (special, variable);
}

static void
add_entry (BmaCliImport *self, const char *group, const char *key, const char *value)
{
  g_ptr_array_add (self->entries, bma_cli_config_entry_new (group, key, value));
}

static void G_GNUC_PRINTF (2, 3) add_line (GPtrArray *lines, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_ptr_array_add (lines, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

/* What stands in the example files of the Worker. */
static gboolean
is_placeholder (const char *value)
{
  return g_str_has_prefix (value, "your-") || strstr (value, "-xxxxxxxx") != NULL ||
         (*value == '<' && g_str_has_suffix (value, ">"));
}

static const char *
pick_provider (const BmaCliWorker *worker)
{
  const char *named = bma_cli_worker_get (worker, "IDENTITY_PROVIDER");

  if (named != NULL)
    return named;
  /* The first Worker knew nothing but Stytch and had no name for it. */
  return bma_cli_worker_get (worker, "STYTCH_PROJECT_ID") != NULL ? "stytch" : NULL;
}

static void
require (BmaCliImport *self,
         const BmaCliWorker *worker,
         const char *provider,
         const char *variable)
{
  if (bma_cli_worker_get (worker, variable) == NULL)
    add_line (self->problems,
              "%s is not set, but the identity provider is %s: add it, for example in "
              "a .dev.vars beside wrangler.toml",
              variable, provider);
}

static void
plan_provider (BmaCliImport *self, const BmaCliWorker *worker)
{
  const char *provider = pick_provider (worker);

  if (provider == NULL)
    return;
  if (g_str_equal (provider, "disabled"))
    {
      add_line (self->notes, "IDENTITY_PROVIDER=disabled: here the person of the desktop "
                             "is the identity (provider local)");
      add_entry (self, "identity", "provider", "local");
    }
  else if (g_str_equal (provider, "stytch"))
    {
      add_entry (self, "identity", "provider", "stytch");
      require (self, worker, provider, "STYTCH_PROJECT_ID");
      require (self, worker, provider, "STYTCH_PUBLIC_TOKEN");
      require (self, worker, provider, "STYTCH_SECRET");
    }
  else if (g_str_equal (provider, "oauth"))
    {
      add_entry (self, "identity", "provider", "oidc");
      require (self, worker, provider, "OAUTH_ISSUER");
      require (self, worker, provider, "OAUTH_CLIENT_ID");
    }
  else
    add_line (self->problems,
              "IDENTITY_PROVIDER is neither stytch nor oauth nor disabled");
}

/* https://HOST/v1/public/oauth/METHOD/start; the host is that of the API. */
static void
plan_oauth_url (BmaCliImport *self, const BmaCliWorker *worker)
{
  static const char prefix[] = "/v1/public/oauth/";
  static const char suffix[] = "/start";
  const char *value = bma_cli_worker_get (worker, "STYTCH_OAUTH_URL");
  g_autoptr (GUri) uri = NULL;
  g_autofree char *method = NULL;
  g_autofree char *origin = NULL;
  const char *path = NULL;

  if (value == NULL)
    return;
  uri = g_uri_parse (value, G_URI_FLAGS_ENCODED, NULL);
  path = uri != NULL ? g_uri_get_path (uri) : "";
  origin = bma_uri_get_origin (value);
  if (origin == NULL || !g_str_has_prefix (path, prefix) ||
      !g_str_has_suffix (path, suffix) ||
      strlen (path) <= strlen (prefix) + strlen (suffix))
    {
      add_line (self->problems, "STYTCH_OAUTH_URL is not of the form "
                                "https://HOST/v1/public/oauth/METHOD/start");
      return;
    }
  method = g_strndup (path + strlen (prefix),
                      strlen (path) - strlen (prefix) - strlen (suffix));
  add_entry (self, "stytch", "methods", method);
  if (bma_cli_worker_get (worker, "STYTCH_API_URL") == NULL)
    add_entry (self, "stytch", "api-url", origin);
}

static void
plan_jwt_secret (BmaCliImport *self, const BmaCliWorker *worker)
{
  static const BmaCliImportSecret secret = { "jwt-secret", "JWT_SECRET" };
  const char *value = bma_cli_worker_get (worker, "JWT_SECRET");

  if (value == NULL)
    return;
  if (is_placeholder (value))
    add_line (self->notes, "JWT_SECRET is the placeholder of the example file: the "
                           "service makes a signing key of its own (ES256)");
  else if (strlen (value) < MIN_JWT_SECRET_CHARS)
    add_line (
        self->notes,
        "JWT_SECRET is shorter than %d characters and could be guessed: the service "
        "makes a signing key of its own (ES256)",
        MIN_JWT_SECRET_CHARS);
  else
    {
      add_entry (self, "tokens", "algorithm", "HS256");
      g_ptr_array_add (self->secrets, (gpointer) &secret);
    }
}

/* Origins are compared as they stand here, never by a pattern. */
static void
plan_origins (BmaCliImport *self, const BmaCliWorker *worker)
{
  const char *value = bma_cli_worker_get (worker, "ALLOWED_ORIGINS");
  g_auto (GStrv) words = g_strsplit_set (value != NULL ? value : "", ", \t", -1);
  g_autoptr (GString) kept = g_string_new (NULL);

  for (size_t i = 0; words[i] != NULL; i++)
    {
      g_autofree char *origin = NULL;

      if (*words[i] == '\0')
        continue;
      if (!g_str_equal (words[i], "*") && strchr (words[i], '*') != NULL)
        {
          add_line (self->notes,
                    "ALLOWED_ORIGINS: %s is a pattern, and none is taken here; programs "
                    "that are no web pages need no entry",
                    words[i]);
          continue;
        }
      if (g_str_has_prefix (words[i], "http://") ||
          g_str_has_prefix (words[i], "https://"))
        origin = bma_uri_get_origin (words[i]);
      if (origin == NULL && !g_str_equal (words[i], "*"))
        {
          add_line (self->notes, "ALLOWED_ORIGINS: %s is not the origin of a web page",
                    words[i]);
          continue;
        }
      g_string_append_printf (kept, "%s%s", kept->len > 0 ? ";" : "",
                              origin != NULL ? origin : words[i]);
    }
  if (kept->len > 0)
    add_entry (self, "cors", "allowed-origins", kept->str);
}

static void
plan_plain (BmaCliImport *self, const BmaCliWorker *worker)
{
  for (size_t i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      const char *value = bma_cli_worker_get (worker, keys[i].variable);

      if (value == NULL)
        continue;
      if (is_placeholder (value))
        add_line (self->problems, "%s is the placeholder of the example file",
                  keys[i].variable);
      else
        add_entry (self, keys[i].group, keys[i].key, value);
    }
  for (size_t i = 0; i < G_N_ELEMENTS (secrets); i++)
    {
      const char *value = bma_cli_worker_get (worker, secrets[i].variable);

      if (value == NULL)
        continue;
      if (is_placeholder (value))
        add_line (self->problems, "%s is the placeholder of the example file",
                  secrets[i].variable);
      else
        g_ptr_array_add (self->secrets, (gpointer) &secrets[i]);
    }
}

static void
note_dropped (BmaCliImport *self, const BmaCliWorker *worker)
{
  g_auto (GStrv) names = bma_cli_worker_list_names (worker);

  for (size_t i = 0; i < G_N_ELEMENTS (dropped); i++)
    if (bma_cli_worker_get (worker, dropped[i].variable) != NULL)
      add_line (self->notes, "%s is left out: %s", dropped[i].variable, dropped[i].why);
  for (size_t i = 0; names[i] != NULL; i++)
    if (!bma_cli_import_knows (names[i]))
      add_line (self->notes, "%s is left out: it is not a variable of BioMCP's Worker",
                names[i]);
}

/**
 * bma_cli_import_plan:
 * @worker: the variables of a Worker
 *
 * Decides what becomes of each variable.
 *
 * Returns: (transfer full): the plan
 */
BmaCliImport *
bma_cli_import_plan (const BmaCliWorker *worker)
{
  BmaCliImport *self = g_new0 (BmaCliImport, 1);

  self->entries =
      g_ptr_array_new_with_free_func ((GDestroyNotify) bma_cli_config_entry_free);
  self->secrets = g_ptr_array_new ();
  self->notes = g_ptr_array_new_with_free_func (g_free);
  self->problems = g_ptr_array_new_with_free_func (g_free);
  plan_provider (self, worker);
  plan_plain (self, worker);
  plan_oauth_url (self, worker);
  plan_jwt_secret (self, worker);
  plan_origins (self, worker);
  note_dropped (self, worker);
  return self;
}

/**
 * bma_cli_import_free:
 * @self: (transfer full) (nullable): a plan
 */
void
bma_cli_import_free (BmaCliImport *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->entries);
  g_ptr_array_unref (self->secrets);
  g_ptr_array_unref (self->notes);
  g_ptr_array_unref (self->problems);
  g_free (self);
}
