/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include "bma-entropy.h"

G_BEGIN_DECLS

/**
 * BmaUriPortalError:
 * @BMA_URI_PORTAL_ERROR_MISSING: there is no portal that can do it
 * @BMA_URI_PORTAL_ERROR_DISMISSED: the person closed the portal's dialog
 * @BMA_URI_PORTAL_ERROR_FAILED: the portal could not do it
 */
typedef enum
{
  BMA_URI_PORTAL_ERROR_MISSING,
  BMA_URI_PORTAL_ERROR_DISMISSED,
  BMA_URI_PORTAL_ERROR_FAILED,
} BmaUriPortalError;

#define BMA_URI_PORTAL_ERROR (bma_uri_portal_error_quark ())
GQuark bma_uri_portal_error_quark (void);

void bma_uri_portal_open_async (GDBusConnection *connection,
                                BmaEntropy *entropy,
                                const char *uri,
                                const char *parent_window,
                                const char *activation_token,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean bma_uri_portal_open_finish (GAsyncResult *result, GError **error);

G_END_DECLS
