/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-outcome.h"

#define FIRST_DELAY_MS 100
#define LAST_DELAY_MS  (5 * 1000)

/* The connection broke, or the stream ended too early. */
static BmaOutcome
decide_broken (const BmaOutcomeFacts *facts)
{
  if (facts->has_event_id && facts->is_patient)
    return BMA_OUTCOME_RESUME;
  if ((facts->may_repeat || !facts->was_sent) && facts->is_patient)
    return BMA_OUTCOME_AGAIN;
  return facts->was_sent && !facts->may_repeat ? BMA_OUTCOME_LOST : BMA_OUTCOME_FAIL;
}

/* The server cannot or will not resume. What was resumed had been sent. */
static BmaOutcome
decide_not_resumed (const BmaOutcomeFacts *facts)
{
  /* 409: the stream before this one has not ended yet. */
  if (facts->status >= 500 || facts->status == 409)
    return facts->is_patient ? BMA_OUTCOME_RESUME : BMA_OUTCOME_LOST;
  if (!facts->may_repeat)
    return BMA_OUTCOME_LOST;
  if (facts->had_session && !facts->was_renewed)
    return BMA_OUTCOME_RENEW;
  return facts->is_patient ? BMA_OUTCOME_AGAIN : BMA_OUTCOME_LOST;
}

/* 404 is what MCP 2025-11-25 asks of servers; some answer 400. */
static gboolean
is_session_gone (const BmaOutcomeFacts *facts)
{
  return facts->had_session &&
         (facts->status == 404 || (facts->status == 400 && facts->says_session));
}

static BmaOutcome
decide_refused (const BmaOutcomeFacts *facts)
{
  if (facts->status == 401 && !facts->was_reopened)
    return BMA_OUTCOME_REOPEN;
  if (facts->status == 403 && facts->wants_scope && !facts->was_stepped_up)
    return BMA_OUTCOME_STEP_UP;
  if (is_session_gone (facts) && !facts->was_renewed)
    return BMA_OUTCOME_RENEW;
  if (facts->is_error_message)
    return BMA_OUTCOME_DELIVER;
  if (facts->was_not_begun && facts->is_patient)
    return BMA_OUTCOME_AGAIN;
  if (facts->status >= 502 && facts->status <= 504 && facts->may_repeat &&
      facts->is_patient)
    return BMA_OUTCOME_AGAIN;
  return BMA_OUTCOME_FAIL;
}

/**
 * bma_outcome_decide:
 * @facts: what is known about an HTTP request that is over
 *
 * Nothing is done twice that must not be, and nothing stays without an answer.
 *
 * Returns: what to do
 */
BmaOutcome
bma_outcome_decide (const BmaOutcomeFacts *facts)
{
  if (facts->is_answered)
    return BMA_OUTCOME_DONE;
  if (facts->status == 0)
    return decide_broken (facts);
  if (facts->status < 300)
    return facts->wants_answer ? decide_broken (facts) : BMA_OUTCOME_DONE;
  if (facts->is_resuming)
    return decide_not_resumed (facts);
  return decide_refused (facts);
}

/**
 * bma_outcome_delay_ms:
 * @n_tries: how often it was tried since it last worked, at least 1
 *
 * Returns: how long to wait before the next try, in milliseconds
 */
unsigned int
bma_outcome_delay_ms (unsigned int n_tries)
{
  if (n_tries > 6)
    return LAST_DELAY_MS;
  return MIN (FIRST_DELAY_MS << (MAX (n_tries, 1) - 1), LAST_DELAY_MS);
}
