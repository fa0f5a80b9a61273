/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

/* The daemon, shared by its files: bma-daemon.c (how it is put together),
 * bma-daemon-events.c (what happens to it while it runs) and bma-daemon-idle.c (how it
 * ends while nobody needs it). */

#include "bma-broker.h"
#include "bma-bus-traffic.h"
#include "bma-daemon-tls.h"
#include "bma-daemon.h"
#include "bma-dbus-service.h"
#include "bma-desktop-watch.h"
#include "bma-http-server.h"
#include "bma-idle-watch.h"
#include "bma-store-keyfile.h"

G_BEGIN_DECLS

struct _BmaDaemon
{
  GObject parent_instance;

  BmaOptions *options;           /* owned */
  BmaConfig *config;             /* owned, nullable: in use */
  BmaClock *clock;               /* owned */
  BmaEntropy *entropy;           /* owned */
  BmaStoreKeyfile *store;        /* owned, nullable */
  BmaHttpServer *http;           /* owned, nullable */
  BmaDaemonTls *tls;             /* owned, nullable: none, plain HTTP */
  GDBusConnection *bus;          /* owned, nullable: none, HTTP only */
  BmaKeyring *keyring;           /* owned, nullable */
  BmaIdentityProvider *provider; /* owned, nullable */
  BmaBroker *broker;             /* owned, nullable */
  BmaDbusService *service;       /* owned, nullable */
  GMainLoop *loop;               /* owned */
  unsigned int signal_ids[3];    /* sources */
  unsigned int loss_id;          /* subscription on the bus */
  unsigned int opening_id;       /* source: until the doors are open */
  GError *failure;               /* owned, nullable: of opening them */
  BmaBusTraffic *traffic;        /* owned, nullable: on the bus */
  BmaIdleWatch *idle_watch;      /* owned, nullable: never ends by itself */
  unsigned int idle_id;          /* source: looks */
  BmaDesktopWatch *desktop;      /* owned, nullable */
  int64_t stop_by_us;            /* monotonic, 0 unless stopping */
  gboolean is_handed;            /* others keep the socket that clients connect to */
  gboolean is_leaving;           /* the name is given back, or about to be */
  gboolean has_left;             /* the name is given back */
  gboolean stopping;
};

void bma_daemon_notify_manager (const char *state);
void bma_daemon_stop (BmaDaemon *self, const char *reason);
gboolean bma_daemon_reload (gpointer self, GError **error);
void bma_daemon_watch_signals (BmaDaemon *self);
void bma_daemon_watch_bus (BmaDaemon *self);
void bma_daemon_watch_desktop (BmaDaemon *self);
void bma_daemon_watch_idleness (BmaDaemon *self);

G_END_DECLS
