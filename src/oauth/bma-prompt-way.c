/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-prompt-way.h"

#include "bma-config.h"

/* Nobody can tell whether a program in a sandbox made its act up; one that was just sent
 * away does not get far with it. */
static gboolean
is_act_believed (const BmaPromptFacts *facts)
{
  return facts->has_act && (!facts->is_sandboxed || facts->put_off_at_s == 0 ||
                            facts->now_s - facts->put_off_at_s >= BMA_PROMPT_REST_S);
}

/**
 * bma_prompt_way_decide:
 * @facts: what was looked up
 *
 * Decides how a question reaches the person (docs/adr/0022): never twice, and no page
 * without an act of theirs where there is somebody who shows notifications.
 *
 * Returns: the way
 */
BmaPromptWay
bma_prompt_way_decide (const BmaPromptFacts *facts)
{
  gboolean wants_nothing = g_str_equal (facts->ask, BMA_ASK_NONE);

  if (is_act_believed (facts))
    {
      if (wants_nothing && facts->is_sandboxed)
        return BMA_PROMPT_WAIT;
      return facts->page_at_s != 0 && facts->now_s - facts->page_at_s < BMA_PROMPT_PAGE_S
                 ? BMA_PROMPT_WAIT
                 : BMA_PROMPT_PAGE;
    }
  if (wants_nothing || facts->put_off_at_s != 0 || !facts->is_new)
    return BMA_PROMPT_WAIT;
  if (g_str_equal (facts->ask, BMA_ASK_PAGE))
    return facts->page_at_s != 0 ? BMA_PROMPT_WAIT : BMA_PROMPT_PAGE;
  if (facts->can_notify)
    return BMA_PROMPT_NOTIFICATION;
  return facts->page_at_s != 0 || g_str_equal (facts->ask, BMA_ASK_NOTIFICATION)
             ? BMA_PROMPT_WAIT
             : BMA_PROMPT_PAGE;
}
