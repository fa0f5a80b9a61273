/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib-object.h>
#include <stdint.h>

G_BEGIN_DECLS

#define BMA_TYPE_ENTROPY (bma_entropy_get_type ())
G_DECLARE_INTERFACE (BmaEntropy, bma_entropy, BMA, ENTROPY, GObject)

/**
 * BmaEntropyInterface:
 * @fill: fills @n_bytes at @out with unpredictable bytes; never fails
 *
 * The only source of randomness. `g_random_*` and `g_uuid_string_random` are a Mersenne
 * Twister and are never used.
 */
struct _BmaEntropyInterface
{
  GTypeInterface parent_iface;

  void (*fill) (BmaEntropy *self, void *out, size_t n_bytes);
};

void bma_entropy_fill (BmaEntropy *self, void *out, size_t n_bytes);
char *bma_entropy_hex (BmaEntropy *self, size_t n_bytes) G_GNUC_WARN_UNUSED_RESULT;
char *bma_entropy_token (BmaEntropy *self, size_t n_bytes) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
