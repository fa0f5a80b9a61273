/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-client.h"
#include "bma-key.h"
#include "http-fixture.h"

/* Confidential clients and how they authenticate themselves. */

#define SECRET "a secret of 36 characters: +%/&=abc!"

/* The client has the redirect URI of the fixture, all grant types and the scope mcp. */
void http_add_client (HttpFixture *self, const char *id, const char *auth_method);
/* Its keys are the public half of @key. */
void http_add_key_client (HttpFixture *self, const char *id, BmaKey *key);
char *http_make_basic (const char *id, const char *secret);
/* The two fields of a form, from `&client_assertion_type`; claims without braces. */
char *http_make_assertion (BmaKey *key, const char *claims);
void http_store_apply (HttpFixture *self, BmaChange *change);
