/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include "bma-entropy.h"
#include "bma-secret.h"

G_BEGIN_DECLS

/**
 * BmaServedRunParts:
 * @entropy: randomness
 * @runtime_folder: (type filename): where sockets and secrets may be
 * @words: the command, with placeholders
 * @address: the URL of the server if it chooses it itself; else of it the path
 *
 * What a run is made of.
 */
typedef struct
{
  BmaEntropy *entropy;
  const char *runtime_folder;
  const char *const *words;
  const char *address;
} BmaServedRunParts;

/**
 * BmaServedRun:
 *
 * What one start of a server that speaks HTTP is told, and where it is to be found then.
 * Its folder, if it has one, is gone with it.
 */
typedef struct
{
  char **words;                    /* owned: the command */
  char *address;                   /* owned: its URL */
  GSocketAddress *socket;          /* owned, nullable: where that is */
  GSocketConnectable *connectable; /* owned: to see whether it is there */
  BmaSecret *secret;               /* owned, nullable */
  char *folder;                    /* owned, nullable */
} BmaServedRun;

BmaServedRun *bma_served_run_new (const BmaServedRunParts *parts,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bma_served_run_free (BmaServedRun *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaServedRun, bma_served_run_free)

G_END_DECLS
