/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-cli-config.h"
#include "bma-cli-worker.h"

G_BEGIN_DECLS

/**
 * BmaCliImportSecret:
 * @kind: what SetSecret calls it
 * @variable: the Worker's name for it
 *
 * A secret that goes to the keyring; its value stays with the variables.
 */
typedef struct
{
  const char *kind;     /* static */
  const char *variable; /* static */
} BmaCliImportSecret;

/**
 * BmaCliImport:
 * @entries: (element-type BmaCliConfigEntry): keys of the configuration
 * @secrets: (element-type BmaCliImportSecret): what goes to the keyring
 * @notes: what is not taken over, or not as it was, and why; a line each
 * @problems: what keeps the whole from being taken over; a line each
 *
 * What an import would do.
 */
typedef struct
{
  GPtrArray *entries;  /* owned */
  GPtrArray *secrets;  /* owned */
  GPtrArray *notes;    /* owned: char * */
  GPtrArray *problems; /* owned: char * */
} BmaCliImport;

gboolean bma_cli_import_knows (const char *variable);
BmaCliImport *bma_cli_import_plan (const BmaCliWorker *worker) G_GNUC_WARN_UNUSED_RESULT;
void bma_cli_import_free (BmaCliImport *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaCliImport, bma_cli_import_free)

G_END_DECLS
