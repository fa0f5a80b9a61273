/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-client.h"
#include "bma-clock-dummy.h"
#include "bma-store-keyfile.h"
#include "disk-dummy.h"

G_BEGIN_DECLS

/* A folder of its own, a disk that can be steered, and a tally of answers. */
typedef struct
{
  char *top;            /* owned: removed in the end */
  char *folder;         /* owned: the state folder */
  char *state;          /* owned: the state file */
  BmaClockDummy *clock; /* owned */
  DiskDummy *disk;      /* owned */
  BmaStore *store;      /* owned, nullable: open */
  GString *answers;     /* owned: '+' or '-' for each answer, in order */
  unsigned int n_changed;
  int n_acked;
} StoreFixture;

void store_fixture_set_up (StoreFixture *self, gconstpointer data);
void store_fixture_tear_down (StoreFixture *self, gconstpointer data);

void store_fixture_open (StoreFixture *self);
void store_fixture_close (StoreFixture *self);
BmaStoreError store_fixture_fail_to_open (StoreFixture *self);
unsigned int store_fixture_count_reports (StoreFixture *self);
char *store_fixture_read (StoreFixture *self, size_t *n_bytes);
void store_fixture_write (StoreFixture *self, const char *bytes, size_t n_bytes);
unsigned int store_fixture_count_files (StoreFixture *self, const char *prefix);

void store_fixture_put (StoreFixture *self, const char *id, const char *name);
void store_fixture_delete (StoreFixture *self, const char *id);
void store_fixture_put_nothing (StoreFixture *self);
void store_fixture_await (StoreFixture *self, size_t n_answers);
const char *store_fixture_name_of (StoreFixture *self, const char *id);

#define STORE_TEST(path, function)                                                       \
  g_test_add (path, StoreFixture, NULL, store_fixture_set_up, function,                  \
              store_fixture_tear_down)

G_END_DECLS
