/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-device.h"
#include "bma-subject.h"
#include "bma-token-grant.h"

G_BEGIN_DECLS

#define BMA_DEVICE_LIFETIME_S 600
#define BMA_DEVICE_INTERVAL_S 5
#define BMA_DEVICE_SLOWER_S   5

/**
 * BmaDeviceTicket:
 * @device_code: what the device asks with
 * @user_code: what the person types, eight letters
 *
 * Randomness for a new device.
 */
typedef struct
{
  const char *device_code;
  const char *user_code;
} BmaDeviceTicket;

BmaDevice *bma_device_grant_begin (const BmaForm *form,
                                   const BmaClient *client,
                                   const BmaConfig *config,
                                   const BmaDeviceTicket *ticket,
                                   int64_t now_s,
                                   BmaOauthError *error) G_GNUC_WARN_UNUSED_RESULT;
gboolean bma_device_grant_is_waiting (const BmaDevice *device, int64_t now_s);
void bma_device_grant_approve (BmaChange *change,
                               const BmaDevice *device,
                               const BmaSubject *subject,
                               const BmaGrant *old_grant,
                               const BmaConfig *config,
                               int64_t now_s);
void bma_device_grant_deny (BmaChange *change, const BmaDevice *device);
BmaTokenDecision *bma_device_grant_decide (const BmaTokenRequest *request,
                                           const BmaTokenFacts *facts,
                                           const BmaConfig *config,
                                           const BmaTokenTicket *ticket,
                                           int64_t now_s,
                                           BmaChange *change) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
