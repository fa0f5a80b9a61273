/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define BMA_TYPE_URI_OPENER (bma_uri_opener_get_type ())
G_DECLARE_INTERFACE (BmaUriOpener, bma_uri_opener, BMA, URI_OPENER, GObject)

/**
 * BmaUriOpenerInterface:
 * @open_async: see [method@UriOpener.open_async]
 * @open_finish: see [method@UriOpener.open_finish]
 *
 * Shows a page to the person.
 */
struct _BmaUriOpenerInterface
{
  GTypeInterface parent_iface;

  void (*open_async) (BmaUriOpener *self,
                      const char *uri,
                      const char *parent_window,
                      const char *activation_token,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data);
  gboolean (*open_finish) (BmaUriOpener *self, GAsyncResult *result, GError **error);
};

void bma_uri_opener_open_async (BmaUriOpener *self,
                                const char *uri,
                                const char *parent_window,
                                const char *activation_token,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean
bma_uri_opener_open_finish (BmaUriOpener *self, GAsyncResult *result, GError **error);

G_END_DECLS
