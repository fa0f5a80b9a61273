/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include "bma-keyset.h"

G_BEGIN_DECLS

/**
 * BmaKeyPlace:
 *
 * Where somebody else's keys are: one of the two is set.
 */
typedef struct
{
  const char *issuer;   /* not owned, nullable: whose discovery document says where */
  const char *jwks_uri; /* not owned, nullable: where the key set itself is */
} BmaKeyPlace;

/**
 * BmaKeyFinding:
 * @BMA_KEY_FOUND: here it is, and it may be used
 * @BMA_KEY_UNKNOWN: the keys are known, and it is not among them
 * @BMA_KEY_WANTED: the keys must be fetched first; then ask again
 * @BMA_KEY_UNREACHABLE: the keys could not be fetched, and it is too early to try again
 *
 * What is known about a key of somebody else.
 */
typedef enum
{
  BMA_KEY_FOUND,
  BMA_KEY_UNKNOWN,
  BMA_KEY_WANTED,
  BMA_KEY_UNREACHABLE,
} BmaKeyFinding;

#define BMA_TYPE_KEY_SOURCE (bma_key_source_get_type ())
G_DECLARE_INTERFACE (BmaKeySource, bma_key_source, BMA, KEY_SOURCE, GObject)

/**
 * BmaKeySourceInterface:
 * @find: see [method@KeySource.find]
 * @get_retry_after_s: see [method@KeySource.get_retry_after_s]
 * @load_async: see [method@KeySource.load_async]
 * @load_finish: see [method@KeySource.load_finish]
 * @refresh_early: (nullable): see [method@KeySource.refresh_early]
 *
 * The public keys of others, kept for a while.
 */
struct _BmaKeySourceInterface
{
  GTypeInterface parent_iface;

  BmaKeyFinding (*find) (BmaKeySource *self,
                         const BmaKeyPlace *place,
                         const char *kid,
                         const BmaKeyset **keys);
  int64_t (*get_retry_after_s) (BmaKeySource *self, const BmaKeyPlace *place);
  void (*load_async) (BmaKeySource *self,
                      const BmaKeyPlace *place,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data);
  gboolean (*load_finish) (BmaKeySource *self, GAsyncResult *result, GError **error);
  void (*refresh_early) (BmaKeySource *self);
};

void bma_key_source_refresh_early (BmaKeySource *self);
BmaKeyFinding bma_key_source_find (BmaKeySource *self,
                                   const BmaKeyPlace *place,
                                   const char *kid,
                                   const BmaKeyset **keys);
int64_t bma_key_source_get_retry_after_s (BmaKeySource *self, const BmaKeyPlace *place);
void bma_key_source_load_async (BmaKeySource *self,
                                const BmaKeyPlace *place,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean
bma_key_source_load_finish (BmaKeySource *self, GAsyncResult *result, GError **error);

G_END_DECLS
