/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <libsoup/soup.h>

/* The simulator as a child process, and a person's browser in front of it. */
typedef struct
{
  GSubprocess *process; /* owned: ends when its standard input closes */
  SoupSession *browser; /* owned: has cookies, follows nothing by itself */
  char *folder;         /* owned: of the secret's file */
  char *secret_path;    /* owned */
  char *origin;         /* owned */
} Sim;

void sim_start (Sim *self,
                const char *program,
                const char *project_id,
                const char *public_token,
                const char *secret);
void sim_stop (Sim *self);

void sim_switch (Sim *self, const char *name, const char *json);
void sim_fault (Sim *self, const char *name);
char *sim_sign_in (Sim *self, const char *login_uri, const char *action);
