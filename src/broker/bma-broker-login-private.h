/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

/* Shared by the bma-broker-{authorize,consent,sign-in,callback,device}.c files only. */

#include "bma-authorize.h"
#include "bma-broker-login.h"
#include "bma-broker-private.h"

G_BEGIN_DECLS

#define BMA_APPROVAL_PREFIX "approval="
#define BMA_DEVICE_PREFIX   "device="

/* A press of a button on the page with the open questions. */
typedef struct
{
  const BmaForm *form;
  const char *request; /* what the page was about */
  const char *choice;  /* allow, deny, never, later, other-account; answer for several */
  BmaLogin *login;     /* owned, the record of the press; goes into the change, unless it
                          takes a sign-in */
} BmaAppPress;

const BmaSubject *bma_broker_subject_for (BmaBroker *self, gboolean is_owner);
gboolean bma_broker_is_desktop_only (BmaBroker *self);
BmaBrowserStep *bma_broker_make_elsewhere_step (void);
BmaBrowserStep *bma_broker_make_unavailable_step (BmaBroker *self);
BmaBrowserStep *bma_broker_make_storage_step (void);
BmaBrowserStep *bma_broker_make_expired_step (void);
BmaBrowserStep *bma_broker_make_client_error_step (BmaOauthError error);
BmaBrowserStep *bma_broker_make_source_error_step (const BmaClientAnswer *answer);
void bma_broker_describe_origin (BmaQuestion *question, const BmaClient *client);
BmaQuestion *
bma_broker_make_client_question (const BmaClient *client) G_GNUC_WARN_UNUSED_RESULT;
BmaBrowserStep *
bma_broker_ask (BmaBroker *self, BmaQuestion *question, gboolean is_owner);
BmaBrowserStep *
bma_broker_deny_device (BmaBroker *self, BmaChange *change, const BmaDevice *device);
BmaBrowserStep *bma_broker_allow_device (BmaBroker *self,
                                         BmaChange *change,
                                         const BmaDevice *device,
                                         const BmaSubject *subject);
void bma_broker_return_step (GTask *task, BmaBrowserStep *step);
void bma_broker_apply_then_step (BmaBroker *self,
                                 GTask *task,
                                 BmaChange *change,
                                 BmaBrowserStep *step);

BmaBrowserStep *bma_broker_issue_code (BmaBroker *self,
                                       BmaChange *change,
                                       const BmaCodeTerms *terms,
                                       const char *state,
                                       const BmaSubject *subject);
void bma_broker_start_login (BmaBroker *self,
                             GTask *task,
                             BmaChange *change,
                             BmaLogin *login,
                             const char *method,
                             const BmaBrowser *browser,
                             char *clear_cookie);
BmaSecret *bma_broker_make_login_verifier (const char *login_id,
                                           const char *cookie) G_GNUC_WARN_UNUSED_RESULT;
BmaBrowserStep *bma_broker_make_identity_error_step (const GError *error);
const BmaLogin *bma_broker_find_login (BmaBroker *self,
                                       const char *tx,
                                       const BmaBrowser *browser,
                                       char **cookie);
const BmaLogin *bma_broker_find_login_for_callback (BmaBroker *self,
                                                    const BmaForm *form,
                                                    const BmaBrowser *browser,
                                                    char **cookie);
BmaBrowserStep *bma_broker_make_lost_step (BmaBroker *self,
                                           const BmaForm *form,
                                           const char *query,
                                           const BmaBrowser *browser);
void bma_broker_give_up_fixed_logins (BmaBroker *self,
                                      BmaChange *change,
                                      const BmaBrowser *browser,
                                      const BmaLogin *except);
void bma_broker_complete_login (BmaBroker *self,
                                BmaIdentityProvider *provider,
                                GTask *task,
                                BmaChange *change,
                                const BmaLogin *login,
                                const BmaIdentity *identity,
                                char *clear_cookie);
const BmaSubject *bma_broker_sign_in_at_once (BmaBroker *self, BmaChange *change);
BmaBrowserStep *bma_broker_show_prompt (BmaBroker *self, const char *token);
BmaBrowserStep *
bma_broker_press_for_app (BmaBroker *self, BmaChange *change, BmaAppPress *press);

G_END_DECLS
