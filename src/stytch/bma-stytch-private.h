/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

/* The inside of BmaStytch, for the bma-stytch*.c files only. */

#include "bma-stytch.h"

G_BEGIN_DECLS

struct _BmaStytch
{
  GObject parent_instance;

  BmaConfig *config;     /* owned */
  BmaKeyring *keyring;   /* owned */
  BmaHttpClient *client; /* owned */
};

/**
 * BmaStytchRead:
 * @task: what to finish, with what the answer says
 * @status: HTTP status
 * @body: the answer
 * @length: its length in bytes
 *
 * Reads an answer of Stytch.
 */
typedef void (*BmaStytchRead) (GTask *task,
                               unsigned int status,
                               const char *body,
                               size_t length);

char *bma_stytch_get_api_url (BmaStytch *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bma_stytch_start_call (
    GTask *task, const char *method, const char *path, GBytes *body, BmaStytchRead read);

G_END_DECLS
