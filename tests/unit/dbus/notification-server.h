/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>
#include <stdint.h>

G_BEGIN_DECLS

/* Stands in for what shows notifications: org.freedesktop.Notifications, or the portal.
 */
typedef struct
{
  GDBusConnection *bus; /* owned */
  unsigned int object_id;
  gboolean is_portal;
  const char *capabilities; /* separated by spaces */
  uint32_t last_id;
  unsigned int n_shown;
  unsigned int n_withdrawn;
  uint32_t closes_next; /* why the one before ends while the next is on its way, 0: not */
  uint32_t replaces_id; /* of the last */
  char *portal_id;      /* owned, nullable: of the last */
  char *title;          /* owned, nullable: of the last */
  char *body;           /* owned, nullable: of the last */
  char *default_action; /* owned, nullable: of the last */
  GHashTable *keys;     /* owned: label -> action, of the last */
} NotificationServer;

NotificationServer *notification_server_new (GDBusConnection *bus, gboolean is_portal);
void notification_server_free (NotificationServer *self);
void notification_server_await (NotificationServer *self, unsigned int n_shown);
const char *notification_server_get_key (NotificationServer *self, const char *label);
void notification_server_send (GDBusConnection *from,
                               const char *to,
                               const char *signal,
                               GVariant *arguments);
void notification_server_press (NotificationServer *self, const char *key);
void notification_server_close (NotificationServer *self, uint32_t reason);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NotificationServer, notification_server_free)

G_END_DECLS
