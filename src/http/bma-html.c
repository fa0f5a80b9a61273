/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-html.h"

#include <glib/gi18n-lib.h>
#include <stdarg.h>

/**
 * bma_html_append:
 * @out: HTML so far
 * @format: HTML of ours in which each `%s` stands for a text of anybody's
 * @...: (nullable): the texts
 *
 * Appends HTML; every text is escaped, so it can stand between tags and in quoted
 * attributes. Only `%s` is understood.
 */
void
bma_html_append (GString *out, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  for (const char *at = format; *at != '\0'; at++)
    {
      if (at[0] == '%' && at[1] == 's')
        {
          const char *text = va_arg (args, const char *);
          g_autofree char *escaped = g_markup_escape_text (text != NULL ? text : "", -1);

          g_string_append (out, escaped);
          at++;
        }
      else
        g_string_append_c (out, *at);
    }
  va_end (args);
}

/**
 * bma_html_page:
 * @title: the title, any text
 * @body: HTML
 *
 * Returns: (transfer full): a whole page
 */
char *
bma_html_page (const char *title, const char *body)
{
  GString *out = g_string_new (NULL);

  bma_html_append (
      out,
      "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, "
      "initial-scale=1\">\n<meta name=\"robots\" content=\"noindex\">\n"
      "<title>%s – BioMCP</title>\n"
      "<link rel=\"stylesheet\" href=\"/style.css\">\n</head>\n<body>\n"
      "<header><span class=\"brand\">BioMCP</span></header>\n<main>\n<h1>%s"
      "</h1>\n",
      /* Translators: the code of your language as in HTML, such as de or pt-BR. */
      C_ ("HTML lang", "en"), title, title);
  g_string_append (out, body);
  g_string_append (out, "</main>\n</body>\n</html>\n");
  return g_string_free (out, FALSE);
}
