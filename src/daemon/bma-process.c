/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-process.h"

#include <malloc.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

/* Any non-zero byte: freed memory is overwritten with it. */
#define FREED_BYTE 0x5a

/**
 * bma_process_harden:
 *
 * Keeps tokens inside this process: no core files, no debugger of the same user, freed
 * memory overwritten (libsoup and json-glib leave several copies of a token behind),
 * files for the owner only. Call first of all.
 *
 * `/proc/self/fd` and `/proc/self/status` stay readable for ourselves; environ and mem do
 * not.
 */
void
bma_process_harden (void)
{
  const struct rlimit none = { 0, 0 };

  umask (077);
  setrlimit (RLIMIT_CORE, &none);
  prctl (PR_SET_DUMPABLE, 0);
#ifdef M_PERTURB
  mallopt (M_PERTURB, FREED_BYTE);
#endif
}
