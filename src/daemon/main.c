/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <glib/gi18n.h>
#include <locale.h>
#include <stdlib.h>

#include "bma-daemon-error.h"
#include "bma-daemon.h"
#include "bma-log.h"
#include "bma-names.h"
#include "bma-process.h"

static int
run (BmaOptions *options)
{
  g_autoptr (BmaDaemon) daemon = bma_daemon_new (options);
  g_autoptr (GError) error = NULL;

  if (bma_daemon_start (daemon, &error) && bma_daemon_run (daemon, &error))
    return EXIT_SUCCESS;
  bma_log_warning ("daemon", "%s", error->message);
  return bma_daemon_error_get_exit_code (error);
}

static void
choose_language (void)
{
  /* As for gettext(1): so a build that is not installed has its translations too. */
  const char *folder = g_getenv ("TEXTDOMAINDIR");

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE,
                  folder != NULL && *folder != '\0' ? folder : BMA_LOCALE_FOLDER);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
}

int
main (int argc, char **argv)
{
  g_autoptr (BmaOptions) options = NULL;
  g_autoptr (GError) error = NULL;

  bma_process_harden ();
  choose_language ();
  g_set_prgname ("biomcp-authd");
  options = bma_options_parse (argv, &error);
  if (options == NULL)
    {
      g_printerr ("biomcp-authd: %s\nTry “biomcp-authd --help”.\n", error->message);
      return BMA_EXIT_USAGE;
    }
  if (options->version)
    {
      g_print ("biomcp-authd %s\n", BMA_VERSION);
      return EXIT_SUCCESS;
    }
  bma_log_set_verbose (options->verbose);
  return run (g_steal_pointer (&options));
}
