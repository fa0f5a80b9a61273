/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-mail-limiter.h"

#include <string.h>

#include "bma-text.h"

typedef struct
{
  uint8_t address[BMA_SHA256_BYTES];
  int64_t sent_at_s;
} Mail;

/* The total limit bounds the memory too. */
struct _BmaMailLimiter
{
  Mail mails[BMA_MAIL_LIMITER_TOTAL];
  unsigned int n_mails;
};

/**
 * bma_mail_limiter_new:
 *
 * Returns: (transfer full): a limiter that has seen no mail
 */
BmaMailLimiter *
bma_mail_limiter_new (void)
{
  return g_new0 (BmaMailLimiter, 1);
}

/**
 * bma_mail_limiter_free:
 * @self: (transfer full) (nullable): a limiter
 */
void
bma_mail_limiter_free (BmaMailLimiter *self)
{
  g_free (self);
}

/* Providers take upper and lower case for the same mailbox. */
static void
hash_address (const char *email, uint8_t out[BMA_SHA256_BYTES])
{
  g_autofree char *lower = g_ascii_strdown (email, -1);

  bma_text_sha256 (lower, strlen (lower), out);
}

static void
forget_old (BmaMailLimiter *self, int64_t now_s)
{
  unsigned int n_kept = 0;

  for (unsigned int i = 0; i < self->n_mails; i++)
    if (self->mails[i].sent_at_s > now_s - BMA_MAIL_LIMITER_WINDOW_S)
      self->mails[n_kept++] = self->mails[i];
  self->n_mails = n_kept;
}

/**
 * bma_mail_limiter_may_send:
 * @self: a limiter
 * @email: an address
 * @now_s: time
 *
 * Returns: whether @email may get a mail now
 */
gboolean
bma_mail_limiter_may_send (BmaMailLimiter *self, const char *email, int64_t now_s)
{
  uint8_t address[BMA_SHA256_BYTES];
  unsigned int n_same = 0;

  forget_old (self, now_s);
  hash_address (email, address);
  for (unsigned int i = 0; i < self->n_mails; i++)
    n_same += memcmp (self->mails[i].address, address, sizeof address) == 0;
  return self->n_mails < BMA_MAIL_LIMITER_TOTAL && n_same < BMA_MAIL_LIMITER_PER_ADDRESS;
}

/**
 * bma_mail_limiter_note:
 * @self: a limiter
 * @email: an address
 * @now_s: time
 *
 * A mail was asked for, after bma_mail_limiter_may_send() allowed it.
 */
void
bma_mail_limiter_note (BmaMailLimiter *self, const char *email, int64_t now_s)
{
  g_return_if_fail (self->n_mails < BMA_MAIL_LIMITER_TOTAL);

  hash_address (email, self->mails[self->n_mails].address);
  self->mails[self->n_mails].sent_at_s = now_s;
  self->n_mails++;
}
