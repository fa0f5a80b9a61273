/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-broker.h"
#include "bma-clock-dummy.h"
#include "bma-dbus-service.h"
#include "bma-keyring-dummy.h"
#include "bma-store-memory.h"
#include "dbus-dummies.h"

G_BEGIN_DECLS

#define ROOT    "/org/biomcp/Auth"
#define BROKER  "org.biomcp.Auth.Broker1"
#define REQUEST "org.biomcp.Auth.Request1"
#define GRANT   "org.biomcp.Auth.Grant1"
#define CLIENT  "org.biomcp.Auth.Client1"
#define SERVER  "org.biomcp.Auth.Server1"
#define ERROR   "org.biomcp.Auth.Error."

/* A signal that a caller received. */
typedef struct
{
  char *name;       /* owned */
  char *path;       /* owned */
  GVariant *body;   /* owned */
  GUnixFDList *fds; /* owned, nullable */
} Heard;

/* A program on the bus. */
typedef struct
{
  GDBusConnection *bus; /* owned */
  GPtrArray *heard;     /* owned: of Heard, under the lock */
  GString *traffic;     /* owned: all messages as text, under the lock */
  unsigned int filter_id;
} Caller;

/* A private bus with the service, built on dummies, and three callers. */
typedef struct
{
  GTestDBus *daemon;            /* owned */
  GDBusConnection *service_bus; /* owned */
  BmaClockDummy *clock;         /* owned */
  BmaStoreMemory *store;        /* owned */
  BmaKeyringDummy *keyring;     /* owned */
  BmaBroker *broker;            /* owned */
  BmaPeerResolver *resolver;    /* owned */
  BmaUriOpenerDummy *opener;    /* owned */
  BmaDbusService *service;      /* owned, nullable */
  Caller host;                  /* a program outside a sandbox */
  Caller app;                   /* org.example.App, in a sandbox */
  Caller other;                 /* org.example.Other, in a sandbox */
} Fixture;

typedef enum
{
  FIXTURE_DOES_NOT_NOTIFY,
  FIXTURE_NOTIFIES,
  FIXTURE_NOTIFIES_BY_PORTAL,
} FixtureNotifies;

/* What is different about a fixture. */
typedef struct
{
  FixtureNotifies notifies;
  unsigned int request_lifetime_ms;
  gboolean has_real_resolver;
} Setup;

void fixture_set_up (Fixture *self, gconstpointer setup);
void fixture_tear_down (Fixture *self, gconstpointer setup);
GDBusConnection *fixture_connect (Fixture *self);
void fixture_leave (Fixture *self, Caller *caller);
void fixture_name (Fixture *self, Caller *caller, const char *app_id, const char *trust);

GVariant *caller_call (Caller *caller,
                       Fixture *fixture,
                       const char *path,
                       const char *interface,
                       const char *method,
                       GVariant *arguments,
                       GUnixFDList *fds,
                       GUnixFDList **fds_out,
                       char **error_name);
GVariant *caller_ok (Caller *caller,
                     Fixture *fixture,
                     const char *path,
                     const char *interface,
                     const char *method,
                     GVariant *arguments);
char *caller_error (Caller *caller,
                    Fixture *fixture,
                    const char *path,
                    const char *interface,
                    const char *method,
                    GVariant *arguments);
void caller_settle (Caller *caller, Fixture *fixture);
Heard *caller_wait (Caller *caller, Fixture *fixture, const char *name);
void caller_forget (Caller *caller);
unsigned int caller_count (Caller *caller, const char *name);
gboolean caller_saw (Caller *caller, const char *text);

char *fixture_press (Fixture *self, const char *choice, const char *decision);
char *fixture_request (Fixture *self, Caller *caller, const char *options);
char *fixture_allow (Fixture *self, Caller *caller, const char *decision);
char *fixture_add_client (Fixture *self);

G_END_DECLS
