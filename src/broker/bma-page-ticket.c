/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-page-ticket.h"

#include <inttypes.h>
#include <string.h>

#include "bma-secret.h"
#include "bma-text.h"

#define TX_BYTES          32
#define COOKIE_NAME_CHARS 16

static char *
seal (const BmaPageKey *key,
      const char *tx,
      const char *cookie,
      const char *request,
      int64_t until_s)
{
  g_autoptr (BmaSecretText)
      text = g_strdup_printf ("%s\n%s\n%" PRId64 "\n%s", tx, cookie, until_s, request);

  return bma_text_hmac_base64url (key->bytes, sizeof key->bytes, text);
}

/**
 * bma_page_ticket_new:
 * @key: the seal's key
 * @entropy: randomness
 * @request: what the form is about
 * @until_s: until when the form is good
 *
 * Returns: (transfer full): a ticket for one form
 */
BmaPageTicket *
bma_page_ticket_new (const BmaPageKey *key,
                     BmaEntropy *entropy,
                     const char *request,
                     int64_t until_s)
{
  BmaPageTicket *self = g_new0 (BmaPageTicket, 1);

  self->tx = bma_entropy_token (entropy, TX_BYTES);
  self->cookie = bma_entropy_token (entropy, TX_BYTES);
  self->until_s = until_s;
  self->seal = seal (key, self->tx, self->cookie, request, until_s);
  return self;
}

/**
 * bma_page_ticket_free:
 * @self: (transfer full) (nullable): a ticket
 */
void
bma_page_ticket_free (BmaPageTicket *self)
{
  if (self == NULL)
    return;
  bma_secret_free_text (self->tx);
  bma_secret_free_text (self->cookie);
  bma_secret_free_text (self->seal);
  g_free (self);
}

/**
 * bma_page_ticket_check:
 * @key: the seal's key
 * @tx: (nullable): from the form
 * @cookie: (nullable): from the browser
 * @seal_text: (nullable): from the form
 * @request: (nullable): from the form
 * @until_s: from the form
 *
 * Returns: whether form and cookie belong together and are ours; whether the form is
 * still good and was not used before is for the caller to check
 */
gboolean
bma_page_ticket_check (const BmaPageKey *key,
                       const char *tx,
                       const char *cookie,
                       const char *seal_text,
                       const char *request,
                       int64_t until_s)
{
  g_autoptr (BmaSecretText) expected = NULL;

  if (tx == NULL || cookie == NULL || seal_text == NULL || request == NULL)
    return FALSE;
  expected = seal (key, tx, cookie, request, until_s);
  return strlen (expected) == strlen (seal_text) &&
         bma_text_equal_const_time (expected, seal_text, strlen (expected));
}

/**
 * bma_page_ticket_cookie_name:
 * @purpose: `consent` or `login`
 * @tx: a transaction id
 *
 * Each transaction has a cookie of its own, so two tabs do not disturb each other. The
 * name tells nothing about @tx.
 *
 * Returns: (transfer full): the cookie's name
 */
char *
bma_page_ticket_cookie_name (const char *purpose, const char *tx)
{
  g_autofree char *hash = bma_text_sha256_hex (tx);

  return bma_page_ticket_cookie_name_for_id (purpose, hash);
}

/**
 * bma_page_ticket_cookie_name_for_id:
 * @purpose: `consent` or `login`
 * @id: SHA-256 of a transaction id, in hexadecimal
 *
 * Returns: (transfer full): the cookie's name
 */
char *
bma_page_ticket_cookie_name_for_id (const char *purpose, const char *id)
{
  return g_strdup_printf ("__Host-bma-%s-%.*s", purpose, COOKIE_NAME_CHARS, id);
}
