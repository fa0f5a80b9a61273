/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-broker-login.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "bma-broker-login-private.h"
#include "bma-cookie.h"
#include "bma-log.h"
#include "bma-redirect.h"
#include "bma-text.h"
#include "bma-uri.h"

#define CODE_BYTES      32
#define FAMILY_ID_BYTES 16
#define MAX_NAME_CHARS  80

void
bma_broker_return_step (GTask *task, BmaBrowserStep *step)
{
  g_task_return_pointer (task, step, (GDestroyNotify) bma_browser_step_free);
}

static void
on_step_applied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  BmaBrowserStep *step = g_object_steal_data (G_OBJECT (task), "step");

  if (!bma_store_apply_finish (BMA_STORE (source), result, &error))
    {
      bma_log_warning ("login", "%s", error->message);
      bma_browser_step_free (step);
      step = bma_broker_make_storage_step ();
    }
  bma_broker_return_step (task, step);
}

/**
 * bma_broker_apply_then_step:
 * @self: a broker
 * @task: (transfer none): what to finish
 * @change: what must be durable first
 * @step: (transfer full): the answer
 *
 * Answers after the change is durable.
 */
void
bma_broker_apply_then_step (BmaBroker *self,
                            GTask *task,
                            BmaChange *change,
                            BmaBrowserStep *step)
{
  if (bma_change_get_n_ops (change) == 0)
    {
      bma_broker_return_step (task, step);
      return;
    }
  g_object_set_data_full (G_OBJECT (task), "step", step,
                          (GDestroyNotify) bma_browser_step_free);
  bma_store_apply_async (self->store, change, NULL, on_step_applied, g_object_ref (task));
}

/**
 * bma_broker_issue_code:
 * @self: a broker
 * @change: where the puts go
 * @terms: what was asked and allowed
 * @state: (nullable): the client's
 * @subject: who allowed it
 *
 * Returns: (transfer full): the redirect with the code, to be answered once @change is
 *   durable
 */
BmaBrowserStep *
bma_broker_issue_code (BmaBroker *self,
                       BmaChange *change,
                       const BmaCodeTerms *terms,
                       const char *state,
                       const BmaSubject *subject)
{
  g_autoptr (BmaSecretText) code = bma_entropy_token (self->entropy, CODE_BYTES);
  g_autofree char *family_id = bma_entropy_hex (self->entropy, FAMILY_ID_BYTES);
  const BmaGrant *grant =
      bma_broker_lookup_client_grant (self, terms->client_id, subject->record.id);
  g_autofree char *record_id = bma_client_make_record_id (terms->client_id);
  const BmaClient *client = bma_store_lookup (self->store, &bma_client_type, record_id);

  bma_authorize_issue (change, terms, subject, grant, &(BmaCodeTicket){ code, family_id },
                       self->config, bma_broker_now_s (self));
  if (client != NULL)
    {
      BmaClient *used = bma_record_copy (client);

      used->last_used_at_s = bma_broker_now_s (self);
      bma_change_put_take (change, used);
    }
  bma_log_info ("login", "code for client %s", terms->client_id);
  return bma_browser_step_new_redirect (
      bma_redirect_make_success (terms->redirect_uri, self->config->issuer, state, code));
}

static BmaPageTicket *
make_ticket (BmaBroker *self, const char *request)
{
  int64_t until_s = bma_broker_now_s (self) + self->config->login_lifetime_s;

  bma_broker_keep_until (self, until_s);
  return bma_page_ticket_new (&self->page_key, self->entropy, request, until_s);
}

/**
 * bma_broker_ask:
 * @self: a broker
 * @question: (transfer full): what to ask; ticket and methods are added
 * @is_owner: whether it is the owner's browser that asks
 *
 * Returns: (transfer full): the page with the question, bound to this browser
 */
BmaBrowserStep *
bma_broker_ask (BmaBroker *self, BmaQuestion *question, gboolean is_owner)
{
  BmaBrowserStep *step = bma_browser_step_new_ask (question);
  const BmaSubject *subject = bma_broker_subject_for (self, is_owner);
  g_autofree char *name = NULL;

  question->ticket = make_ticket (self, question->request);
  question->methods = bma_identity_provider_list_methods (self->provider);
  if (subject != NULL)
    question->subject =
        bma_text_display (bma_subject_get_label (subject), MAX_NAME_CHARS);
  name = bma_page_ticket_cookie_name ("consent", question->ticket->tx);
  step->set_cookie =
      bma_cookie_make (name, question->ticket->cookie, self->config->login_lifetime_s);
  return step;
}

/**
 * bma_broker_make_client_question:
 * @client: a client
 *
 * Returns: (transfer full): a question that says who the client is
 */
BmaQuestion *
bma_broker_make_client_question (const BmaClient *client)
{
  BmaQuestion *question = g_new0 (BmaQuestion, 1);

  question->who = bma_text_display (client->name, MAX_NAME_CHARS);
  if (*question->who == '\0')
    {
      g_free (question->who);
      question->who = g_strdup (_ ("A program without a name"));
    }
  question->who_detail = g_strdup (bma_client_get_id (client));
  bma_broker_describe_origin (question, client);
  question->client_uri = g_strdup (client->client_uri);
  return question;
}

static BmaBrowserStep *
ask_for_client (BmaBroker *self,
                const BmaAuthorizeRequest *request,
                const BmaClient *client,
                const char *query,
                gboolean is_owner)
{
  BmaQuestion *question = bma_broker_make_client_question (client);

  question->redirect_uri = bma_text_display (request->redirect_uri, 300);
  question->redirect_host = bma_uri_get_display_host (request->redirect_uri);
  question->is_loopback_redirect = bma_uri_is_loopback_host (question->redirect_host);
  question->scopes = g_strdupv (request->scopes);
  question->request = g_strdup (query);
  return bma_broker_ask (self, question, is_owner);
}

static BmaBrowserStep *
begin_for_client (BmaBroker *self,
                  GTask *task,
                  BmaChange *change,
                  const BmaForm *form,
                  const char *query,
                  gboolean is_owner)
{
  g_autoptr (BmaAuthorizeRequest) request = bma_authorize_request_parse (form);
  const BmaSubject *subject = bma_broker_subject_for (self, is_owner);
  BmaAuthorizeFacts facts = { .subject = subject, .now_s = bma_broker_now_s (self) };
  BmaAuthorizeDecision decision;

  if (request->client_id != NULL)
    facts.client = bma_broker_lookup_client (self, request->client_id);
  if (facts.client != NULL && subject != NULL)
    facts.grant =
        bma_broker_lookup_client_grant (self, request->client_id, subject->record.id);
  decision = bma_authorize_decide (request, form, &facts, self->config);
  switch (decision.action)
    {
    case BMA_AUTHORIZE_SHOW_ERROR:
      return bma_broker_make_client_error_step (decision.error);
    case BMA_AUTHORIZE_REDIRECT_ERROR:
      return bma_browser_step_new_redirect (
          bma_redirect_make_error (request->redirect_uri, self->config->issuer,
                                   request->state, decision.error));
    case BMA_AUTHORIZE_ISSUE_CODE:
      if (bma_key_manager_get_keys (self->keys) == NULL)
        return bma_broker_make_unavailable_step (self);
      return bma_broker_issue_code (self, change,
                                    &(BmaCodeTerms){
                                        request->client_id, request->redirect_uri,
                                        request->nonce, request->code_challenge,
                                        request->resource,
                                        (const char *const *) request->scopes },
                                    request->state, subject);
    case BMA_AUTHORIZE_ASK_CONSENT:
    case BMA_AUTHORIZE_SIGN_IN:
      break;
    }
  if (!is_owner && bma_broker_is_desktop_only (self))
    return bma_broker_make_elsewhere_step ();
  return ask_for_client (self, request, facts.client, query, is_owner);
}

/* A request that waits for what is known about its client elsewhere. */
typedef struct
{
  char *query;   /* owned */
  BmaForm *form; /* owned */
  gboolean is_owner;
} Beginning;

static void
beginning_free (Beginning *self)
{
  g_free (self->query);
  bma_form_free (self->form);
  g_free (self);
}

static void
begin (BmaBroker *self, GTask *task)
{
  const Beginning *beginning = g_task_get_task_data (task);
  g_autoptr (BmaChange) change = bma_change_new ();

  bma_broker_apply_then_step (self, task, change,
                              begin_for_client (self, task, change, beginning->form,
                                                beginning->query, beginning->is_owner));
}

static void
on_refreshed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BmaBroker *self = BMA_BROKER (source);
  g_autoptr (BmaClientAnswer) answer = bma_broker_refresh_client_finish (self, result);

  if (answer->client != NULL)
    begin (self, task);
  else
    bma_broker_return_step (task, bma_broker_make_source_error_step (answer));
}

/**
 * bma_broker_authorize_async:
 * @self: a broker
 * @query: the query as it came
 * @browser: which browser; read before this returns
 * @cancellable: (nullable): ends the waiting
 * @callback: called with the step
 * @user_data: for @callback
 *
 * Begins an authorization (RFC 6749 section 4.1.1), or shows what a local app asked.
 * Unless consent is remembered this changes nothing but what is known about a client that
 * is described elsewhere; that is asked for before anything is looked up.
 */
void
bma_broker_authorize_async (BmaBroker *self,
                            const char *query,
                            const BmaBrowser *browser,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (BmaForm) form = NULL;
  BmaClientSource *elsewhere = NULL;
  Beginning *beginning = NULL;
  const char *client_id = NULL;

  g_task_set_source_tag (task, bma_broker_authorize_async);
  if (g_str_has_prefix (query, BMA_APPROVAL_PREFIX))
    {
      if (browser->is_owner)
        bma_broker_return_step (
            task, bma_broker_show_prompt (self, query + strlen (BMA_APPROVAL_PREFIX)));
      else
        bma_broker_return_step (task, bma_broker_make_elsewhere_step ());
      return;
    }
  form = bma_form_parse (query, strlen (query));
  if (form == NULL)
    {
      bma_broker_return_step (task, bma_broker_make_client_error_step ((BmaOauthError){
                                        BMA_OAUTH_INVALID_REQUEST,
                                        "the query is malformed or too long" }));
      return;
    }
  client_id = bma_form_get (form, "client_id");
  if (client_id != NULL)
    elsewhere = bma_broker_find_client_source (self, client_id);
  beginning = g_new0 (Beginning, 1);
  beginning->query = g_strdup (query);
  beginning->form = g_steal_pointer (&form);
  beginning->is_owner = browser->is_owner;
  g_task_set_task_data (task, beginning, (GDestroyNotify) beginning_free);
  if (elsewhere == NULL)
    begin (self, task);
  else
    bma_broker_refresh_client_async (self, elsewhere, client_id, NULL, on_refreshed,
                                     g_steal_pointer (&task));
}

/**
 * bma_broker_step_finish:
 * @self: a broker
 * @result: what the callback got
 *
 * Returns: (transfer full): the step
 */
BmaBrowserStep *
bma_broker_step_finish (BmaBroker *self, GAsyncResult *result)
{
  BmaBrowserStep *step = g_task_propagate_pointer (G_TASK (result), NULL);

  return step != NULL ? step : bma_broker_make_storage_step ();
}
