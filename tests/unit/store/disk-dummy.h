/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-keyfile-ops.h"

G_BEGIN_DECLS

typedef enum
{
  DISK_WRITE,
  DISK_SYNC,
  DISK_TRUNCATE,
  DISK_RENAME,
  DISK_SYNC_FOLDER,
  DISK_N_CALLS,
} DiskCall;

/* A disk that fails, stalls and counts as it is told, and that remembers what would be
 * left after a crash. Safe for the writer thread. */
typedef struct _DiskDummy DiskDummy;

DiskDummy *disk_dummy_new (const char *folder);
void disk_dummy_free (DiskDummy *self);
const BmaKeyfileOps *disk_dummy_get_ops (DiskDummy *self);

void disk_dummy_fail (DiskDummy *self, DiskCall call, int error_number);
void disk_dummy_fail_later (DiskDummy *self,
                            DiskCall call,
                            unsigned int n_good,
                            int error_number);
void disk_dummy_write_at_most (DiskDummy *self, size_t n_bytes);
void disk_dummy_hold (DiskDummy *self);
void disk_dummy_await_held (DiskDummy *self);
void disk_dummy_release (DiskDummy *self);
unsigned int disk_dummy_count (DiskDummy *self, DiskCall call);
size_t disk_dummy_count_bytes (DiskDummy *self);

/* Before each call, the folder is copied as it would be after a crash:
 * 0 of the process; 1 of the power, nothing kept that was not synced; 2 of the power,
 * file names kept, their contents only when synced. */
#define DISK_N_CRASHES 3
void disk_dummy_record_crashes (DiskDummy *self, const char *into, const int *n_acked);
unsigned int disk_dummy_get_n_steps (DiskDummy *self);
int disk_dummy_get_n_acked (DiskDummy *self, unsigned int step);
char *disk_dummy_get_crash_folder (DiskDummy *self, unsigned int step, int crash);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DiskDummy, disk_dummy_free)

G_END_DECLS
