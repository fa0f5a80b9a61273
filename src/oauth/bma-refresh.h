/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-secret.h"

G_BEGIN_DECLS

BmaSecret *bma_refresh_make_successor (const char *spent,
                                       const char *salt) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
