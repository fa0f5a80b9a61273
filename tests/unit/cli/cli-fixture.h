/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include "fake-service.h"

#define TEST_TOKEN "eyJhbGciOiJFUzI1NiJ9.e30.c2ln"

/* A private bus with a service, and the last run of the program. */
typedef struct
{
  GTestDBus *bus;       /* owned */
  FakeService *service; /* owned */
  GSubprocess *child;   /* owned, nullable: what runs now */
  gboolean ended;
  gboolean no_bus;
  int code;
  char *out; /* owned */
  char *err; /* owned */
} CliFixture;

void cli_fixture_init (int argc, char **argv);
void cli_fixture_set_up (CliFixture *self, gconstpointer data);
void cli_fixture_tear_down (CliFixture *self, gconstpointer data);
void cli_fixture_run (CliFixture *self, const char *input, const char *line);

#define cli_fixture_add(path, function)                                                  \
  g_test_add (path, CliFixture, NULL, cli_fixture_set_up, function, cli_fixture_tear_down)
