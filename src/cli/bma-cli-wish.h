/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>
#include <stdint.h>

#include "bma-secret.h"

G_BEGIN_DECLS

/**
 * BmaCliWish:
 * @scopes: (nullable): what the token is for
 * @resource: (nullable): the resource the token is for
 * @min_valid_s: how long the token must at least be good, -1 when not given
 * @no_interaction: whether the person may not be asked
 *
 * The token that somebody at a command line wants.
 */
typedef struct
{
  char **scopes;  /* owned */
  char *resource; /* owned */
  int64_t min_valid_s;
  gboolean no_interaction;
} BmaCliWish;

#define BMA_CLI_WISH_INIT                                                                \
  {                                                                                      \
    .min_valid_s = -1                                                                    \
  }

/* The options of every verb that needs a token, for an array of GOptionEntry. */
#define BMA_CLI_WISH_ENTRIES(wish)                                                       \
  { "scope",                                                                             \
    0,                                                                                   \
    0,                                                                                   \
    G_OPTION_ARG_STRING_ARRAY,                                                           \
    &(wish)->scopes,                                                                     \
    "What the token is for; may be repeated",                                            \
    "SCOPE" },                                                                           \
      { "resource",                                                                      \
        0,                                                                               \
        0,                                                                               \
        G_OPTION_ARG_STRING,                                                             \
        &(wish)->resource,                                                               \
        "The resource the token is for",                                                 \
        "URL" },                                                                         \
      { "min-valid-s",                                                                   \
        0,                                                                               \
        0,                                                                               \
        G_OPTION_ARG_INT64,                                                              \
        &(wish)->min_valid_s,                                                            \
        "How long the token must be good at least",                                      \
        "SECONDS" },                                                                     \
  {                                                                                      \
    "no-interaction", 0, 0, G_OPTION_ARG_NONE, &(wish)->no_interaction,                  \
        "Never ask; exit with 2 instead", NULL                                           \
  }

void bma_cli_wish_clear (BmaCliWish *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BmaCliWish, bma_cli_wish_clear)

const char *bma_cli_wish_check (const BmaCliWish *self);
GVariant *bma_cli_wish_obtain (const BmaCliWish *self,
                               GDBusConnection *bus,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
BmaSecret *bma_cli_wish_obtain_secret (const BmaCliWish *self,
                                       GDBusConnection *bus,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean bma_cli_wish_is_token (const char *text);

G_END_DECLS
