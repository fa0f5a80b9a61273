/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-config.h"

G_BEGIN_DECLS

gboolean bma_settings_check_exposure (const BmaConfig *config, GError **error);

G_END_DECLS
