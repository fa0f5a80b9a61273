/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include "bma-broker.h"
#include "bma-dbus-prompter.h"
#include "bma-peer-resolver.h"
#include "bma-uri-opener.h"

G_BEGIN_DECLS

#define BMA_DBUS_REQUEST_LIFETIME_MS (10 * 60 * 1000)

/**
 * BmaDbusParts:
 * @broker: decides
 * @connection: the bus to serve
 * @resolver: tells who calls
 * @opener: shows pages
 * @notifier: (nullable): shows notifications
 * @prompter: (nullable): brings questions to the person; the service makes it
 * @request_lifetime_ms: how long a request lives, %BMA_DBUS_REQUEST_LIFETIME_MS if 0
 *
 * What the front on the bus is made of.
 */
typedef struct
{
  BmaBroker *broker;
  GDBusConnection *connection;
  BmaPeerResolver *resolver;
  BmaUriOpener *opener;
  BmaNotifier *notifier;
  BmaDbusPrompter *prompter;
  unsigned int request_lifetime_ms;
} BmaDbusParts;

void bma_dbus_parts_copy (BmaDbusParts *to, const BmaDbusParts *from);
void bma_dbus_parts_clear (BmaDbusParts *self);

G_END_DECLS
