/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include "bma-secret.h"
#include "bma-upstream.h"

G_BEGIN_DECLS

/**
 * BmaServedPlace:
 * @address: its URL
 * @socket: (nullable): where that is, if the URL does not say
 * @secret: (nullable): the bearer token it expects
 *
 * Where a server that speaks HTTP is, and that somebody uses it. The server is not
 * stopped for idleness before the place is freed.
 */
typedef struct
{
  BmaUpstream *upstream;  /* owned */
  char *address;          /* owned */
  GSocketAddress *socket; /* owned, nullable */
  BmaSecret *secret;      /* owned, nullable */
} BmaServedPlace;

void bma_upstream_reach_async (BmaUpstream *self,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
BmaServedPlace *bma_upstream_reach_finish (BmaUpstream *self,
                                           GAsyncResult *result,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bma_served_place_free (BmaServedPlace *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaServedPlace, bma_served_place_free)

G_END_DECLS
