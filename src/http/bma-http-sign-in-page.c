/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "bma-html.h"
#include "bma-http-pages.h"

static gboolean
is_at (const BmaSignInPage *page, const char *stage)
{
  return strcmp (page->stage, stage) == 0;
}

/* Owned, nullable. */
static char *
describe_notice (const BmaSignInPage *page)
{
  switch (page->notice)
    {
    case BMA_SIGN_IN_NOTICE_STALE:
      return g_strdup (_ ("That page was used already. Go on here."));
    case BMA_SIGN_IN_NOTICE_BAD_ADDRESS:
      return g_strdup (
          _ ("That is not an e-mail address. Type one such as name@example.com."));
    case BMA_SIGN_IN_NOTICE_BAD_CODE:
      return g_strdup (_ ("A code has six digits. Look into the mail again."));
    case BMA_SIGN_IN_NOTICE_WRONG_CODE:
      return g_strdup_printf (
          g_dngettext (GETTEXT_PACKAGE,
                       "That is not the code that was sent. You can try %u more time.",
                       "That is not the code that was sent. You can try %u more times.",
                       page->n_tries_left),
          page->n_tries_left);
    case BMA_SIGN_IN_NOTICE_CODE_OVER:
      return g_strdup (
          _ ("That code is too old or was used already. Ask for a new one."));
    case BMA_SIGN_IN_NOTICE_NO_TRIES:
      return g_strdup (_ ("There were too many wrong codes, so the code is good for "
                          "nothing any more. Ask for a new one."));
    case BMA_SIGN_IN_NOTICE_NO_MAILS:
      return g_strdup (_ ("No more mail can be sent just now. Use the last mail, or wait "
                          "ten minutes and start again in your program."));
    case BMA_SIGN_IN_NOTICE_NOT_SENT:
      return g_strdup (_ ("No mail could be sent to this address just now. Check the "
                          "address, or try again later."));
    case BMA_SIGN_IN_NOTICE_AGAIN:
      return g_strdup (page->message);
    case BMA_SIGN_IN_NOTICE_NONE:
    default:
      return NULL;
    }
}

static void
append_start (GString *body, const BmaSignInPage *page)
{
  g_autofree char *turn = g_strdup_printf ("%" PRId64, page->turn);
  g_autofree char *notice = describe_notice (page);

  if (notice != NULL)
    bma_html_append (body, "<p id=\"notice\" class=\"warn\" role=\"alert\">%s</p>\n",
                     notice);
  bma_html_append (body,
                   "<form method=\"post\" action=\"/sign-in\">\n"
                   "<input type=\"hidden\" name=\"tx\" value=\"%s\">\n"
                   "<input type=\"hidden\" name=\"turn\" value=\"%s\">\n",
                   page->tx, turn);
}

static void
append_button (GString *body, const char *action, const char *id, const char *label)
{
  bma_html_append (body,
                   "<button id=\"%s\" name=\"do\" value=\"%s\" formnovalidate>%s"
                   "</button>\n",
                   id, action, label);
}

/* The buttons that go elsewhere; the main one stands before them, so that the Enter key
 * means it. */
static void
append_end (GString *body, const BmaSignInPage *page)
{
  if (page->methods->len > 1 && page->method != NULL && !is_at (page, "away"))
    append_button (body, "choose", "other-method", _ ("Sign in another way"));
  append_button (body, "cancel", "cancel", _ ("Cancel"));
  g_string_append (body, "</div>\n</form>\n");
}

static void
append_choices (GString *body, const BmaSignInPage *page)
{
  bma_html_append (body, "<p>%s</p>\n<div class=\"methods\">\n",
                   _ ("How do you want to sign in?"));
  for (unsigned int i = 0; i < page->methods->len; i++)
    {
      const BmaLoginMethod *method = g_ptr_array_index (page->methods, i);

      bma_html_append (body,
                       "<button name=\"method\" value=\"%s\" data-method=\"%s\">%s"
                       "</button>\n",
                       method->name, method->name, method->label);
    }
  g_string_append (body, "</div>\n<div class=\"buttons\">\n");
}

static void
append_email (GString *body, const BmaSignInPage *page)
{
  bma_html_append (
      body,
      "<p><label for=\"email\">%s</label>\n<input id=\"email\" name=\"email\" "
      "type=\"email\" value=\"%s\" maxlength=\"254\" autocomplete=\"email\" "
      "required autofocus></p>\n<div class=\"buttons\">\n<button id=\"send\" "
      "name=\"do\" value=\"send\" class=\"primary\">%s</button>\n",
      _ ("Your e-mail address. A mail that tells how to go on will be sent there."),
      page->email, _ ("Send the mail"));
}

static void
append_mail_buttons (GString *body, const BmaSignInPage *page, const char *again)
{
  if (page->may_send && page->email != NULL)
    append_button (body, "send", "resend", again);
  if (page->may_send)
    append_button (body, "other", "other-address", _ ("Use another address"));
}

static void
append_address (GString *body, const BmaSignInPage *page, char *told)
{
  bma_html_append (body, "<p id=\"sent\">%s</p>\n", told);
  if (page->email != NULL)
    bma_html_append (body, "<input type=\"hidden\" name=\"email\" value=\"%s\">\n",
                     page->email);
  g_free (told);
}

static void
append_code (GString *body, const BmaSignInPage *page)
{
  append_address (body, page,
                  page->email != NULL
                      ? g_strdup_printf (_ ("A code was sent to %s. It can take a minute "
                                            "to arrive; look into the spam folder too."),
                                         page->email)
                      : g_strdup (_ ("A code was sent to you. It can take a minute to "
                                     "arrive; look into the spam folder too.")));
  if (page->has_code)
    bma_html_append (
        body,
        "<p><label for=\"code\">%s</label>\n<input id=\"code\" name=\"code\" "
        "type=\"text\" inputmode=\"numeric\" autocomplete=\"one-time-code\" "
        "maxlength=\"16\" required autofocus></p>\n",
        _ ("The six digits from the mail"));
  g_string_append (body, "<div class=\"buttons\">\n");
  if (page->has_code)
    bma_html_append (body,
                     "<button id=\"check\" name=\"do\" value=\"check\" "
                     "class=\"primary\">%s</button>\n",
                     _ ("Sign in"));
  append_mail_buttons (body, page, _ ("Send a new code"));
}

static void
append_link (GString *body, const BmaSignInPage *page)
{
  append_address (
      body, page,
      page->email != NULL
          ? g_strdup_printf (_ ("A link was sent to %s. Open it in this browser: in "
                                "another one it does not work. This page is not needed "
                                "any more then."),
                             page->email)
          : g_strdup (
                _ ("A link was sent to you. Open it in this browser: in another "
                   "one it does not work. This page is not needed any more then.")));
  g_string_append (body, "<div class=\"buttons\">\n");
  append_mail_buttons (body, page, _ ("Send a new link"));
}

/**
 * bma_http_pages_reply_sign_in:
 * @exchange: a request
 * @page: what to show
 *
 * Answers with a page of the sign-in: the ways to sign in, or the address, or the code.
 */
void
bma_http_pages_reply_sign_in (BmaHttpExchange *exchange, const BmaSignInPage *page)
{
  GString *body = g_string_new (NULL);
  const char *title = _ ("Sign in");

  append_start (body, page);
  if (is_at (page, BMA_LOGIN_STAGE_EMAIL))
    append_email (body, page);
  else if (is_at (page, BMA_LOGIN_STAGE_CODE))
    {
      title = _ ("Type the code from your mail");
      append_code (body, page);
    }
  else if (is_at (page, BMA_LOGIN_STAGE_LINK))
    {
      title = _ ("Look into your mail");
      append_link (body, page);
    }
  else
    append_choices (body, page);
  append_end (body, page);
  bma_http_pages_reply (exchange, 200, title, body);
}
