/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-peer.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bma-http-front.h"

/* Who sends a request, for connections that claim to come from anywhere. The kernel knows
 * of none of them, as of those from other machines. */

typedef struct
{
  const char *remote;
  gboolean is_exposed;
  const char *trusted;  /* nullable */
  const char *monitors; /* nullable */
  const char *fields;   /* of the request, each with its line end */
  BmaHttpPeerKind kind;
  gboolean is_monitor;
  gboolean is_plain;
  const char *counts_for; /* the IPv6 address in the limits; IPv4 ones mapped */
} Case;

static const Case cases[] = {
  { "192.0.2.9", TRUE, NULL, NULL, "", BMA_HTTP_PEER_REMOTE, FALSE, FALSE,
    "::ffff:192.0.2.9" },
  { "192.0.2.9", FALSE, NULL, NULL, "", BMA_HTTP_PEER_FOREIGN, FALSE, FALSE,
    "::ffff:192.0.2.9" },
  { "2001:db8:1:2:3:4:5:6", TRUE, NULL, NULL, "", BMA_HTTP_PEER_REMOTE, FALSE, FALSE,
    "2001:db8:1:2::" },
  { "::ffff:192.0.2.9", TRUE, NULL, NULL, "", BMA_HTTP_PEER_REMOTE, FALSE, FALSE,
    "::ffff:192.0.2.9" },
  /* Another user of this machine is no remote peer. */
  { "127.0.0.1", TRUE, NULL, NULL, "", BMA_HTTP_PEER_FOREIGN, FALSE, FALSE,
    "::ffff:127.0.0.1" },
  { "::ffff:127.0.0.1", TRUE, NULL, NULL, "", BMA_HTTP_PEER_FOREIGN, FALSE, FALSE,
    "::ffff:127.0.0.1" },
  { "::1", TRUE, NULL, NULL, "", BMA_HTTP_PEER_FOREIGN, FALSE, FALSE, "::" },
  /* What strangers say of themselves counts for nothing. */
  { "192.0.2.9", TRUE, "10.0.0.0/8", "10.0.0.0/8",
    "X-Forwarded-For: 10.0.0.1\r\nForwarded: for=127.0.0.1\r\n", BMA_HTTP_PEER_REMOTE,
    FALSE, FALSE, "::ffff:192.0.2.9" },
  { "192.0.2.9", TRUE, NULL, "192.0.2.0/24", "", BMA_HTTP_PEER_REMOTE, TRUE, FALSE,
    "::ffff:192.0.2.9" },
  { "127.0.0.1", FALSE, NULL, "127.0.0.1", "", BMA_HTTP_PEER_FOREIGN, TRUE, FALSE,
    "::ffff:127.0.0.1" },
  { "10.0.0.1", TRUE, "10.0.0.0/8", NULL, "", BMA_HTTP_PEER_PROXIED, FALSE, FALSE,
    "::ffff:10.0.0.1" },
  { "127.0.0.2", FALSE, "127.0.0.2", "192.0.2.9",
    "X-Forwarded-For: 192.0.2.9\r\nX-Forwarded-Proto: http\r\n", BMA_HTTP_PEER_PROXIED,
    FALSE, TRUE, "::ffff:192.0.2.9" },
  { "::ffff:127.0.0.2", FALSE, "127.0.0.2", NULL,
    "X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-For: 2001:db8::9\r\n", BMA_HTTP_PEER_PROXIED,
    FALSE, FALSE, "2001:db8::" },
  { "127.0.0.2", FALSE, "127.0.0.2", NULL, "X-Forwarded-For: who\r\n",
    BMA_HTTP_PEER_GARBLED, FALSE, FALSE, "::" },
};

typedef struct
{
  const Case *row;
  BmaConfig *config;
  gboolean is_done;
} Check;

static void
on_request (SoupServer *server,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer user_data)
{
  Check *check = user_data;
  const Case *row = check->row;
  g_autoptr (GInetAddress) wanted = g_inet_address_new_from_string (row->counts_for);
  BmaHttpPeer peer;

  bma_http_peer_resolve (message, check->config, &peer);
  g_assert_cmpint (peer.kind, ==, row->kind);
  g_assert_cmpint (peer.is_monitor, ==, row->is_monitor);
  g_assert_cmpint (peer.is_plain, ==, row->is_plain);
  g_assert_false (peer.limit.is_owner);
  g_assert_cmpmem (peer.limit.address, sizeof peer.limit.address,
                   g_inet_address_to_bytes (wanted), 16);
  soup_server_message_set_status (message, 204, NULL);
  check->is_done = TRUE;
}

static void
set_list (char ***list, const char *text)
{
  g_strfreev (*list);
  *list = text != NULL ? g_strsplit (text, ",", -1) : g_new0 (char *, 1);
}

static void
test_kinds (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (BmaConfig) config = bma_config_new ();
      Check check = { &cases[i], config };
      g_autoptr (SoupServer) server = soup_server_new (NULL, NULL);
      g_autoptr (BmaHttpFront) front = bma_http_front_new (server, NULL, NULL);
      g_autoptr (GSocketAddress)
          remote = g_inet_socket_address_new_from_string (cases[i].remote, 4711);
      g_autofree char *request =
          g_strdup_printf ("GET / HTTP/1.1\r\nHost: a.example\r\n%s\r\n",
                           cases[i].fields);
      int ends[2];

      g_test_message ("case %zu: %s", i, cases[i].remote);
      set_list (&config->trusted_proxies, cases[i].trusted);
      set_list (&config->monitors, cases[i].monitors);
      config->is_exposed = cases[i].is_exposed;
      soup_server_add_handler (server, NULL, on_request, &check, NULL);
      g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0,
                                   ends),
                       ==, 0);
      g_assert_true (bma_http_front_accept_fd (front, ends[0], remote, NULL));
      g_assert_cmpint (write (ends[1], request, strlen (request)), ==, strlen (request));
      while (!check.is_done)
        g_main_context_iteration (NULL, TRUE);
      close (ends[1]);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  /* That the kernel does not know them is said in the log. */
  g_log_set_fatal_mask (NULL, G_LOG_FATAL_MASK);
  g_log_set_always_fatal (G_LOG_FATAL_MASK);
  g_test_add_func ("/http/peer/who-sends-it", test_kinds);
  return g_test_run ();
}
