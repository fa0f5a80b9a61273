/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

gboolean bma_setting_take_address (const char *text, char **host, uint16_t *port);
gboolean bma_setting_take_integer (const char *text, int64_t *value);

char *bma_setting_take_public_url (const char *text) G_GNUC_WARN_UNUSED_RESULT;
char *bma_setting_take_host (const char *text) G_GNUC_WARN_UNUSED_RESULT;
char *bma_setting_take_path (const char *text) G_GNUC_WARN_UNUSED_RESULT;
char *bma_setting_take_stytch_project (const char *text) G_GNUC_WARN_UNUSED_RESULT;
char *bma_setting_take_stytch_token (const char *text) G_GNUC_WARN_UNUSED_RESULT;
char *bma_setting_take_stytch_url (const char *text) G_GNUC_WARN_UNUSED_RESULT;
char *bma_setting_take_upstream (const char *text) G_GNUC_WARN_UNUSED_RESULT;
char *bma_setting_take_command (const char *text) G_GNUC_WARN_UNUSED_RESULT;
char *bma_setting_take_scope (const char *text) G_GNUC_WARN_UNUSED_RESULT;
char *bma_setting_take_origin (const char *text) G_GNUC_WARN_UNUSED_RESULT;

/* bma-setting-take-identity.c */
char *bma_setting_take_provider (const char *text) G_GNUC_WARN_UNUSED_RESULT;
char *bma_setting_take_issuer (const char *text) G_GNUC_WARN_UNUSED_RESULT;
char *bma_setting_take_trusted_issuer (const char *text) G_GNUC_WARN_UNUSED_RESULT;
char *bma_setting_take_client_id (const char *text) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
