/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-config.h"

G_BEGIN_DECLS

/**
 * BmaSettingsError:
 * @BMA_SETTINGS_ERROR_FILE: a configuration file cannot be read or is not one
 * @BMA_SETTINGS_ERROR_UNKNOWN: there is no such group or key
 * @BMA_SETTINGS_ERROR_VALUE: a value is not accepted
 * @BMA_SETTINGS_ERROR_USAGE: a value of the command line is not accepted
 * @BMA_SETTINGS_ERROR_SECRET: a secret stands where others can read it
 * @BMA_SETTINGS_ERROR_INCOMPLETE: settings do not fit together
 *
 * Messages name the place and what is accepted, and never repeat a value.
 */
typedef enum
{
  BMA_SETTINGS_ERROR_FILE,
  BMA_SETTINGS_ERROR_UNKNOWN,
  BMA_SETTINGS_ERROR_VALUE,
  BMA_SETTINGS_ERROR_USAGE,
  BMA_SETTINGS_ERROR_SECRET,
  BMA_SETTINGS_ERROR_INCOMPLETE,
} BmaSettingsError;

#define BMA_SETTINGS_N_ERRORS (BMA_SETTINGS_ERROR_INCOMPLETE + 1)
#define BMA_SETTINGS_ERROR    (bma_settings_error_quark ())
GQuark bma_settings_error_quark (void);

/**
 * BmaSettingsPlaces:
 * @listen: (nullable): value of --listen
 * @environment: (nullable): lines NAME=VALUE
 * @user_file: (nullable): the user's file
 * @user_file_required: whether it is an error when it does not exist
 * @system_files: (nullable): the system's files, the most important first
 *
 * Where settings come from, the most important first. Borrowed strings.
 */
typedef struct
{
  const char *listen;
  const char *const *environment;
  const char *user_file;
  gboolean user_file_required;
  const char *const *system_files;
} BmaSettingsPlaces;

BmaConfig *bma_settings_load (const BmaSettingsPlaces *places,
                              char ***notices,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
char *bma_settings_keep_running (BmaConfig *loaded,
                                 const BmaConfig *running) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
