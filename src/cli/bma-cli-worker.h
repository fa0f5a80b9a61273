/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include "bma-secret.h"

G_BEGIN_DECLS

/**
 * BmaCliWorker:
 *
 * The variables of a Cloudflare Worker, from its files or from the environment. What is
 * read later replaces what was read before. Values may be secrets and are wiped.
 */
typedef struct _BmaCliWorker BmaCliWorker;

BmaCliWorker *bma_cli_worker_new (void) G_GNUC_WARN_UNUSED_RESULT;
void bma_cli_worker_free (BmaCliWorker *self);

gboolean bma_cli_worker_read_file (BmaCliWorker *self,
                                   const char *path,
                                   const char *environment,
                                   GError **error);
gboolean bma_cli_worker_read_wrangler_toml (BmaCliWorker *self,
                                            const char *text,
                                            size_t length,
                                            const char *environment,
                                            GError **error);
gboolean bma_cli_worker_read_wrangler_json (BmaCliWorker *self,
                                            const char *text,
                                            size_t length,
                                            const char *environment,
                                            GError **error);
gboolean bma_cli_worker_read_dev_vars (BmaCliWorker *self,
                                       const char *text,
                                       size_t length,
                                       GError **error);
void bma_cli_worker_read_environment (BmaCliWorker *self,
                                      const char *const *lines,
                                      gboolean (*wants) (const char *name));

const char *bma_cli_worker_get (const BmaCliWorker *self, const char *name);
char **bma_cli_worker_list_names (const BmaCliWorker *self) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaCliWorker, bma_cli_worker_free)

G_END_DECLS
