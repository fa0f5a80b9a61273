/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "bma-refresh.h"
#include "bma-text.h"
#include "bma-token-grant.h"

#define NOW_S 1000000

/* A spent refresh token, its successor and everything around them. */
typedef struct
{
  BmaConfig *config;
  BmaClient *client;
  BmaGrant *grant;
  BmaFamily *family;
  BmaToken *spent;
  BmaToken *successor;
  BmaForm *form;
  BmaTokenRequest request;
} Fixture;

static void
fixture_set_up (Fixture *self)
{
  static const char body[] = "grant_type=refresh_token&refresh_token=spent";

  *self = (Fixture){ .config = bma_config_new () };
  bma_config_set_address (self->config, "127.0.0.1", 8417, NULL, NULL);
  self->client = bma_record_new (&bma_client_type, "c1");
  self->grant = bma_record_new (&bma_grant_type, "aa");
  self->grant->client_id = g_strdup ("c1");
  self->family = bma_record_new (&bma_family_type, "ff");
  self->family->grant_id = g_strdup ("aa");
  self->family->resource = g_strdup (self->config->resources[0]);
  self->family->scopes = g_strsplit ("mcp email", " ", -1);
  self->spent = bma_record_new (&bma_token_type, "01");
  self->spent->kind = g_strdup (BMA_TOKEN_KIND_REFRESH);
  self->spent->family_id = g_strdup ("ff");
  self->spent->successor = g_strdup ("02");
  self->spent->salt = g_strdup ("salt");
  self->spent->spent_at_s = NOW_S;
  self->spent->expires_at_s = NOW_S + 1000;
  self->successor = bma_record_copy (self->spent);
  g_free (self->successor->record.id);
  self->successor->record.id = g_strdup ("02");
  self->successor->spent_at_s = 0;
  g_clear_pointer (&self->successor->salt, g_free);
  g_clear_pointer (&self->successor->successor, g_free);
  self->successor->predecessor = g_strdup ("01");
  self->form = bma_form_parse (body, strlen (body));
  g_assert_cmpint (bma_token_request_parse (self->form, "c1", &self->request).code, ==,
                   BMA_OAUTH_OK);
}

static void
fixture_clear (Fixture *self)
{
  bma_config_unref (self->config);
  bma_record_unref (self->client);
  bma_record_unref (self->grant);
  bma_record_unref (self->family);
  bma_record_unref (self->spent);
  bma_record_unref (self->successor);
  bma_form_free (self->form);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fixture, fixture_clear)

static BmaTokenDecision *
decide (const Fixture *self, const BmaToken *token, int64_t now_s, BmaChange *change)
{
  BmaTokenFacts facts = {
    .client = self->client, .token = token, .family = self->family, .grant = self->grant
  };

  if (token == self->spent)
    facts.successor = self->successor;
  else
    facts.predecessor = self->spent;
  return bma_token_grant_decide (&self->request, &facts, self->config,
                                 &(BmaTokenTicket){ "03", "new salt" }, now_s, change);
}

static const BmaRecord *
find_put (const BmaChange *change, const BmaRecordType *type, const char *id)
{
  for (unsigned int i = 0; i < bma_change_get_n_ops (change); i++)
    {
      const BmaChangeOp *op = bma_change_get_op (change, i);

      if (op->type == type && strcmp (op->id, id) == 0)
        return op->record;
    }
  return NULL;
}

static void
test_grace (void)
{
  static const struct
  {
    int64_t age_s;
    int64_t n_repeats;
    gboolean successor_spent;
    gboolean salt_lost;
    BmaTokenAction action;
    int64_t n_repeats_after; /* -1: nothing is written */
  } cases[] = {
    { 0, 0, FALSE, FALSE, BMA_TOKEN_REPEAT, -1 },
    { 10, 0, FALSE, FALSE, BMA_TOKEN_REPEAT, -1 },
    { 11, 0, FALSE, FALSE, BMA_TOKEN_REPEAT, 1 },
    { 30, 4, FALSE, FALSE, BMA_TOKEN_REPEAT, 5 },
    { 30, 5, FALSE, FALSE, BMA_TOKEN_REFUSE, 0 },
    { 31, 0, FALSE, FALSE, BMA_TOKEN_REFUSE, 0 },
    { -1, 0, FALSE, FALSE, BMA_TOKEN_REFUSE, 0 },
    { 1, 0, TRUE, FALSE, BMA_TOKEN_REFUSE, 0 },
    { 1, 0, FALSE, TRUE, BMA_TOKEN_REFUSE, 0 },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (Fixture) fixture = { NULL };
      g_autoptr (BmaChange) change = bma_change_new ();
      g_autoptr (BmaTokenDecision) decision = NULL;
      const BmaToken *put = NULL;
      const BmaGrant *grant = NULL;

      g_test_message ("case %zu", i);
      fixture_set_up (&fixture);
      fixture.spent->n_repeats = cases[i].n_repeats;
      fixture.successor->spent_at_s = cases[i].successor_spent ? NOW_S : 0;
      if (cases[i].salt_lost)
        g_clear_pointer (&fixture.spent->salt, g_free);
      decision = decide (&fixture, fixture.spent, NOW_S + cases[i].age_s, change);
      g_assert_cmpint (decision->action, ==, cases[i].action);
      put = (const BmaToken *) find_put (change, &bma_token_type, "01");
      if (cases[i].action == BMA_TOKEN_REPEAT)
        {
          g_assert_false (decision->reuse);
          g_assert_true (decision->with_refresh);
          g_assert_cmpint (put != NULL ? put->n_repeats : -1, ==,
                           cases[i].n_repeats_after);
          continue;
        }
      /* Theft, as far as can be told: the family dies and the owner is told. */
      g_assert_true (decision->reuse);
      g_assert_cmpint (decision->error.code, ==, BMA_OAUTH_INVALID_GRANT);
      g_assert_cmpuint (bma_change_get_n_ops (change), ==, 2);
      g_assert_null (find_put (change, &bma_family_type, "ff"));
      grant = (const BmaGrant *) find_put (change, &bma_grant_type, "aa");
      g_assert_cmpint (grant->reused_at_s, ==, NOW_S + cases[i].age_s);
    }
}

static void
test_rotation_forgets_salt (void)
{
  g_auto (Fixture) fixture = { NULL };
  g_autoptr (BmaChange) change = bma_change_new ();
  g_autoptr (BmaTokenDecision) decision = NULL;
  const BmaToken *old = NULL;
  const BmaToken *spent = NULL;
  const BmaToken *fresh = NULL;

  fixture_set_up (&fixture);
  decision = decide (&fixture, fixture.successor, NOW_S + 5, change);
  g_assert_cmpint (decision->action, ==, BMA_TOKEN_ISSUE);
  old = (const BmaToken *) find_put (change, &bma_token_type, "01");
  spent = (const BmaToken *) find_put (change, &bma_token_type, "02");
  fresh = (const BmaToken *) find_put (change, &bma_token_type, "03");
  g_assert_null (old->salt);
  g_assert_cmpint (old->spent_at_s, ==, NOW_S);
  g_assert_cmpstr (spent->salt, ==, "new salt");
  g_assert_cmpstr (spent->successor, ==, "03");
  g_assert_cmpstr (fresh->predecessor, ==, "02");
  g_assert_null (fresh->salt);
}

static void
test_successor (void)
{
  g_autoptr (BmaSecret) one = bma_refresh_make_successor ("token", "salt");
  g_autoptr (BmaSecret) same = bma_refresh_make_successor ("token", "salt");
  g_autoptr (BmaSecret) token = bma_refresh_make_successor ("token2", "salt");
  g_autoptr (BmaSecret) salt = bma_refresh_make_successor ("token", "salt2");

  g_assert_true (bma_secret_equal (one, same));
  g_assert_false (bma_secret_equal (one, token));
  g_assert_false (bma_secret_equal (one, salt));
  g_assert_cmpuint (bma_secret_get_size (one), ==, 43);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/oauth/token-grant/grace-is-short-and-counted", test_grace);
  g_test_add_func ("/oauth/token-grant/rotation-forgets-the-older-salt",
                   test_rotation_forgets_salt);
  g_test_add_func ("/oauth/refresh/successor-needs-both-halves", test_successor);
  return g_test_run ();
}
