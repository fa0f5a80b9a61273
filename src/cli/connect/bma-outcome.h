/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

/**
 * BmaOutcome:
 * @BMA_OUTCOME_DONE: nothing is left to do
 * @BMA_OUTCOME_DELIVER: the body is the server's answer, an error
 * @BMA_OUTCOME_AGAIN: wait a little and send it again
 * @BMA_OUTCOME_REOPEN: send it again on another connection
 * @BMA_OUTCOME_RESUME: have the stream go on after the last event
 * @BMA_OUTCOME_RENEW: the session is gone: initialize a new one and send it again
 * @BMA_OUTCOME_STEP_UP: ask the person for more and send it again
 * @BMA_OUTCOME_FAIL: the server refused it
 * @BMA_OUTCOME_LOST: nobody can know whether it was carried out
 *
 * What to do when an HTTP request is over.
 */
typedef enum
{
  BMA_OUTCOME_DONE,
  BMA_OUTCOME_DELIVER,
  BMA_OUTCOME_AGAIN,
  BMA_OUTCOME_REOPEN,
  BMA_OUTCOME_RESUME,
  BMA_OUTCOME_RENEW,
  BMA_OUTCOME_STEP_UP,
  BMA_OUTCOME_FAIL,
  BMA_OUTCOME_LOST,
} BmaOutcome;

/**
 * BmaOutcomeFacts:
 * @status: of the answer; 0 when there is none
 * @wants_answer: it is a request, no notification or response
 * @is_answered: the answer was passed on
 * @may_repeat: doing it twice spoils nothing
 * @was_not_begun: the answer says that the MCP server did not begin it
 * @was_sent: the server may have got all of it
 * @is_resuming: it is the GET that resumes a stream
 * @has_event_id: there is a place to go on from
 * @had_session: it named a session
 * @says_session: the body speaks of the session
 * @is_error_message: the body is a JSON-RPC error
 * @wants_scope: the answer asks for a scope
 * @was_renewed: the session was renewed for it
 * @was_reopened: another connection was opened for it
 * @was_stepped_up: the person was asked for it
 * @is_patient: it has not been tried for too long
 *
 * What is known then.
 */
typedef struct
{
  unsigned int status;
  gboolean wants_answer;
  gboolean is_answered;
  gboolean may_repeat;
  gboolean was_not_begun;
  gboolean was_sent;
  gboolean is_resuming;
  gboolean has_event_id;
  gboolean had_session;
  gboolean says_session;
  gboolean is_error_message;
  gboolean wants_scope;
  gboolean was_renewed;
  gboolean was_reopened;
  gboolean was_stepped_up;
  gboolean is_patient;
} BmaOutcomeFacts;

BmaOutcome bma_outcome_decide (const BmaOutcomeFacts *facts);
unsigned int bma_outcome_delay_ms (unsigned int n_tries);

G_END_DECLS
