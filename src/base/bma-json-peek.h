/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>
#include <stddef.h>

G_BEGIN_DECLS

/**
 * BmaJsonPeek:
 * @at: where the value begins
 * @length: its length in bytes
 *
 * One value inside a JSON text that [func@json_scan] has passed. It points into the text.
 */
typedef struct
{
  const char *at; /* borrowed */
  size_t length;
} BmaJsonPeek;

BmaJsonPeek bma_json_peek_root (const char *text, size_t length);
char bma_json_peek_get_kind (const BmaJsonPeek *value);
gboolean
bma_json_peek_next (const BmaJsonPeek *parent, BmaJsonPeek *name, BmaJsonPeek *value);
BmaJsonPeek bma_json_peek_member (const BmaJsonPeek *object, const char *wanted);
char *bma_json_peek_dup_string (const BmaJsonPeek *value) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
