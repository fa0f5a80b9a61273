/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include "bma-config.h"

G_BEGIN_DECLS

/**
 * BmaCheck:
 *
 * A part of the diagnosis that belongs to another layer.
 */
#define BMA_TYPE_CHECK (bma_check_get_type ())
G_DECLARE_INTERFACE (BmaCheck, bma_check, BMA, CHECK, GObject)

/**
 * BmaCheckInterface:
 * @run_async: looks at things as @config says they are
 * @run_finish: (transfer full): a(ssss) as org.biomcp.Auth.Server1.Diagnose answers it
 */
struct _BmaCheckInterface
{
  GTypeInterface parent_iface;

  void (*run_async) (BmaCheck *self,
                     const BmaConfig *config,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data);
  GVariant *(*run_finish) (BmaCheck *self, GAsyncResult *result);
};

void bma_check_run_async (BmaCheck *self,
                          const BmaConfig *config,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
GVariant *bma_check_run_finish (BmaCheck *self,
                                GAsyncResult *result) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
