/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * BmaForm:
 *
 * Parsed `application/x-www-form-urlencoded` text: a query or a request body. Bounded in
 * size and members, strict about encoding, and it remembers repeated names.
 */
typedef struct _BmaForm BmaForm;

#define BMA_FORM_MAX_BYTES  (16 * 1024)
#define BMA_FORM_MAX_FIELDS 64

BmaForm *bma_form_parse (const char *text, size_t length) G_GNUC_WARN_UNUSED_RESULT;
void bma_form_free (BmaForm *self);
char *bma_form_decode (const char *text, size_t length) G_GNUC_WARN_UNUSED_RESULT;

const char *bma_form_get (const BmaForm *self, const char *name);
const char *bma_form_get_at (const BmaForm *self, const char *name, unsigned int index);
unsigned int bma_form_count (const BmaForm *self, const char *name);
const char *bma_form_find_repeated (const BmaForm *self, const char *except);

void bma_form_append_pair (GString *out, const char *name, const char *value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaForm, bma_form_free)

G_END_DECLS
