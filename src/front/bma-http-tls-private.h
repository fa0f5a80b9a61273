/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

/* Certificates (bma-http-tls.c) and the sessions that show them
 * (bma-http-tls-session.c). */

#include "bma-http-tls.h"

#include <openssl/ssl.h>

G_BEGIN_DECLS

struct _BmaHttpTls
{
  gatomicrefcount refs;
  SSL_CTX *context; /* (owned) */
};

G_END_DECLS
