/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-broker.h"

G_BEGIN_DECLS

/**
 * BmaTokenCache:
 *
 * The tokens that local callers were given last, by what they asked for. Bounded: those
 * that nobody asked for in the longest time make room.
 */
typedef struct _BmaTokenCache BmaTokenCache;

/**
 * BmaIssue:
 *
 * A token from the moment it is signed. Nobody gets it before the records it depends on
 * are safe; all who ask meanwhile get the same one.
 */
typedef struct _BmaIssue BmaIssue;

BmaTokenCache *bma_token_cache_new (unsigned int max_issues) G_GNUC_WARN_UNUSED_RESULT;
void bma_token_cache_free (BmaTokenCache *self);
BmaIssue *bma_token_cache_lookup (BmaTokenCache *self, const char *key, int64_t until_s);
BmaIssue *bma_token_cache_add (BmaTokenCache *self,
                               const char *key,
                               BmaLocalToken *token) G_GNUC_WARN_UNUSED_RESULT;
void bma_token_cache_drop (BmaTokenCache *self, const char *grant_id);
unsigned int bma_token_cache_get_size (BmaTokenCache *self);

BmaLocalToken *bma_issue_get_token (BmaIssue *self);
void bma_issue_await (BmaIssue *self, GTask *task);
void bma_issue_settle (BmaTokenCache *cache, BmaIssue *self, const GError *error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaTokenCache, bma_token_cache_free)

G_END_DECLS
