/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <glib/gi18n-lib.h>

#include "bma-approval.h"
#include "bma-html.h"
#include "bma-http-pages.h"
#include "bma-names.h"

/* Not where: any program of the person can read this page. */
static void
append_waiting (GString *body, BmaBroker *broker)
{
  g_autoptr (GPtrArray) approvals = bma_broker_list_approvals (broker);

  if (approvals->len > 0)
    bma_html_append (body,
                     "<p class=\"warn\" id=\"waiting\">%s <code>biomcp-auth "
                     "sign-in</code></p>\n",
                     _ ("Programs wait for your answer. To see what they ask, run:"));
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
  append_waiting (body, broker);
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
