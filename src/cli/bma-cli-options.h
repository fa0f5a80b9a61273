/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

char **bma_cli_options_parse (char **arguments,
                              const char *parameters,
                              const char *summary,
                              const GOptionEntry *entries,
                              unsigned int max_parameters) G_GNUC_WARN_UNUSED_RESULT;
int bma_cli_options_refuse (const char *verb, const char *why);

G_END_DECLS
