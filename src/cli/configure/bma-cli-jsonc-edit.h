/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-cli-jsonc.h"

G_BEGIN_DECLS

char *bma_cli_jsonc_set (const BmaCliJsonc *self,
                         const char *const *path,
                         const char *json,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
char *bma_cli_jsonc_put_back (const BmaCliJsonc *self,
                              const char *const *path,
                              const char *written,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
char *bma_cli_jsonc_remove (const BmaCliJsonc *self,
                            const char *const *path,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
