/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-endpoint.h"
#include "bma-http-front.h"

G_BEGIN_DECLS

gboolean bma_http_endpoint_serve (BmaHttpFront *front,
                                  int fd,
                                  BmaEndpoint *endpoint,
                                  GError **error);

G_END_DECLS
