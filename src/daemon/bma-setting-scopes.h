/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-config.h"

G_BEGIN_DECLS

gboolean bma_setting_scopes_apply (const char *const *words, BmaConfig *config);
gboolean bma_setting_scopes_is_met (const BmaConfig *wanted, const BmaConfig *running);
void bma_setting_scopes_copy (const BmaConfig *from, BmaConfig *to);

G_END_DECLS
