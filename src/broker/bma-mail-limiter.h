/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

#define BMA_MAIL_LIMITER_WINDOW_S    600
#define BMA_MAIL_LIMITER_PER_ADDRESS 3
#define BMA_MAIL_LIMITER_TOTAL       30

/**
 * BmaMailLimiter:
 *
 * How many mails may be asked for: so many for each address and so many in all, within a
 * time. It remembers hashes of addresses, in memory, for no longer than that time.
 */
typedef struct _BmaMailLimiter BmaMailLimiter;

BmaMailLimiter *bma_mail_limiter_new (void) G_GNUC_WARN_UNUSED_RESULT;
void bma_mail_limiter_free (BmaMailLimiter *self);
gboolean
bma_mail_limiter_may_send (BmaMailLimiter *self, const char *email, int64_t now_s);
void bma_mail_limiter_note (BmaMailLimiter *self, const char *email, int64_t now_s);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaMailLimiter, bma_mail_limiter_free)

G_END_DECLS
