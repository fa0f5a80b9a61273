/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define BMA_EAR_MAX_SUBSCRIPTIONS 8

/**
 * BmaEar:
 * @bus: (nullable): owned; to be set before the first subscription
 * @ids: what was subscribed to
 * @n_ids: how many
 *
 * A bus and what is listened to there. All zero is one without.
 */
typedef struct
{
  GDBusConnection *bus;
  unsigned int ids[BMA_EAR_MAX_SUBSCRIPTIONS];
  unsigned int n_ids;
} BmaEar;

void bma_ear_add (BmaEar *self,
                  const char *sender,
                  const char *interface,
                  const char *member,
                  const char *path,
                  GDBusSignalCallback callback,
                  gpointer user_data);
void bma_ear_clear (BmaEar *self);

G_END_DECLS
