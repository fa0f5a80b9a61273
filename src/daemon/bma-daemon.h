/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include "bma-options.h"

G_BEGIN_DECLS

/**
 * BmaDaemon:
 *
 * The service: the only place where its parts are put together.
 */
#define BMA_TYPE_DAEMON (bma_daemon_get_type ())
G_DECLARE_FINAL_TYPE (BmaDaemon, bma_daemon, BMA, DAEMON, GObject)

BmaDaemon *bma_daemon_new (BmaOptions *options) G_GNUC_WARN_UNUSED_RESULT;
gboolean bma_daemon_start (BmaDaemon *self, GError **error);
gboolean bma_daemon_run (BmaDaemon *self, GError **error);

G_END_DECLS
