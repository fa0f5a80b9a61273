/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

/* The inside of questions, for the bma-broker-*.c files only. */

#include "bma-approval.h"

G_BEGIN_DECLS

BmaApproval *bma_approval_new (BmaBroker *broker,
                               BmaSecret *page,
                               BmaPeer *peer,
                               const BmaLocalRequest *request) G_GNUC_WARN_UNUSED_RESULT;
void bma_approval_join (BmaApproval *self, const char *sender);
void bma_approval_choose (BmaApproval *self, const char *sign_in, const char *decision);
gboolean bma_approval_waits_for (BmaApproval *self, const char *sign_in);
const char *bma_approval_get_decision (BmaApproval *self);

/* bma-broker-prompt.c */
BmaApproval *bma_broker_add_approval (BmaBroker *self,
                                      BmaPeer *peer,
                                      const BmaLocalRequest *request,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean bma_broker_is_prompt (BmaBroker *self, const char *token);
gboolean bma_broker_is_same_program (BmaBroker *self, BmaPeer *a, BmaPeer *b);
void bma_broker_finish_approvals (BmaBroker *self,
                                  const char *sign_in,
                                  const BmaSubject *subject);

/* bma-broker-approval.c, bma-broker-refuse.c */
void bma_broker_resolve_sign_ins (BmaBroker *self);
void bma_approval_set_pairing_key (BmaApproval *self, BmaSecret *key);
void bma_broker_apply_then_resolve (BmaBroker *self,
                                    BmaApproval *approval,
                                    BmaChange *change,
                                    BmaApprovalOutcome outcome);
char *bma_broker_make_refusal_id (BmaBroker *self,
                                  const BmaPeer *peer) G_GNUC_WARN_UNUSED_RESULT;
gboolean bma_broker_is_refused (BmaBroker *self, const BmaPeer *peer);
gboolean bma_broker_can_refuse (const BmaPeer *peer);
GError *bma_broker_refuse_sign_in (BmaBroker *self,
                                   const BmaPeer *peer) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
