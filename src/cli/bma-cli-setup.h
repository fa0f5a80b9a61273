/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * BmaCliSetup:
 * @provider: what is set up, "stytch" or "oidc"
 * @entries: (element-type BmaCliConfigEntry): what is to be written
 * @secret_kind: the kind under which the service keeps the secret
 * @secret: the secret; empty when there is none
 * @path: (type filename): the configuration file
 * @is_agreed: whether nobody has to be asked
 *
 * A provider that the service is to be set up for.
 */
typedef struct
{
  const char *provider;    /* static */
  GPtrArray *entries;      /* not owned */
  const char *secret_kind; /* static */
  const char *secret;      /* not owned */
  const char *path;        /* not owned */
  gboolean is_agreed;
} BmaCliSetup;

GVariant *bma_cli_setup_carry_out (const BmaCliSetup *self,
                                   GVariant **findings,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

gboolean bma_cli_setup_apply (GDBusConnection *bus,
                              const char *path,
                              const char *old,
                              const char *text,
                              GError **error);
GVariant *bma_cli_setup_fetch_status (GDBusConnection *bus,
                                      GVariant **findings,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
char *bma_cli_setup_get_redirect_url (GVariant *status,
                                      const char *provider) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
