/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-prompt-way.h"

#include "bma-config.h"
#include "bma-once.h"

#define NOW_S 1000000

/* A new question of a program outside a sandbox, on a desktop with notifications. */
static BmaPromptFacts
make_facts (const char *ask)
{
  return (
      BmaPromptFacts){ .ask = ask, .now_s = NOW_S, .is_new = TRUE, .can_notify = TRUE };
}

static void
assert_way (const BmaPromptFacts *facts, BmaPromptWay way)
{
  g_assert_cmpint (bma_prompt_way_decide (facts), ==, way);
}

static void
test_by_itself (void)
{
  BmaPromptFacts facts = make_facts (BMA_ASK_AUTO);

  assert_way (&facts, BMA_PROMPT_NOTIFICATION);
  facts.page_at_s = NOW_S - 1;
  assert_way (&facts, BMA_PROMPT_NOTIFICATION);
  facts.can_notify = FALSE;
  assert_way (&facts, BMA_PROMPT_WAIT);
  facts.page_at_s = 0;
  assert_way (&facts, BMA_PROMPT_PAGE);
  facts.ask = BMA_ASK_NOTIFICATION;
  assert_way (&facts, BMA_PROMPT_WAIT);
  facts.is_new = FALSE;
  facts.ask = BMA_ASK_AUTO;
  assert_way (&facts, BMA_PROMPT_WAIT);
}

static void
test_settings (void)
{
  BmaPromptFacts page = make_facts (BMA_ASK_PAGE);
  BmaPromptFacts none = make_facts (BMA_ASK_NONE);

  assert_way (&page, BMA_PROMPT_PAGE);
  page.page_at_s = NOW_S - 1;
  assert_way (&page, BMA_PROMPT_WAIT);
  assert_way (&none, BMA_PROMPT_WAIT);
  none.has_act = TRUE;
  assert_way (&none, BMA_PROMPT_PAGE);
  none.is_sandboxed = TRUE;
  assert_way (&none, BMA_PROMPT_WAIT);
}

static void
test_put_off (void)
{
  static const char *const settings[] = { BMA_ASK_AUTO, BMA_ASK_NOTIFICATION,
                                          BMA_ASK_PAGE, BMA_ASK_NONE };

  for (size_t i = 0; i < G_N_ELEMENTS (settings); i++)
    for (int can_notify = 0; can_notify < 2; can_notify++)
      {
        BmaPromptFacts facts = make_facts (settings[i]);

        facts.put_off_at_s = 1;
        facts.can_notify = can_notify;
        assert_way (&facts, BMA_PROMPT_WAIT);
      }
}

static void
test_act (void)
{
  BmaPromptFacts facts = make_facts (BMA_ASK_AUTO);

  facts.has_act = TRUE;
  facts.is_new = FALSE;
  assert_way (&facts, BMA_PROMPT_PAGE);
  facts.put_off_at_s = NOW_S;
  assert_way (&facts, BMA_PROMPT_PAGE);
  facts.page_at_s = NOW_S - BMA_PROMPT_PAGE_S + 1;
  assert_way (&facts, BMA_PROMPT_WAIT);
  facts.page_at_s = NOW_S - BMA_PROMPT_PAGE_S;
  assert_way (&facts, BMA_PROMPT_PAGE);
}

static void
test_made_up_act (void)
{
  BmaPromptFacts facts = make_facts (BMA_ASK_AUTO);

  facts.has_act = TRUE;
  facts.is_sandboxed = TRUE;
  assert_way (&facts, BMA_PROMPT_PAGE);
  facts.put_off_at_s = NOW_S - BMA_PROMPT_REST_S + 1;
  assert_way (&facts, BMA_PROMPT_WAIT);
  facts.put_off_at_s = NOW_S - BMA_PROMPT_REST_S;
  assert_way (&facts, BMA_PROMPT_PAGE);
}

static void
test_once (void)
{
  static const char *const senders[] = { ":1.5", ":1.55", NULL };
  g_autofree char *binding = bma_once_make ("here", senders);
  g_autofree char *fewer = bma_once_drop (binding, "here", ":1.5");
  g_autofree char *none = bma_once_drop (fewer, "here", ":1.55");
  g_autofree char *nowhere = bma_once_make (NULL, senders);

  g_assert_true (bma_once_has (binding, "here", ":1.5"));
  g_assert_true (bma_once_has (binding, "here", ":1.55"));
  g_assert_false (bma_once_has (binding, "here", ":1.6"));
  g_assert_false (bma_once_has (binding, "here", ""));
  g_assert_false (bma_once_has (binding, "there", ":1.5"));
  g_assert_false (bma_once_has (binding, NULL, ":1.5"));
  g_assert_false (bma_once_has (NULL, "here", ":1.5"));
  g_assert_true (bma_once_has (nowhere, NULL, ":1.5"));
  g_assert_false (bma_once_has (fewer, "here", ":1.5"));
  g_assert_true (bma_once_has (fewer, "here", ":1.55"));
  g_assert_null (none);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/oauth/prompt-way/by-itself-notifies-once", test_by_itself);
  g_test_add_func ("/oauth/prompt-way/settings", test_settings);
  g_test_add_func ("/oauth/prompt-way/what-was-put-off-stays-away", test_put_off);
  g_test_add_func ("/oauth/prompt-way/an-act-opens-one-page", test_act);
  g_test_add_func ("/oauth/prompt-way/sandboxed-acts-are-not-believed-at-once",
                   test_made_up_act);
  g_test_add_func ("/oauth/once/is-for-those-who-asked-together", test_once);
  return g_test_run ();
}
