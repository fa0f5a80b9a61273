/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-client.h"

G_BEGIN_DECLS

#define BMA_CLIENT_SETTING_ID "client-id"

/**
 * BmaClientSetting:
 * @key: key of a group `[client NAME]`
 * @builtin: what holds when it is not set, for people
 * @accepted: what it accepts, for people
 * @summary: what it is for, for people
 * @take: checks a text and puts it into a client
 *
 * One row of the table of what can be said about a client in the configuration.
 */
typedef struct
{
  const char *key;      /* static */
  const char *builtin;  /* static */
  const char *accepted; /* static */
  const char *summary;  /* static */
  gboolean (*take) (const char *text, BmaClient *client);
} BmaClientSetting;

const BmaClientSetting *bma_client_setting_table (size_t *n_settings);
const BmaClientSetting *bma_client_setting_find (const char *key);
gboolean bma_client_setting_is_id (const char *text);
const char *bma_client_setting_complete (BmaClient *client);

G_END_DECLS
