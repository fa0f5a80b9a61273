/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * BmaOptions:
 *
 * The command line of the daemon.
 */
typedef struct
{
  char *config_file;  /* owned, nullable: instead of the user's file */
  char *state_folder; /* owned */
  char *listen;       /* owned, nullable */
  gboolean verbose;
  gboolean replace;
  gboolean version;
} BmaOptions;

BmaOptions *bma_options_parse (char **arguments,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bma_options_free (BmaOptions *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaOptions, bma_options_free)

G_END_DECLS
