/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-operation.h"

#include <string.h>

#include "bma-bearer.h"
#include "bma-http-body.h"
#include "bma-log.h"

/**
 * bma_http_operation_challenge:
 * @exchange: a request for /mcp that is refused
 * @error: why; none when no credentials were sent
 * @scopes: what to ask for
 *
 * Tells where and for what a better token is to be had (RFC 6750 section 3, RFC 9728
 * section 5.1).
 */
void
bma_http_operation_challenge (BmaHttpExchange *exchange,
                              BmaOauthError error,
                              const char *const *scopes)
{
  g_autofree char *challenge = bma_bearer_make_challenge (
      bma_broker_get_config (bma_http_exchange_get_broker (exchange)),
      bma_http_exchange_get_header (exchange, "Host"), error, scopes);

  bma_http_exchange_set_header (exchange, "WWW-Authenticate", challenge);
}

static unsigned int
count_words (const char *text, const char *word)
{
  g_autofree char *lower = g_ascii_strdown (text, -1);
  unsigned int n = 0;

  for (const char *at = lower; (at = strstr (at, word)) != NULL; at += strlen (word))
    n++;
  return n;
}

/* Says nothing of a charset, or once and clearly that it is UTF-8. */
static gboolean
is_utf8 (SoupMessageHeaders *headers)
{
  const char *text = soup_message_headers_get_list (headers, "Content-Type");
  g_autoptr (GHashTable) parameters = NULL;
  const char *charset = NULL;

  if (text == NULL || count_words (text, "charset") == 0)
    return TRUE;
  if (count_words (text, "charset") > 1 ||
      soup_message_headers_get_content_type (headers, &parameters) == NULL)
    return FALSE;
  charset = g_hash_table_lookup (parameters, "charset");
  return charset != NULL && g_ascii_strcasecmp (charset, "utf-8") == 0;
}

/* What we read must be what the server reads: plain UTF-8. */
static gboolean
is_encoded (BmaHttpExchange *exchange)
{
  SoupMessageHeaders *headers =
      soup_server_message_get_request_headers (bma_http_exchange_get_message (exchange));
  const char *coding = soup_message_headers_get_list (headers, "Content-Encoding");

  return (coding != NULL && g_ascii_strcasecmp (coding, "identity") != 0) ||
         !is_utf8 (headers);
}

static void
refuse_message (BmaHttpExchange *exchange,
                const GPtrArray *messages,
                BmaMcpProblem problem)
{
  bma_log (G_LOG_LEVEL_INFO, "proxy", bma_http_exchange_get_correlation_id (exchange),
           "400: %s", problem.message);
  bma_http_exchange_reply (exchange, 400, "application/json",
                           bma_mcp_message_make_error (messages, problem));
}

/**
 * bma_http_operation_read_messages:
 * @exchange: a request for /mcp
 *
 * Returns: (transfer full) (nullable) (element-type BmaMcpMessage): what is in the body,
 *   none if there is no body; %NULL after it was refused
 */
GPtrArray *
bma_http_operation_read_messages (BmaHttpExchange *exchange)
{
  const BmaConfig *config =
      bma_broker_get_config (bma_http_exchange_get_broker (exchange));
  const char *method =
      soup_server_message_get_method (bma_http_exchange_get_message (exchange));
  g_autoptr (GBytes) body = bma_http_exchange_dup_body (exchange);
  g_autoptr (GPtrArray) messages = NULL;
  BmaMcpProblem problem = { 0, NULL };
  size_t size = 0;
  const char *text = g_bytes_get_data (body, &size);

  if (size == 0 && !g_str_equal (method, "POST"))
    return g_ptr_array_new ();
  if (is_encoded (exchange))
    {
      bma_http_exchange_reply_error_with_status (
          exchange, 415, "unsupported_media_type",
          "the body must be JSON in UTF-8 without Content-Encoding");
      return NULL;
    }
  messages = bma_mcp_message_parse (text != NULL ? text : "", size,
                                    config->max_body_bytes, &problem);
  if (messages != NULL)
    problem = bma_mcp_message_check_headers (
        messages, bma_http_exchange_get_header (exchange, "Mcp-Method"),
        bma_http_exchange_get_header (exchange, "Mcp-Name"),
        bma_http_exchange_get_header (exchange, "MCP-Protocol-Version"));
  if (problem.code == 0)
    return g_steal_pointer (&messages);
  refuse_message (exchange, messages, problem);
  return NULL;
}

/**
 * bma_http_operation_check:
 * @exchange: a request for /mcp
 * @rules: which scopes methods and tools need
 * @bearer: a good token, whatever its scopes
 *
 * Judges what the token is used for. The body is looked into only if there are rules.
 *
 * Returns: whether the token is good for it; else it is answered
 */
gboolean
bma_http_operation_check (BmaHttpExchange *exchange,
                          const BmaScopeRules *rules,
                          const BmaBearer *bearer)
{
  const BmaConfig *config =
      bma_broker_get_config (bma_http_exchange_get_broker (exchange));
  g_autoptr (GPtrArray) messages = NULL;
  g_auto (GStrv) needed = NULL;
  g_auto (GStrv) wanted = NULL;
  BmaOauthError error = BMA_OAUTH_NO_ERROR;

  if (!bma_scope_rules_is_empty (rules))
    {
      messages = bma_http_operation_read_messages (exchange);
      if (messages == NULL)
        return FALSE;
    }
  needed =
      bma_scope_rules_list_needed (rules, (const char *const *) config->scopes, messages);
  error = bma_bearer_decide_scopes (bearer->scopes, (const char *const *) needed);
  if (error.code == BMA_OAUTH_OK)
    return TRUE;
  wanted = bma_bearer_list_step_up (bearer->scopes, (const char *const *) needed, config);
  bma_http_operation_challenge (exchange, error, (const char *const *) wanted);
  bma_http_exchange_reply_error (exchange, error);
  return FALSE;
}
