/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-settings.h"

/* Configuration files in a folder of their own, and what was loaded from them. */
typedef struct
{
  char *folder;      /* owned */
  char *user;        /* owned: path of the user's file */
  char *system[3];   /* owned: paths of the system's files, the last NULL */
  BmaConfig *config; /* owned, nullable */
  char **notices;    /* owned, nullable */
  GError *error;     /* owned, nullable */
} Settings;

Settings *settings_new (void);
void settings_free (Settings *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Settings, settings_free)

void settings_write (const char *path, const char *text);
gboolean
settings_load (Settings *self, const char *const *environment, const char *listen);
char *settings_get_message (const Settings *self);
void settings_assert_refused (Settings *settings,
                              const char *const *environment,
                              const char *listen,
                              BmaSettingsError code,
                              const char *expected);
