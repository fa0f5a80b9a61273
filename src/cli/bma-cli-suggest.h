/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

const char *bma_cli_suggest (const char *word,
                             const char *const *known) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
