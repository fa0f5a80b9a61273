/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-identity-login.h"

G_BEGIN_DECLS

#define BMA_STYTCH_METHOD_EMAIL_OTP  "email-otp"
#define BMA_STYTCH_METHOD_MAGIC_LINK "magic-link"

GPtrArray *bma_stytch_list_methods (char *const *configured) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
