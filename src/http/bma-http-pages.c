/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-pages.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "bma-grant.h"
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

static const char *
describe_scope (const char *scope)
{
  if (g_str_equal (scope, "mcp"))
    return _ ("Use the BioMCP tools in your name");
  if (g_str_equal (scope, "offline_access"))
    return _ ("Stay connected without asking you again");
  if (g_str_equal (scope, "openid"))
    return _ ("Know who you are");
  if (g_str_equal (scope, "profile"))
    return _ ("Know your name");
  if (g_str_equal (scope, "email"))
    return _ ("Know your e-mail address");
  return scope;
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
                     describe_scope (question->scopes[i]), question->scopes[i]);
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
  if (question->subject != NULL)
    bma_html_append (body, "<dt>%s</dt><dd id=\"subject\">%s</dd>\n", _ ("You are"),
                     question->subject);
  g_string_append (body, "</dl>\n");
}

static const char *
describe_decision (const char *decision)
{
  if (g_str_equal (decision, BMA_DECISION_ALWAYS))
    return _ ("Always, until I take it back");
  if (g_str_equal (decision, BMA_DECISION_SESSION))
    return _ ("Until I log out of the desktop");
  return _ ("Only while this program runs");
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
                     describe_decision (question->decisions[i]));
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
  g_autofree char *until = g_strdup_printf ("%" PRId64, question->ticket->until_s);
  gboolean signed_in = question->subject != NULL;
  gboolean has_methods = question->methods->len > 0;

  append_who (body, question);
  append_scopes (body, question);
  append_redirect (body, question);
  append_device (body, question);
  bma_html_append (body,
                   "<form method=\"post\" action=\"/consent\">\n"
                   "<input type=\"hidden\" name=\"request\" value=\"%s\">\n"
                   "<input type=\"hidden\" name=\"tx\" value=\"%s\">\n"
                   "<input type=\"hidden\" name=\"until\" value=\"%s\">\n"
                   "<input type=\"hidden\" name=\"seal\" value=\"%s\">\n",
                   question->request, question->ticket->tx, until,
                   question->ticket->seal);
  append_decisions (body, question);
  append_only_method (body, question);
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
  g_string_append (body, "</div>\n</form>\n");
  bma_http_pages_reply (exchange, 200,
                        question->is_sign_in ? _ ("Sign in") : _ ("Allow access?"), body);
}

static void
append_state (GString *body, BmaBroker *broker)
{
  const char *state = bma_broker_get_state (broker);
  const BmaSubject *subject = bma_broker_get_subject (broker);

  bma_html_append (body, "<p class=\"lead\" id=\"state\">%s",
                   g_str_equal (state, "ready")        ? _ ("The service is ready.")
                   : g_str_equal (state, "signed-out") ? _ ("Nobody is signed in.")
                                                       : _ ("The keyring is locked."));
  if (subject != NULL)
    bma_html_append (body, " %s <strong>%s</strong>", _ ("Signed in:"),
                     bma_subject_get_label (subject));
  g_string_append (body, "</p>\n");
}

/**
 * bma_http_pages_reply_home:
 * @exchange: a request
 *
 * Answers with what a person sees at our address: how it is, and how to connect.
 */
void
bma_http_pages_reply_home (BmaHttpExchange *exchange)
{
  BmaBroker *broker = bma_http_exchange_get_broker (exchange);
  const char *url = bma_broker_get_config (broker)->resources[0];
  GString *body = g_string_new (NULL);

  if (bma_http_exchange_is_owner (exchange))
    append_state (body, broker);
  bma_html_append (
      body,
      "<h2>%s</h2>\n<p>%s</p>\n"
      "<p><code id=\"mcp-url\" class=\"long\">%s</code></p>\n"
      "<p>Claude Code: <code class=\"long\">claude mcp add --transport http "
      "biomcp %s</code></p>\n<h2>%s</h2>\n"
      "<p><code>biomcp-auth status</code>, <code>biomcp-auth token</code>, "
      "<code>biomcp-auth doctor</code></p>\n<p class=\"fine\">biomcp-auth "
      "%s</p>\n",
      _ ("Connect an MCP client"),
      _ ("Give it this address; it signs in by itself and you are asked once:"), url, url,
      _ ("In a terminal"), BMA_VERSION);
  bma_http_pages_reply (exchange, 200, "biomcp-auth", body);
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
