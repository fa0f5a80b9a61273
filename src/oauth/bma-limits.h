/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

/**
 * BmaLimitKind:
 * @BMA_LIMIT_NONE: not limited, and so never counted
 * @BMA_LIMIT_REGISTER: registrations of clients
 * @BMA_LIMIT_AUTHORIZE: authorizations that begin, and the pages that follow
 * @BMA_LIMIT_DEVICE: device authorizations that begin
 * @BMA_LIMIT_TOKEN: requests for tokens
 * @BMA_LIMIT_INQUIRY: revocation, introspection and user info
 *
 * What is counted apart.
 */
typedef enum
{
  BMA_LIMIT_NONE,
  BMA_LIMIT_REGISTER,
  BMA_LIMIT_AUTHORIZE,
  BMA_LIMIT_DEVICE,
  BMA_LIMIT_TOKEN,
  BMA_LIMIT_INQUIRY,
} BmaLimitKind;

/**
 * BmaLimitPeer:
 * @is_owner: the user whose service it is
 * @address: else where they come from: an IPv6 address, the last 64 bits zero unless it
 *   stands for an IPv4 address
 *
 * Who is counted.
 */
typedef struct
{
  gboolean is_owner;
  uint8_t address[16];
} BmaLimitPeer;

/**
 * BmaLimits:
 *
 * How much each peer has asked for lately: a token bucket for each kind and peer, full at
 * first, that fills up within a minute. A bounded number of them; those that would soon
 * be full again are forgotten first, so that nobody gains by coming from many addresses.
 */
typedef struct _BmaLimits BmaLimits;

BmaLimits *bma_limits_new (unsigned int max_buckets) G_GNUC_WARN_UNUSED_RESULT;
void bma_limits_free (BmaLimits *self);
unsigned int bma_limits_take (BmaLimits *self,
                              BmaLimitKind kind,
                              const BmaLimitPeer *peer,
                              uint32_t per_minute,
                              int64_t now_us) G_GNUC_WARN_UNUSED_RESULT;
void bma_limits_charge (BmaLimits *self,
                        BmaLimitKind kind,
                        const BmaLimitPeer *peer,
                        unsigned int n,
                        int64_t now_us);
unsigned int bma_limits_get_n_buckets (BmaLimits *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaLimits, bma_limits_free)

G_END_DECLS
