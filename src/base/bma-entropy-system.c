/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-entropy-system.h"

#include <errno.h>
#include <sys/random.h>

struct _BmaEntropySystem
{
  GObject parent_instance;
};

static void
entropy_system_fill (BmaEntropy *entropy, void *out, size_t n_bytes)
{
  uint8_t *at = out;

  while (n_bytes > 0)
    {
      ssize_t n = getrandom (at, n_bytes, 0);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        g_error ("getrandom: %s", g_strerror (errno));
      at += n;
      n_bytes -= (size_t) n;
    }
}

static void
entropy_iface_init (BmaEntropyInterface *iface)
{
  iface->fill = entropy_system_fill;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BmaEntropySystem,
                               bma_entropy_system,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BMA_TYPE_ENTROPY,
                                                      entropy_iface_init))

static void
bma_entropy_system_class_init (BmaEntropySystemClass *klass)
{
}

static void
bma_entropy_system_init (BmaEntropySystem *self)
{
}

/**
 * bma_entropy_system_new:
 *
 * Returns: (transfer full): the kernel's random number generator, `getrandom(2)`
 */
BmaEntropy *
bma_entropy_system_new (void)
{
  return g_object_new (BMA_TYPE_ENTROPY_SYSTEM, NULL);
}
