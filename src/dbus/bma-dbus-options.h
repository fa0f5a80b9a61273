/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>
#include <stdint.h>

#include "bma-broker-error.h"
#include "bma-secret.h"

G_BEGIN_DECLS

#define BMA_DBUS_MAX_TEXT_BYTES 4096
#define BMA_DBUS_MAX_SCOPES     32

/**
 * BmaDbusMethod:
 *
 * The methods that take options.
 */
typedef enum
{
  BMA_DBUS_METHOD_GET_TOKEN = 1 << 0,
  BMA_DBUS_METHOD_REQUEST_TOKEN = 1 << 1,
  BMA_DBUS_METHOD_SIGN_IN = 1 << 2,
  BMA_DBUS_METHOD_OPEN_ENDPOINT = 1 << 3,
} BmaDbusMethod;

/**
 * BmaDbusOptions:
 *
 * What a caller asked for, checked. Texts that were not given are %NULL.
 */
typedef struct
{
  char *parent_window;    /* owned */
  char **scopes;          /* owned */
  char *resource;         /* owned, nullable */
  char *correlation_id;   /* owned, nullable */
  char *handle_token;     /* owned, nullable */
  char *activation_token; /* owned, nullable */
  char *reason;           /* owned, nullable */
  char *prompt;           /* owned, nullable */
  BmaSecret *pairing_key; /* owned, nullable */
  uint32_t min_valid_s;
  uint32_t max_valid_s;
  gboolean tie;
  gboolean as_fd;
  gboolean pair;
  gboolean await;
  gboolean person_acted;
} BmaDbusOptions;

BmaDbusOptions *bma_dbus_options_parse (BmaDbusMethod method,
                                        const char *parent_window,
                                        const char *const *scopes,
                                        GVariant *options,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bma_dbus_options_free (BmaDbusOptions *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaDbusOptions, bma_dbus_options_free)

G_END_DECLS
