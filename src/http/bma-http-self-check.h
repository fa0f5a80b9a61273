/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-check.h"
#include "bma-http-client.h"

G_BEGIN_DECLS

#define BMA_TYPE_HTTP_SELF_CHECK (bma_http_self_check_get_type ())
G_DECLARE_FINAL_TYPE (
    BmaHttpSelfCheck, bma_http_self_check, BMA, HTTP_SELF_CHECK, GObject)

BmaCheck *bma_http_self_check_new (BmaHttpClient *client) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
