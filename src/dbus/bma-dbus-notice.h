/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-approval.h"
#include "bma-notifier.h"

G_BEGIN_DECLS

#define BMA_NOTICE_REVIEW "review"
#define BMA_NOTICE_ALLOW  "allow"
#define BMA_NOTICE_DENY   "deny"
#define BMA_NOTICE_LATER  "later"

/**
 * BmaDbusNotice:
 *
 * What a notification tells about open questions.
 */
typedef struct _BmaDbusNotice BmaDbusNotice;

BmaDbusNotice *bma_dbus_notice_new (BmaBroker *broker,
                                    GPtrArray *approvals) G_GNUC_WARN_UNUSED_RESULT;
const BmaNotice *bma_dbus_notice_get (const BmaDbusNotice *self);
void bma_dbus_notice_free (BmaDbusNotice *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaDbusNotice, bma_dbus_notice_free)

G_END_DECLS
