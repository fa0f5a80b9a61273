/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-broker-login.h"

#include "bma-approval-private.h"
#include "bma-broker-login-private.h"
#include "bma-text.h"

#define MAX_NAME_CHARS   80
#define MAX_DETAIL_CHARS 300
#define MAX_REASON_CHARS 200
#define MAX_LINES        24 /* more come on the next page: forms are limited */

static BmaPromptLine *
make_line (BmaBroker *self, BmaApproval *approval)
{
  g_autoptr (BmaPeer)
      peer = bma_broker_recognise (self, bma_approval_get_peer (approval), self->subject);
  const BmaLocalRequest *request = bma_approval_get_request (approval);
  BmaPromptLine *line = g_new0 (BmaPromptLine, 1);

  line->who = bma_text_display (peer->app_id, MAX_NAME_CHARS);
  line->who_detail =
      bma_text_display (peer->executable != NULL ? peer->executable : peer->app_id,
                        MAX_DETAIL_CHARS);
  line->how_known = g_strdup (bma_broker_describe_peer (peer, request->wants_pairing));
  line->reason = request->reason != NULL
                     ? bma_text_display (request->reason, MAX_REASON_CHARS)
                     : NULL;
  line->can_refuse = bma_broker_can_refuse (peer);
  line->is_sign_in = bma_approval_is_sign_in (approval);
  line->scopes = g_strdupv ((char **) request->scopes);
  if (line->is_sign_in)
    return line;
  line->resource = g_strdup (request->resource != NULL ? request->resource
                                                       : self->config->resources[0]);
  line->decisions = bma_broker_offered_decisions (self, approval);
  return line;
}

/* A question alone has the page of all questions. */
static BmaQuestion *
make_question (BmaPromptLine *line)
{
  BmaQuestion *question = g_new0 (BmaQuestion, 1);

  question->who = g_steal_pointer (&line->who);
  question->who_detail = g_steal_pointer (&line->who_detail);
  question->how_known = g_steal_pointer (&line->how_known);
  question->reason = g_steal_pointer (&line->reason);
  question->resource = g_steal_pointer (&line->resource);
  question->scopes = g_steal_pointer (&line->scopes);
  question->decisions = g_steal_pointer (&line->decisions);
  question->can_refuse = line->can_refuse;
  question->is_sign_in = line->is_sign_in;
  bma_prompt_line_free (line);
  return question;
}

/**
 * bma_broker_show_prompt:
 * @self: a broker
 * @token: names the page
 *
 * Returns: (transfer full): the page with the questions that are open now; what is
 *   pressed there is about these alone
 */
BmaBrowserStep *
bma_broker_show_prompt (BmaBroker *self, const char *token)
{
  g_autoptr (GString) request = g_string_new (BMA_APPROVAL_PREFIX);
  g_autoptr (GPtrArray)
      lines = g_ptr_array_new_with_free_func ((GDestroyNotify) bma_prompt_line_free);
  BmaQuestion *question = NULL;

  if (!bma_broker_is_prompt (self, token))
    return bma_broker_make_expired_step ();
  g_string_append (request, token);
  for (unsigned int i = 0; i < self->approvals->len && i < MAX_LINES; i++)
    {
      g_string_append_printf (request, ".%s",
                              bma_approval_get_id (self->approvals->pdata[i]));
      g_ptr_array_add (lines, make_line (self, self->approvals->pdata[i]));
    }
  if (lines->len == 1)
    question = make_question (g_ptr_array_steal_index (lines, 0));
  else
    {
      question = g_new0 (BmaQuestion, 1);
      question->lines = g_steal_pointer (&lines);
    }
  question->is_app = TRUE;
  question->request = g_strdup (request->str);
  return bma_broker_ask (self, question, TRUE);
}
