/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-upstream.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#include "bma-http-body.h"
#include "bma-http-headers.h"

#define MAX_CONNECTIONS 4096
#define IDLE_S          30

/**
 * bma_http_upstream_new_session:
 * @socket: (nullable): where the server is, if its URL does not say
 *
 * The defaults of libsoup would queue the third stream, end quiet ones after a minute,
 * unpack bodies, ask for proxies and answer authentication.
 *
 * Returns: (transfer full): a session for streams to one server
 */
SoupSession *
bma_http_upstream_new_session (GSocketAddress *socket)
{
  SoupSession *session =
      soup_session_new_with_options ("max-conns", MAX_CONNECTIONS, "max-conns-per-host",
                                     MAX_CONNECTIONS, "timeout", 0, "idle-timeout",
                                     IDLE_S, "proxy-resolver", NULL, "remote-connectable",
                                     socket, NULL);

  soup_session_remove_feature_by_type (session, SOUP_TYPE_CONTENT_DECODER);
  soup_session_remove_feature_by_type (session, SOUP_TYPE_AUTH_MANAGER);
  return session;
}

/* SoupSession writes head and body apart; without this Nagle holds the body back until
 * the upstream's delayed acknowledgement, 40 ms later. */
static void
on_network_event (SoupMessage *message,
                  GSocketClientEvent event,
                  GIOStream *connection,
                  gpointer user_data)
{
  if (event == G_SOCKET_CLIENT_CONNECTED && G_IS_SOCKET_CONNECTION (connection))
    g_socket_set_option (g_socket_connection_get_socket (
                             G_SOCKET_CONNECTION (connection)),
                         IPPROTO_TCP, TCP_NODELAY, 1, NULL);
}

static void
copy_request (BmaHttpExchange *exchange, SoupMessage *upstream, const BmaSecret *token)
{
  SoupServerMessage *client = bma_http_exchange_get_message (exchange);
  SoupMessageHeaders *from = soup_server_message_get_request_headers (client);
  SoupMessageHeaders *to = soup_message_get_request_headers (upstream);
  const char *connection = soup_message_headers_get_list (from, "Connection");
  const char *type = soup_message_headers_get_one (from, "Content-Type");
  g_autoptr (GBytes) body = bma_http_exchange_dup_body (exchange);
  SoupMessageHeadersIter iter;
  const char *name = NULL;
  const char *value = NULL;

  soup_message_headers_iter_init (&iter, from);
  while (soup_message_headers_iter_next (&iter, &name, &value))
    if (bma_http_headers_forward_request (name, connection))
      soup_message_headers_append (to, name, value);
  if (token != NULL)
    {
      g_autoptr (BmaSecretText)
          bearer = g_strconcat ("Bearer ", bma_secret_peek (token), NULL);

      soup_message_headers_replace (to, "Authorization", bearer);
    }
  if (g_bytes_get_size (body) > 0)
    {
      soup_message_set_request_body_from_bytes (upstream, NULL, body);
      if (type != NULL)
        soup_message_headers_replace (to, "Content-Type", type);
    }
}

/* A token in the query is none (RFC 9700 section 4.3.2), and stays here; all else goes on
 * as it is. */
static char *
make_uri (const char *address, const char *query)
{
  g_auto (GStrv) pairs = g_strsplit (query, "&", -1);
  GString *uri = g_string_new (address);
  char separator = strchr (address, '?') != NULL ? '&' : '?';

  for (size_t i = 0; pairs[i] != NULL && *query != '\0'; i++)
    {
      g_autofree char *name =
          g_uri_unescape_segment (pairs[i], pairs[i] + strcspn (pairs[i], "="), NULL);

      if (g_strcmp0 (name, "access_token") == 0)
        continue;
      g_string_append_c (uri, separator);
      g_string_append (uri, pairs[i]);
      separator = '&';
    }
  return g_string_free (uri, FALSE);
}

/**
 * bma_http_upstream_new_message:
 * @exchange: a client's request
 * @address: the MCP server
 * @token: (nullable): what the MCP server wants as bearer token
 *
 * Returns: (transfer full) (nullable): the request to the MCP server: everything
 * end-to-end but the client's credentials; %NULL when the query is malformed
 */
SoupMessage *
bma_http_upstream_new_message (BmaHttpExchange *exchange,
                               const char *address,
                               const BmaSecret *token)
{
  g_autofree char *uri = make_uri (address, bma_http_exchange_get_query (exchange));
  SoupMessage *upstream = soup_message_new (soup_server_message_get_method (
                                                bma_http_exchange_get_message (exchange)),
                                            uri);

  if (upstream == NULL)
    return NULL;
  soup_message_add_flags (upstream,
                          SOUP_MESSAGE_NO_REDIRECT | SOUP_MESSAGE_DO_NOT_USE_AUTH_CACHE);
  g_signal_connect (upstream, "network-event", G_CALLBACK (on_network_event), NULL);
  copy_request (exchange, upstream, token);
  return upstream;
}
