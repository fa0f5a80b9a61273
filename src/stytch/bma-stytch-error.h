/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

GError *bma_stytch_error_new (unsigned int status,
                              const char *type,
                              const char *request_id) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
