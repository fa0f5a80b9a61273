/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-broker-login.h"
#include "bma-http-cors.h"
#include "bma-http-pages.h"
#include "bma-http-body.h"
#include "bma-http-routes.h"
#include "bma-log.h"

static void
reply_error_step (BmaHttpExchange *exchange, const BmaBrowserStep *step)
{
  const char *error = bma_oauth_error_to_text (step->error.code);

  if (bma_http_exchange_wants_json (exchange))
    {
      bma_http_exchange_reply_error_with_status (exchange, step->status, error,
                                                 step->error.description);
      return;
    }
  bma_log (G_LOG_LEVEL_INFO, "http", bma_http_exchange_get_correlation_id (exchange),
           "page %u %s: %s", step->status, error, step->error.description);
  bma_http_exchange_set_error (exchange, error);
  bma_http_pages_reply_message (exchange, step->status, step->title, step->message);
}

/**
 * bma_http_authorize_reply_step:
 * @exchange: a request of a browser
 * @step: what comes next
 *
 * Answers with the next page or redirect.
 */
void
bma_http_authorize_reply_step (BmaHttpExchange *exchange, const BmaBrowserStep *step)
{
  if (step->set_cookie != NULL)
    bma_http_exchange_add_header (exchange, "Set-Cookie", step->set_cookie);
  if (step->clear_cookie != NULL)
    bma_http_exchange_add_header (exchange, "Set-Cookie", step->clear_cookie);
  switch (step->kind)
    {
    case BMA_STEP_ERROR:
      reply_error_step (exchange, step);
      break;
    case BMA_STEP_REDIRECT:
      bma_http_exchange_set_header (exchange, "Location", step->location);
      bma_http_exchange_set_header (exchange, "Referrer-Policy", "no-referrer");
      bma_http_exchange_reply (exchange, step->status, NULL, NULL);
      break;
    case BMA_STEP_ASK:
      if (step->question->lines != NULL)
        bma_http_pages_reply_prompt (exchange, step->question);
      else
        bma_http_pages_reply_question (exchange, step->question);
      break;
    case BMA_STEP_SIGN_IN:
      bma_http_pages_reply_sign_in (exchange, step->page);
      break;
    case BMA_STEP_DEVICE:
      bma_http_pages_reply_device (exchange, step->status, step->device);
      break;
    case BMA_STEP_DONE:
      bma_http_pages_reply_message (exchange, step->status, step->title, step->message);
      break;
    }
}

static void
on_step (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmaHttpExchange) exchange = user_data;
  g_autoptr (BmaBrowserStep) step = bma_broker_step_finish (BMA_BROKER (source), result);

  bma_http_authorize_reply_step (exchange, step);
}

static BmaBrowser
get_browser (BmaHttpExchange *exchange)
{
  return (BmaBrowser){ .cookies = bma_http_exchange_get_header (exchange, "Cookie"),
                       .is_owner = bma_http_exchange_is_owner (exchange) };
}

/**
 * bma_http_authorize_handle:
 * @exchange: a request
 *
 * `GET /authorize`, `POST /authorize` (RFC 6749 section 3.1).
 */
void
bma_http_authorize_handle (BmaHttpExchange *exchange)
{
  g_autoptr (GBytes) body = bma_http_exchange_dup_body (exchange);
  size_t size = 0;
  const char *text = g_bytes_get_data (body, &size);
  g_autofree char *posted = size > 0 ? g_strndup (text, size) : NULL;
  const BmaBrowser browser = get_browser (exchange);

  bma_http_exchange_pause (exchange);
  bma_broker_authorize_async (bma_http_exchange_get_broker (exchange),
                              posted != NULL ? posted
                                             : bma_http_exchange_get_query (exchange),
                              &browser, NULL, on_step, bma_http_exchange_ref (exchange));
}

/* Browsers name the origin of every form; one without it is no browser's. A browser that
 * tells where the form stood must say it was ours: other origins that scripts may ask
 * from have no part in what people decide. */
static gboolean
is_from_own_page (BmaHttpExchange *exchange)
{
  const BmaConfig *config =
      bma_broker_get_config (bma_http_exchange_get_broker (exchange));
  const char *origin = bma_http_exchange_get_header (exchange, "Origin");
  const char *site = bma_http_exchange_get_header (exchange, "Sec-Fetch-Site");

  return (origin == NULL || bma_http_cors_is_own_origin (config, origin)) &&
         (site == NULL || g_str_equal (site, "same-origin"));
}

/**
 * bma_http_authorize_read_own_form:
 * @exchange: a request of a browser
 *
 * Reads a form in which a person decided something.
 *
 * Returns: (transfer full) (nullable): the form, or %NULL after it was answered that it
 *   is none or does not stand on a page of ours
 */
BmaForm *
bma_http_authorize_read_own_form (BmaHttpExchange *exchange)
{
  g_autoptr (BmaForm) form = bma_http_exchange_read_form (exchange);

  if (form == NULL || is_from_own_page (exchange))
    return g_steal_pointer (&form);
  bma_http_exchange_reply_error_with_status (exchange, 403, "forbidden_origin",
                                             "the form does not come from our page");
  return NULL;
}

typedef void (*TakeForm) (BmaBroker *broker,
                          const BmaForm *form,
                          const BmaBrowser *browser,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);

static void
handle_own_form (BmaHttpExchange *exchange, TakeForm take)
{
  g_autoptr (BmaForm) form = bma_http_authorize_read_own_form (exchange);
  const BmaBrowser browser = get_browser (exchange);

  if (form == NULL)
    return;
  bma_http_exchange_pause (exchange);
  take (bma_http_exchange_get_broker (exchange), form, &browser, NULL, on_step,
        bma_http_exchange_ref (exchange));
}

/**
 * bma_http_authorize_handle_consent:
 * @exchange: a request
 *
 * `POST /consent`: the person pressed a button on a page of ours.
 */
void
bma_http_authorize_handle_consent (BmaHttpExchange *exchange)
{
  handle_own_form (exchange, bma_broker_consent_async);
}

/**
 * bma_http_authorize_handle_sign_in:
 * @exchange: a request
 *
 * `POST /sign-in`: the person chose how to sign in, or typed an address or a code.
 */
void
bma_http_authorize_handle_sign_in (BmaHttpExchange *exchange)
{
  handle_own_form (exchange, bma_broker_sign_in_async);
}

/**
 * bma_http_authorize_handle_callback:
 * @exchange: a request
 *
 * `GET /callback`: the identity provider sent the browser back.
 */
void
bma_http_authorize_handle_callback (BmaHttpExchange *exchange)
{
  const BmaBrowser browser = get_browser (exchange);

  bma_http_exchange_pause (exchange);
  bma_broker_callback_async (bma_http_exchange_get_broker (exchange),
                             bma_http_exchange_get_query (exchange), &browser, NULL,
                             on_step, bma_http_exchange_ref (exchange));
}
