/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

/* Shared by the bma-broker-sign-in*.c files only. */

#include "bma-broker-private.h"
#include "bma-browser-step.h"

G_BEGIN_DECLS

/**
 * BmaSignIn:
 *
 * A login at one of its steps, as the data of a task.
 */
typedef struct
{
  BmaLogin *login;    /* owned: as it is stored */
  char *tx;           /* owned, secret */
  char *cookie;       /* owned, secret */
  char *clear_cookie; /* owned, nullable: removes the cookie of the form before */
  char *cookies;      /* owned, nullable, secret: all that the browser sent */
  char *email;        /* owned, nullable: what the person typed, checked */
  BmaSecret *code;    /* owned, nullable: what the person typed */
} BmaSignIn;

void bma_sign_in_move_on (BmaSignIn *self, BmaChange *change, BmaLogin *next);
const BmaLogin *bma_sign_in_lookup (const BmaSignIn *self, BmaStore *store);
void bma_sign_in_free (BmaSignIn *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaSignIn, bma_sign_in_free)

BmaBrowserStep *
bma_broker_make_sign_in_step (BmaBroker *self,
                              const BmaSignIn *sign_in,
                              BmaSignInNotice notice,
                              const char *message) G_GNUC_WARN_UNUSED_RESULT;
void bma_broker_begin_sign_in (BmaBroker *self, GTask *task);
void bma_broker_go_on_with_sign_in (BmaBroker *self,
                                    GTask *task,
                                    BmaLogin *next,
                                    BmaSignInNotice notice,
                                    const char *message);
void bma_broker_end_sign_in (BmaBroker *self,
                             GTask *task,
                             const BmaSignIn *sign_in,
                             const GError *error);

G_END_DECLS
