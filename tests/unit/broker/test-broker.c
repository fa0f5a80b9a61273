/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-clock-dummy.h"
#include "bma-code.h"
#include "bma-grant.h"
#include "bma-janitor.h"
#include "bma-mail-limiter.h"
#include "bma-page-ticket.h"
#include "bma-store-memory.h"
#include "bma-entropy-dummy.h"
#include "bma-token.h"

static void
put (BmaStore *store, gpointer record)
{
  g_autoptr (BmaChange) change = bma_change_new ();

  bma_change_put_take (change, record);
  bma_store_apply_lazily (store, change);
}

static void
put_token (BmaStore *store, const char *id, const char *family_id, int64_t expires_at_s)
{
  BmaToken *token = bma_record_new (&bma_token_type, id);

  token->family_id = g_strdup (family_id);
  token->expires_at_s = expires_at_s;
  put (store, token);
}

static void
test_sweep (void)
{
  g_autoptr (BmaStoreMemory) memory = bma_store_memory_new ();
  BmaStore *store = BMA_STORE (memory);
  BmaGrant *grant = bma_record_new (&bma_grant_type, "aa");
  BmaFamily *family = bma_record_new (&bma_family_type, "bb");
  BmaFamily *orphan = bma_record_new (&bma_family_type, "cc");
  BmaCode *code = bma_record_new (&bma_code_type, "dd");

  family->grant_id = g_strdup ("aa");
  family->expires_at_s = 200;
  orphan->grant_id = g_strdup ("ee");
  orphan->expires_at_s = 200;
  code->expires_at_s = 100;
  put (store, grant);
  put (store, family);
  put (store, orphan);
  put (store, code);
  put_token (store, "01", "bb", 99);
  put_token (store, "02", "bb", 101);
  put_token (store, "03", "gone", 200);

  g_assert_cmpuint (bma_janitor_sweep (store, 100), ==, 4);
  g_assert_null (bma_store_lookup (store, &bma_token_type, "01"));
  g_assert_nonnull (bma_store_lookup (store, &bma_token_type, "02"));
  g_assert_null (bma_store_lookup (store, &bma_token_type, "03"));
  g_assert_null (bma_store_lookup (store, &bma_code_type, "dd"));
  g_assert_nonnull (bma_store_lookup (store, &bma_family_type, "bb"));
  g_assert_null (bma_store_lookup (store, &bma_family_type, "cc"));
  g_assert_nonnull (bma_store_lookup (store, &bma_grant_type, "aa"));
  g_assert_cmpuint (bma_janitor_sweep (store, 100), ==, 0);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
test_ticket (void)
{
  g_autoptr (BmaEntropyDummy) entropy = bma_entropy_dummy_new ();
  BmaPageKey key = { { 1 } };
  BmaPageKey other = { { 2 } };
  g_autoptr (BmaPageTicket)
      ticket = bma_page_ticket_new (&key, BMA_ENTROPY (entropy), "request", 100);
  g_autofree char *name = bma_page_ticket_cookie_name ("consent", ticket->tx);

#define CHECK(key, tx, cookie, seal, request, until)                                     \
  bma_page_ticket_check (key, tx, cookie, seal, request, until)
  g_assert_true (CHECK (&key, ticket->tx, ticket->cookie, ticket->seal, "request", 100));
  g_assert_false (
      CHECK (&other, ticket->tx, ticket->cookie, ticket->seal, "request", 100));
  g_assert_false (CHECK (&key, "tx", ticket->cookie, ticket->seal, "request", 100));
  g_assert_false (CHECK (&key, ticket->tx, "cookie", ticket->seal, "request", 100));
  g_assert_false (CHECK (&key, ticket->tx, ticket->cookie, "seal", "request", 100));
  g_assert_false (CHECK (&key, ticket->tx, ticket->cookie, ticket->seal, "other", 100));
  g_assert_false (CHECK (&key, ticket->tx, ticket->cookie, ticket->seal, "request", 101));
  g_assert_false (CHECK (&key, ticket->tx, NULL, ticket->seal, "request", 100));
  g_assert_true (g_str_has_prefix (name, "__Host-bma-consent-"));
}

static void
test_mail_limiter (void)
{
  g_autoptr (BmaMailLimiter) limiter = bma_mail_limiter_new ();

  for (unsigned int i = 0; i < BMA_MAIL_LIMITER_TOTAL; i++)
    {
      g_autofree char *email = g_strdup_printf ("a%u@example.com", i / 3);

      g_assert_true (bma_mail_limiter_may_send (limiter, email, i));
      bma_mail_limiter_note (limiter, email, i);
    }
  g_assert_false (bma_mail_limiter_may_send (limiter, "new@example.com", 599));
  g_assert_true (bma_mail_limiter_may_send (limiter, "new@example.com", 600));
  g_assert_true (bma_mail_limiter_may_send (limiter, "A0@example.com", 600));
  bma_mail_limiter_note (limiter, "a0@example.com", 600);
  g_assert_false (bma_mail_limiter_may_send (limiter, "A0@Example.com", 600));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/broker/janitor/sweeps-what-expired", test_sweep);
  g_test_add_func ("/broker/page-ticket/is-bound-to-everything", test_ticket);
  g_test_add_func ("/broker/mail-limiter/counts-addresses-and-all", test_mail_limiter);
  return g_test_run ();
}
