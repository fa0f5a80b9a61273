/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-entropy.h"
#include "bma-uri-opener.h"

G_BEGIN_DECLS

/**
 * BmaUriOpenerDesktop:
 *
 * Shows pages through the desktop portal, which runs in the person's session; without
 * one, and outside Flatpak only, through `$BROWSER` or the default browser.
 */
#define BMA_TYPE_URI_OPENER_DESKTOP (bma_uri_opener_desktop_get_type ())
G_DECLARE_FINAL_TYPE (
    BmaUriOpenerDesktop, bma_uri_opener_desktop, BMA, URI_OPENER_DESKTOP, GObject)

BmaUriOpener *bma_uri_opener_desktop_new (GDBusConnection *connection,
                                          BmaEntropy *entropy) G_GNUC_WARN_UNUSED_RESULT;

char **bma_uri_opener_desktop_make_command (const char *browser,
                                            const char *uri) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
