/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-entropy.h"

G_BEGIN_DECLS

#define BMA_PAGE_KEY_BYTES 32

typedef struct
{
  uint8_t bytes[BMA_PAGE_KEY_BYTES];
} BmaPageKey;

/**
 * BmaPageTicket:
 *
 * What ties a form of ours to the browser it was sent to: a transaction id that is good
 * once, a random cookie, and a seal over both, the request and the time limit. The owned
 * strings are secret.
 */
typedef struct
{
  char *tx;     /* owned */
  char *cookie; /* owned */
  char *seal;   /* owned */
  int64_t until_s;
} BmaPageTicket;

BmaPageTicket *bma_page_ticket_new (const BmaPageKey *key,
                                    BmaEntropy *entropy,
                                    const char *request,
                                    int64_t until_s) G_GNUC_WARN_UNUSED_RESULT;
void bma_page_ticket_free (BmaPageTicket *self);
gboolean bma_page_ticket_check (const BmaPageKey *key,
                                const char *tx,
                                const char *cookie,
                                const char *seal_text,
                                const char *request,
                                int64_t until_s);
char *bma_page_ticket_cookie_name (const char *purpose,
                                   const char *tx) G_GNUC_WARN_UNUSED_RESULT;
char *bma_page_ticket_cookie_name_for_id (const char *purpose,
                                          const char *id) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaPageTicket, bma_page_ticket_free)

G_END_DECLS
