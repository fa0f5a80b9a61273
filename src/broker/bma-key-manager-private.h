/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

/* The inside of BmaKeyManager, for the bma-key-manager*.c files only. */

#include "bma-key-manager.h"

G_BEGIN_DECLS

/**
 * BmaKeyChange:
 * @BMA_KEY_CHANGE_NOTE: writes down what is in use already
 * @BMA_KEY_CHANGE_FIRST: the key that signs from the beginning
 * @BMA_KEY_CHANGE_ANNOUNCE: a next key
 * @BMA_KEY_CHANGE_PROMOTE: the next key signs
 * @BMA_KEY_CHANGE_WITHDRAW: no next key after all
 * @BMA_KEY_CHANGE_REPLACE: a key in place of all others
 *
 * What is being changed about the keys.
 */
typedef enum
{
  BMA_KEY_CHANGE_NOTE,
  BMA_KEY_CHANGE_FIRST,
  BMA_KEY_CHANGE_ANNOUNCE,
  BMA_KEY_CHANGE_PROMOTE,
  BMA_KEY_CHANGE_WITHDRAW,
  BMA_KEY_CHANGE_REPLACE,
} BmaKeyChange;

struct _BmaKeyManager
{
  GObject parent_instance;

  BmaKeyring *keyring; /* owned */
  BmaClock *clock;     /* owned */
  char *issuer;        /* owned */
  BmaKeyPolicy policy;

  BmaRoster *roster; /* owned, nullable: NULL with HS256 and until it is there */
  BmaKeyset *keys;   /* owned, nullable: NULL until there are keys */
  BmaKey *spare;     /* owned, nullable: made, and perhaps not in the keyring */
  GError *problem;   /* owned, nullable: why there are no keys */
  GError *trouble;   /* owned, nullable: why the keys cannot change */

  GQueue commands;           /* of GTask, owned: rotations asked for */
  GCancellable *cancellable; /* owned: replaced when what is under way is out of date */
  gboolean busy;             /* the keyring or a worker thread has something to do */
  gboolean unsaved;          /* the roster is ahead of the keyring */
  gboolean read_only;        /* the keyring takes nothing */
  int64_t hold_until_s;      /* after a failure nothing is tried before */
  int64_t due_s;             /* when to look next */
  unsigned int timer_id;     /* source */
};

void bma_key_manager_adopt (BmaKeyManager *self, BmaRoster *roster);
void bma_key_manager_set_problem (BmaKeyManager *self, GError *error);
void bma_key_manager_tend (BmaKeyManager *self);
void
bma_key_manager_begin_with_key (BmaKeyManager *self, BmaKeyChange kind, GTask *command);
void bma_key_manager_begin (BmaKeyManager *self, BmaKeyChange kind, BmaRoster *roster);
void bma_key_manager_refuse_commands (BmaKeyManager *self);

G_END_DECLS
