/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-entropy-dummy.h"

#include <string.h>

#include "bma-text.h"

struct _BmaEntropyDummy
{
  GObject parent_instance;
  uint64_t counter;
};

/* Every call draws SHA-256 of a new counter, block after block: the same sequence in each
 * run, no value twice. */
static void
entropy_dummy_fill (BmaEntropy *entropy, void *out, size_t n_bytes)
{
  BmaEntropyDummy *self = BMA_ENTROPY_DUMMY (entropy);
  uint8_t block[BMA_SHA256_BYTES];
  uint8_t *at = out;

  while (n_bytes > 0)
    {
      uint64_t counter = GUINT64_TO_LE (++self->counter);
      size_t n = MIN (n_bytes, sizeof block);

      bma_text_sha256 (&counter, sizeof counter, block);
      memcpy (at, block, n);
      at += n;
      n_bytes -= n;
    }
}

static void
entropy_iface_init (BmaEntropyInterface *iface)
{
  iface->fill = entropy_dummy_fill;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BmaEntropyDummy,
                               bma_entropy_dummy,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BMA_TYPE_ENTROPY,
                                                      entropy_iface_init))

static void
bma_entropy_dummy_class_init (BmaEntropyDummyClass *klass)
{
}

static void
bma_entropy_dummy_init (BmaEntropyDummy *self)
{
}

/**
 * bma_entropy_dummy_new:
 *
 * Returns: (transfer full): predictable bytes, for tests only
 */
BmaEntropyDummy *
bma_entropy_dummy_new (void)
{
  return g_object_new (BMA_TYPE_ENTROPY_DUMMY, NULL);
}
