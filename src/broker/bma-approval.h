/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-broker.h"

G_BEGIN_DECLS

/* What the fronts need to know of questions beyond bma-broker.h. */

const char *bma_approval_get_id (BmaApproval *self);
const BmaLocalRequest *bma_approval_get_request (BmaApproval *self);
gboolean bma_approval_is_sign_in (BmaApproval *self);
void bma_approval_leave (BmaApproval *self, const char *sender);
void bma_approval_set_stage (BmaApproval *self, const char *stage);
char **bma_approval_list_senders (BmaApproval *self) G_GNUC_WARN_UNUSED_RESULT;
const char *bma_approval_get_stage (BmaApproval *self);
void
bma_approval_resolve (BmaApproval *self, BmaApprovalOutcome outcome, const GError *error);

/* bma-broker-prompt.c: all open questions together */

GPtrArray *bma_broker_list_approvals (BmaBroker *self) G_GNUC_WARN_UNUSED_RESULT;
BmaApproval *bma_broker_lookup_approval (BmaBroker *self, const char *id);
int64_t bma_broker_get_put_off_at_s (BmaBroker *self, const BmaPeer *peer);
void bma_broker_put_off (BmaBroker *self, BmaApproval *approval, const char *why);
void bma_broker_lift_put_off (BmaBroker *self, const BmaPeer *peer);

/* bma-broker-approval.c: answers */

char **bma_broker_offered_decisions (BmaBroker *self,
                                     BmaApproval *approval) G_GNUC_WARN_UNUSED_RESULT;
void bma_broker_grant_to_app (BmaBroker *self,
                              BmaApproval *approval,
                              const char *decision,
                              const BmaSubject *subject);
void bma_broker_deny_app (BmaBroker *self, BmaApproval *approval);
void bma_broker_refuse_app (BmaBroker *self, BmaApproval *approval);

/* bma-words.c, bma-broker-pairing.c: the same on pages and in notifications */

const char *bma_broker_describe_peer (const BmaPeer *peer, gboolean wants_pairing);
const char *bma_words_for_scope (const char *scope);
const char *bma_words_for_decision (const char *decision);

G_END_DECLS
