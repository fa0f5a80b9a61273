/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

#define BMA_SHA256_BYTES 32

gboolean bma_text_equal_const_time (const void *a, const void *b, size_t n_bytes);

char *bma_text_hex (const void *bytes, size_t n_bytes) G_GNUC_WARN_UNUSED_RESULT;
char *bma_text_base64url (const void *bytes, size_t n_bytes) G_GNUC_WARN_UNUSED_RESULT;
uint8_t *bma_text_base64url_decode (const char *text,
                                    size_t length,
                                    size_t *n_bytes) G_GNUC_WARN_UNUSED_RESULT;

void bma_text_sha256 (const void *bytes, size_t n_bytes, uint8_t out[BMA_SHA256_BYTES]);
char *bma_text_sha256_hex (const char *text) G_GNUC_WARN_UNUSED_RESULT;
gboolean bma_text_is_sha256_of (const char *hash, const char *text);
char *bma_text_sha256_base64url (const char *text) G_GNUC_WARN_UNUSED_RESULT;
char *bma_text_hmac_base64url (const void *key,
                               size_t key_bytes,
                               const char *text) G_GNUC_WARN_UNUSED_RESULT;

gboolean bma_text_is_hex (const char *text, size_t length);
gboolean bma_text_is_printable_ascii (const char *text);
gboolean bma_text_is_nqschar (const char *text);
char *bma_text_display (const char *text, size_t max_chars) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
