/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

/* The inside of BmaNotifier, for bma-notifier*.c only. */

#include "bma-notifier-bus.h"

G_BEGIN_DECLS

#define BMA_NOTIFIER_LIMIT_MS      (5 * 1000)
#define BMA_NOTIFIER_SUBSCRIPTIONS 2

struct _BmaNotifier
{
  GObject parent_instance;

  GDBusConnection *bus; /* owned */
  BmaEntropy *entropy;  /* owned */
  gboolean uses_portal;

  char *owner;            /* owned, nullable: the connection that shows it */
  gboolean is_sending;    /* the server has not answered yet */
  uint32_t id;            /* what it is called there, 0 while it is not shown */
  char *portal_id;        /* owned: what it is called at the portal */
  GHashTable *actions;    /* owned: name on the bus -> what it means to us */
  char *activation_token; /* owned, nullable: for what the press starts */
  unsigned int subscriptions[BMA_NOTIFIER_SUBSCRIPTIONS];
};

void bma_notifier_listen_to (BmaNotifier *self, const char *owner);

G_END_DECLS
