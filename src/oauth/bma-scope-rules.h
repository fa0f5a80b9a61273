/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-config.h"
#include "bma-mcp-message.h"

G_BEGIN_DECLS

/**
 * BmaScopeRules:
 *
 * Which scopes an MCP method, or one tool, prompt or resource, needs beyond what every
 * request needs. Immutable.
 */
typedef struct _BmaScopeRules BmaScopeRules;

char *bma_scope_rule_normalize (const char *text) G_GNUC_WARN_UNUSED_RESULT;
BmaScopeRules *bma_scope_rules_new (const char *const *rules) G_GNUC_WARN_UNUSED_RESULT;
void bma_scope_rules_free (BmaScopeRules *self);
gboolean bma_scope_rules_is_empty (const BmaScopeRules *self);
const char *const *
bma_scope_rules_lookup (const BmaScopeRules *self, const char *method, const char *name);
char **bma_scope_rules_list_needed (const BmaScopeRules *self,
                                    const char *const *baseline,
                                    const GPtrArray *messages) G_GNUC_WARN_UNUSED_RESULT;
char **bma_scope_rules_list_resource (const BmaConfig *config) G_GNUC_WARN_UNUSED_RESULT;
char **bma_scope_rules_list_supported (const BmaConfig *config) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaScopeRules, bma_scope_rules_free)

G_END_DECLS
