/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-pages.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "bma-approval.h"
#include "bma-html.h"
#include "bma-http-resources.h"
#include "bma-names.h"

/* No form-action: Chromium applies it to the redirect that follows the form, and the
 * consent form leads to the client. No script at all. */
#define CONTENT_POLICY                                                                   \
  "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "              \
  "frame-ancestors 'none'"

/**
 * bma_http_pages_reply:
 * @exchange: a request
 * @status: HTTP status
 * @title: any text
 * @body: (transfer full): HTML
 *
 * Answers with a page that nobody can frame, script or store.
 */
void
bma_http_pages_reply (BmaHttpExchange *exchange,
                      unsigned int status,
                      const char *title,
                      GString *body)
{
  bma_http_exchange_set_header (exchange, "Content-Security-Policy", CONTENT_POLICY);
  bma_http_exchange_set_header (exchange, "X-Frame-Options", "DENY");
  /* Not no-referrer: then browsers send "Origin: null" with our own forms. */
  bma_http_exchange_set_header (exchange, "Referrer-Policy", "same-origin");
  bma_http_exchange_set_header (exchange, "Cross-Origin-Opener-Policy", "same-origin");
  bma_http_exchange_set_header (exchange, "Cross-Origin-Resource-Policy", "same-origin");
  bma_http_exchange_reply (exchange, status, "text/html; charset=utf-8",
                           bma_html_page (title, body->str));
  g_string_free (body, TRUE);
}

/**
 * bma_http_pages_reply_message:
 * @exchange: a request
 * @status: HTTP status
 * @title: what happened
 * @message: what to do
 *
 * Answers with a page that only tells something.
 */
void
bma_http_pages_reply_message (BmaHttpExchange *exchange,
                              unsigned int status,
                              const char *title,
                              const char *message)
{
  GString *body = g_string_new (NULL);

  bma_html_append (body, "<p id=\"message\">%s</p>\n", message);
  if (status >= 400)
    bma_html_append (body, "<p class=\"fine\">%s <code>%s</code></p>\n",
                     /* Translators: a number follows. */
                     _ ("If you ask for help, name this number:"),
                     bma_http_exchange_get_correlation_id (exchange));
  bma_http_pages_reply (exchange, status, title, body);
}

static void
append_scopes (GString *body, const BmaQuestion *question)
{
  if (question->scopes == NULL || question->scopes[0] == NULL)
    return;
  /* Translators: a list follows, such as “Know your name”. */
  bma_html_append (body, "<h2>%s</h2>\n<ul id=\"scopes\">\n", _ ("It asks to"));
  for (size_t i = 0; question->scopes[i] != NULL; i++)
    bma_html_append (body, "<li>%s <code>%s</code></li>\n",
                     bma_words_for_scope (question->scopes[i]), question->scopes[i]);
  g_string_append (body, "</ul>\n");
}

static void
append_redirect (GString *body, const BmaQuestion *question)
{
  if (question->redirect_host == NULL)
    return;
  bma_html_append (body,
                   "<p>%s <strong id=\"redirect-host\">%s</strong>"
                   "<br><code class=\"long\">%s</code></p>\n",
                   /* Translators: the name of a host follows. */
                   _ ("Then you will be sent to"), question->redirect_host,
                   question->redirect_uri);
  if (question->is_loopback_only)
    bma_html_append (body, "<p class=\"warn\" id=\"loopback-only\">%s</p>\n",
                     _ ("This program has no address but on this computer, so any "
                        "program here could use the name it shows. Go on only if you "
                        "just started this connection yourself."));
  else if (question->is_loopback_redirect)
    bma_html_append (body, "<p class=\"warn\">%s</p>\n",
                     _ ("That is a program on this computer. Any program here could be "
                        "behind it: go on only if you just started this connection "
                        "yourself."));
}

/* Whoever talks a person into typing a code gets what the person may do. */
static void
append_device (GString *body, const BmaQuestion *question)
{
  g_autofree char *warning = NULL;

  if (question->user_code == NULL)
    return;
  warning =
      g_strdup_printf (_ ("Go on only if you started this on a device of yours, now, "
                          "and that device shows this very code. If somebody sent "
                          "you the code or a link, or asks for it on the phone, press "
                          "“Don’t allow”: they, not you, would use “%s” in your "
                          "name."),
                       question->who);
  bma_html_append (body,
                   "<p>%s <strong id=\"user-code\" class=\"usercode\">%s</strong></p>\n"
                   "<p class=\"warn\" id=\"device-warning\">%s</p>\n",
                   _ ("The device that asks must show this code:"), question->user_code,
                   warning);
}

static void
append_who (GString *body, const BmaQuestion *question)
{
  bma_html_append (
      body,
      "<p class=\"lead\"><strong id=\"client-name\">%s</strong> %s</p>\n<dl>\n"
      "<dt>%s</dt><dd><code class=\"long\">%s</code></dd>\n"
      "<dt>%s</dt><dd id=\"how-known\">%s</dd>\n",
      /* Translators: the name of a program stands before it. */
      question->who, _ ("wants to connect."), _ ("Known as"), question->who_detail,
      _ ("How we know"), question->how_known);
  if (question->client_host != NULL)
    bma_html_append (body, "<dt>%s</dt><dd><strong id=\"client-host\">%s</strong></dd>\n",
                     _ ("Described at"), question->client_host);
  if (question->client_uri != NULL)
    bma_html_append (body, "<dt>%s</dt><dd><code class=\"long\">%s</code></dd>\n",
                     _ ("Web site it names"), question->client_uri);
  if (question->reason != NULL)
    bma_html_append (body, "<dt>%s</dt><dd id=\"reason\">“%s”</dd>\n", _ ("It says"),
                     question->reason);
  if (question->resource != NULL)
    bma_html_append (
        body, "<dt>%s</dt><dd id=\"resource\"><code class=\"long\">%s</code></dd>\n",
        _ ("Where"), question->resource);
  if (question->subject != NULL)
    bma_html_append (body, "<dt>%s</dt><dd id=\"subject\">%s</dd>\n", _ ("You are"),
                     question->subject);
  g_string_append (body, "</dl>\n");
}

static void
append_decisions (GString *body, const BmaQuestion *question)
{
  if (question->decisions == NULL)
    return;
  bma_html_append (body, "<fieldset><legend>%s</legend>\n", _ ("For how long?"));
  for (size_t i = 0; question->decisions[i] != NULL; i++)
    bma_html_append (body,
                     "<label><input type=\"radio\" name=\"decision\" value=\"%s\"%s> %s"
                     "</label>\n",
                     question->decisions[i], i == 0 ? " checked" : "",
                     bma_words_for_decision (question->decisions[i]));
  g_string_append (body, "</fieldset>\n");
}

/* Where there is a choice, the sign-in page that follows offers it. */
static void
append_only_method (GString *body, const BmaQuestion *question)
{
  const BmaLoginMethod *method = NULL;

  if (question->methods->len != 1)
    return;
  method = g_ptr_array_index (question->methods, 0);
  bma_html_append (body,
                   "<input type=\"hidden\" name=\"method\" data-method=\"%s\" "
                   "value=\"%s\">\n",
                   method->name, method->name);
}

/* Only programs of this desktop come back by themselves. */
static void
append_ways_out (GString *body, const BmaQuestion *question)
{
  if (!question->is_app)
    return;
  bma_html_append (body,
                   "<div class=\"buttons minor\">\n<button id=\"later\" name=\"choice\" "
                   "value=\"later\">%s</button>\n",
                   _ ("Not now"));
  if (question->can_refuse && !question->is_sign_in)
    bma_html_append (body,
                     "<button id=\"never\" name=\"choice\" value=\"never\">%s</button>\n",
                     _ ("Never allow, and don’t ask again"));
  g_string_append (body, "</div>\n");
}

/**
 * bma_http_pages_append_ticket:
 * @body: a page
 * @question: what it asks
 *
 * Begins the form that answers the question, and what proves that it is ours.
 */
void
bma_http_pages_append_ticket (GString *body, const BmaQuestion *question)
{
  g_autofree char *until = g_strdup_printf ("%" PRId64, question->ticket->until_s);

  bma_html_append (body,
                   "<form method=\"post\" action=\"/consent\">\n"
                   "<input type=\"hidden\" name=\"request\" value=\"%s\">\n"
                   "<input type=\"hidden\" name=\"tx\" value=\"%s\">\n"
                   "<input type=\"hidden\" name=\"until\" value=\"%s\">\n"
                   "<input type=\"hidden\" name=\"seal\" value=\"%s\">\n",
                   question->request, question->ticket->tx, until,
                   question->ticket->seal);
  append_only_method (body, question);
}

/**
 * bma_http_pages_reply_question:
 * @exchange: a request
 * @question: what to ask
 *
 * Answers with the consent page: who asks, how that is known, what for, and where the
 * person will be sent.
 */
void
bma_http_pages_reply_question (BmaHttpExchange *exchange, const BmaQuestion *question)
{
  GString *body = g_string_new (NULL);
  gboolean signed_in = question->subject != NULL;
  gboolean has_methods = question->methods->len > 0;

  append_who (body, question);
  append_scopes (body, question);
  append_redirect (body, question);
  append_device (body, question);
  bma_http_pages_append_ticket (body, question);
  append_decisions (body, question);
  bma_html_append (body,
                   "<div class=\"buttons\">\n<button id=\"deny\" name=\"choice\" "
                   "value=\"deny\">%s</button>\n<button id=\"allow\" "
                   "name=\"choice\" value=\"allow\" class=\"primary\">%s</button>\n",
                   _ ("Don’t allow"),
                   question->is_sign_in        ? _ ("Sign in")
                   : signed_in || !has_methods ? _ ("Allow")
                                               : _ ("Allow and sign in"));
  if (signed_in && has_methods)
    bma_html_append (body,
                     "<button id=\"other-account\" name=\"choice\" "
                     "value=\"other-account\">%s</button>\n",
                     _ ("Allow with another account"));
  g_string_append (body, "</div>\n");
  append_ways_out (body, question);
  g_string_append (body, "</form>\n");
  bma_http_pages_reply (exchange, 200,
                        question->is_sign_in ? _ ("Sign in") : _ ("Allow access?"), body);
}

/**
 * bma_http_pages_reply_stylesheet:
 * @exchange: a request
 *
 * Answers with the style of all pages.
 */
void
bma_http_pages_reply_stylesheet (BmaHttpExchange *exchange)
{
  g_autoptr (GBytes) bytes = g_resource_lookup_data (bma_http_files_get_resource (),
                                                     "/org/biomcp/Auth/pages/style.css",
                                                     G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  size_t size = 0;
  const char *text = g_bytes_get_data (bytes, &size);

  bma_http_exchange_set_header (exchange, "Cache-Control", "max-age=3600");
  bma_http_exchange_reply (exchange, 200, "text/css; charset=utf-8",
                           g_strndup (text, size));
}
