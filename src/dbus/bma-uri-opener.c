/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-uri-opener.h"

G_DEFINE_INTERFACE (BmaUriOpener, bma_uri_opener, G_TYPE_OBJECT)

static void
bma_uri_opener_default_init (BmaUriOpenerInterface *iface)
{
}

/**
 * bma_uri_opener_open_async:
 * @self: an opener
 * @uri: the page
 * @parent_window: the window it belongs to, or empty
 * @activation_token: (nullable): lets it take the focus
 * @cancellable: (nullable): ends the waiting
 * @callback: called when it was handed to a browser
 * @user_data: for @callback
 *
 * Shows a page. Success means that a browser was started, not that somebody looks at it.
 */
void
bma_uri_opener_open_async (BmaUriOpener *self,
                           const char *uri,
                           const char *parent_window,
                           const char *activation_token,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_return_if_fail (BMA_IS_URI_OPENER (self) && uri != NULL);

  BMA_URI_OPENER_GET_IFACE (self)->open_async (self, uri, parent_window, activation_token,
                                               cancellable, callback, user_data);
}

/**
 * bma_uri_opener_open_finish:
 * @self: an opener
 * @result: what the callback got
 * @error: return location for an error
 *
 * Returns: whether a browser was started
 */
gboolean
bma_uri_opener_open_finish (BmaUriOpener *self, GAsyncResult *result, GError **error)
{
  return BMA_URI_OPENER_GET_IFACE (self)->open_finish (self, result, error);
}
