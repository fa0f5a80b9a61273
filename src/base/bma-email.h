/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BMA_EMAIL_MAX_CHARS 254

gboolean bma_email_is_address (const char *text);
char *bma_email_normalize (const char *text) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
