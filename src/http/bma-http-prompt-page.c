/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The page that asks about several programs at once, a line for each. */

#include <glib/gi18n-lib.h>

#include "bma-approval.h"
#include "bma-html.h"
#include "bma-http-pages.h"

static void
append_choice (GString *body,
               unsigned int number,
               const char *value,
               const char *text,
               gboolean checked)
{
  g_autofree char *name = g_strdup_printf ("decision-%u", number);

  bma_html_append (body,
                   "<label><input type=\"radio\" name=\"%s\" value=\"%s\"%s> "
                   "%s</label>\n",
                   name, value, checked ? " checked" : "", text);
}

/* The dangerous ones last; without a choice nothing happens. */
static void
append_choices (GString *body, unsigned int number, const BmaPromptLine *line)
{
  append_choice (body, number, "later", _ ("Not now"), TRUE);
  append_choice (body, number, "deny", _ ("Don’t allow"), FALSE);
  if (line->is_sign_in)
    {
      append_choice (body, number, "allow", _ ("Sign in"), FALSE);
      return;
    }
  if (line->can_refuse)
    append_choice (body, number, "never", _ ("Never allow, and don’t ask again"), FALSE);
  for (unsigned int i = g_strv_length (line->decisions); i > 0; i--)
    {
      g_autofree char *text =
          /* Translators: for how long, such as “Until I log out of the desktop”. */
          g_strdup_printf (_ ("Allow: %s"),
                           bma_words_for_decision (line->decisions[i - 1]));

      append_choice (body, number, line->decisions[i - 1], text, FALSE);
    }
}

static void
append_line (GString *body, unsigned int number, const BmaPromptLine *line)
{
  bma_html_append (body,
                   "<fieldset class=\"line\">\n<legend><strong>%s</strong></legend>\n"
                   "<dl>\n<dt>%s</dt><dd><code class=\"long\">%s</code></dd>\n"
                   "<dt>%s</dt><dd>%s</dd>\n",
                   line->who, _ ("Known as"), line->who_detail, _ ("How we know"),
                   line->how_known);
  if (line->reason != NULL)
    bma_html_append (body, "<dt>%s</dt><dd>“%s”</dd>\n", _ ("It says"), line->reason);
  if (!line->is_sign_in)
    bma_html_append (body, "<dt>%s</dt>", _ ("It asks to"));
  for (size_t i = 0; !line->is_sign_in && line->scopes[i] != NULL; i++)
    bma_html_append (body, "<dd>%s <code>%s</code></dd>\n",
                     bma_words_for_scope (line->scopes[i]), line->scopes[i]);
  if (line->resource != NULL)
    bma_html_append (body, "<dt>%s</dt><dd><code class=\"long\">%s</code></dd>\n",
                     _ ("Where"), line->resource);
  g_string_append (body, "</dl>\n");
  append_choices (body, number, line);
  g_string_append (body, "</fieldset>\n");
}

/**
 * bma_http_pages_reply_prompt:
 * @exchange: a request
 * @question: several questions of local programs
 *
 * Answers with one page for all of them.
 */
void
bma_http_pages_reply_prompt (BmaHttpExchange *exchange, const BmaQuestion *question)
{
  GString *body = g_string_new (NULL);

  bma_html_append (body, "<p class=\"lead\">%s</p>\n<p>%s</p>\n",
                   _ ("Several programs want to connect."),
                   _ ("Decide for each. What you leave at “Not now” is not allowed, and "
                      "not asked again until you start it yourself."));
  if (question->subject != NULL)
    bma_html_append (body, "<p>%s <strong id=\"subject\">%s</strong></p>\n",
                     /* Translators: a name follows. */
                     _ ("You are signed in as"), question->subject);
  bma_http_pages_append_ticket (body, question);
  for (unsigned int i = 0; i < question->lines->len; i++)
    append_line (body, i + 1, question->lines->pdata[i]);
  bma_html_append (body,
                   "<div class=\"buttons\">\n<button id=\"answer\" name=\"choice\" "
                   "value=\"answer\" class=\"primary\">%s</button>\n</div>\n</form>\n",
                   _ ("Save my answers"));
  bma_http_pages_reply (exchange, 200, _ ("Allow access?"), body);
}
