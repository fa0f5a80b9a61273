/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

/* What the dummy does when its prompt is shown. */
typedef enum
{
  SECRET_SERVICE_DUMMY_UNLOCK,
  SECRET_SERVICE_DUMMY_DISMISS,
  SECRET_SERVICE_DUMMY_ODD_TYPE, /* dismissed, with a result that libsecret trips over */
  SECRET_SERVICE_DUMMY_VANISH,
  SECRET_SERVICE_DUMMY_WAIT, /* until it is told to dismiss */
} SecretServiceDummyMode;

/* A Secret Service without secrets on a connection of its own: what gnome-keyring cannot
 * be made to do without a display. */
typedef struct
{
  GDBusConnection *connection; /* owned */
  unsigned int name_id;
  unsigned int object_ids[3];
  SecretServiceDummyMode mode;
  gboolean has_collection;
  gboolean locked;
  unsigned int n_prompts;
  unsigned int n_dismissals;
} SecretServiceDummy;

void secret_service_dummy_start (SecretServiceDummy *self, SecretServiceDummyMode mode);
void secret_service_dummy_set_locked (SecretServiceDummy *self, gboolean locked);
void secret_service_dummy_stop (SecretServiceDummy *self);
