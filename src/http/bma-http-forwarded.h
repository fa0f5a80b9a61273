/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * BmaHttpForwardedFields:
 * @forwarded: (nullable): Forwarded (RFC 7239)
 * @x_for: (nullable): X-Forwarded-For
 * @x_proto: (nullable): X-Forwarded-Proto
 * @x_host: (nullable): X-Forwarded-Host
 *
 * The header fields in which reverse proxies say for whom they ask; several of a name are
 * joined by commas. Borrowed.
 */
typedef struct
{
  const char *forwarded;
  const char *x_for;
  const char *x_proto;
  const char *x_host;
} BmaHttpForwardedFields;

/**
 * BmaHttpForwarded:
 * @client: who asks, unmapped, or %NULL if the proxies do not tell
 * @proto: `http` or `https` in lower case, or %NULL if they do not tell
 * @host: the Host the client sent, or %NULL if they do not tell
 *
 * What reverse proxies say.
 */
typedef struct
{
  GInetAddress *client; /* owned, nullable */
  char *proto;          /* owned, nullable */
  char *host;           /* owned, nullable */
} BmaHttpForwarded;

gboolean bma_http_forwarded_parse (const BmaHttpForwardedFields *fields,
                                   const char *const *trusted,
                                   BmaHttpForwarded *forwarded) G_GNUC_WARN_UNUSED_RESULT;
void bma_http_forwarded_clear (BmaHttpForwarded *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BmaHttpForwarded, bma_http_forwarded_clear)

G_END_DECLS
