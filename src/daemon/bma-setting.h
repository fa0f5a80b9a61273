/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-config.h"

G_BEGIN_DECLS

/**
 * BmaSettingType:
 * @BMA_SETTING_TEXT: one value
 * @BMA_SETTING_LIST: values separated by semicolons, commas or spaces
 * @BMA_SETTING_SCOPES: scopes and rules for scopes, separated like a list
 * @BMA_SETTING_CHOICE: one of a few words
 * @BMA_SETTING_INTEGER: a whole number in a range
 * @BMA_SETTING_ADDRESS: host and port
 */
typedef enum
{
  BMA_SETTING_TEXT,
  BMA_SETTING_LIST,
  BMA_SETTING_SCOPES,
  BMA_SETTING_CHOICE,
  BMA_SETTING_INTEGER,
  BMA_SETTING_ADDRESS,
} BmaSettingType;

/**
 * BmaSetting:
 * @group: group of the configuration file
 * @key: key of the configuration file
 * @type: what kind of value it takes
 * @environment: (nullable): variable of the environment that sets it too
 * @builtin: what holds when nobody sets it, for people
 * @accepted: what it accepts, for people
 * @summary: what it is for, for people
 * @take: checks and normalises a text or one item of a list
 * @words: accepted values of a choice or, where @take is %NULL, items of a list
 * @minimum: smallest number; for a list the least number of items
 * @maximum: largest number
 * @offset: where it lives in #BmaConfig
 * @size: size of a number there
 * @restart: whether a change needs a restart
 *
 * One row of the table of settings. Everything that is said about settings, in messages
 * and in the documentation, comes from it.
 */
typedef struct
{
  const char *group;       /* static */
  const char *key;         /* static */
  const char *environment; /* static */
  const char *builtin;     /* static */
  const char *accepted;    /* static */
  const char *summary;     /* static */
  char *(*take) (const char *text);
  const char *const *words; /* static */
  int64_t minimum;
  int64_t maximum;
  size_t offset;
  size_t size;
  BmaSettingType type;
  gboolean restart;
} BmaSetting;

/**
 * BmaSettingVerdict:
 * @BMA_SETTING_OK: the value is good and has been taken
 * @BMA_SETTING_BAD: the value is not accepted
 */
typedef enum
{
  BMA_SETTING_OK,
  BMA_SETTING_BAD,
} BmaSettingVerdict;

const BmaSetting *bma_setting_table (size_t *n_settings);
const BmaSetting *bma_setting_find (const char *group, const char *key);
gboolean bma_setting_has_group (const char *group);

BmaSettingVerdict
bma_setting_apply (const BmaSetting *self, const char *text, BmaConfig *config);
gboolean bma_setting_is_met (const BmaSetting *self,
                             const BmaConfig *wanted,
                             const BmaConfig *running);
void bma_setting_copy (const BmaSetting *self, const BmaConfig *from, BmaConfig *to);

G_END_DECLS
