/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-setting.h"

G_BEGIN_DECLS

/**
 * BmaSettingsVariable:
 * @setting: what it sets
 * @name: the variable
 * @text: the value
 *
 * A setting found in the environment.
 */
typedef struct
{
  const BmaSetting *setting; /* static */
  const char *name;          /* static */
  char *text;                /* owned */
} BmaSettingsVariable;

GPtrArray *bma_settings_environment_read (const char *const *environment,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
