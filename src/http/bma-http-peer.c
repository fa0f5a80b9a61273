/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-peer.h"

#include <string.h>
#include <unistd.h>

#include "bma-address-range.h"
#include "bma-http-forwarded.h"
#include "bma-log.h"
#include "bma-peer-uid.h"
#include "bma-uri.h"

/* Who holds the other end of a connection, kept with the address object that belongs to
 * it. */
typedef enum
{
  HOLDER_UNKNOWN,
  HOLDER_OURS,
  HOLDER_OTHER,
} Holder;

/* Browsers send none of these; whoever adds one stands between. */
static const char *const traces[] = {
  "Forwarded",         "X-Forwarded-For",    "X-Forwarded-Host",
  "X-Forwarded-Proto", "X-Forwarded-Server", "X-Real-IP",
  "CF-Connecting-IP",  "True-Client-IP",     "Via"
};

static GQuark
endpoint_quark (void)
{
  return g_quark_from_static_string ("bma-http-peer-endpoint");
}

/**
 * bma_http_peer_set_endpoint:
 * @remote: the address object of a connection, used for no other
 * @endpoint: what was handed out
 *
 * Marks a connection as that of an endpoint, which it then keeps.
 */
void
bma_http_peer_set_endpoint (GSocketAddress *remote, BmaEndpoint *endpoint)
{
  g_object_set_qdata_full (G_OBJECT (remote), endpoint_quark (), g_object_ref (endpoint),
                           g_object_unref);
}

static Holder
ask_kernel (GSocketAddress *remote, GSocketAddress *local, gboolean is_exposed)
{
  g_autoptr (GError) error = NULL;
  uid_t uid = 0;

  if (bma_peer_uid_lookup (remote, local, &uid, &error))
    return uid == getuid () ? HOLDER_OURS : HOLDER_OTHER;
  if (!is_exposed)
    bma_log_warning ("http", "The owner of a connection is not known: %s",
                     error->message);
  return HOLDER_OTHER;
}

static Holder
get_holder (SoupServerMessage *message, gboolean is_exposed)
{
  static GQuark quark = 0;
  GSocketAddress *remote = soup_server_message_get_remote_address (message);
  GSocketAddress *local = soup_server_message_get_local_address (message);
  Holder holder = HOLDER_UNKNOWN;

  if (remote == NULL || local == NULL)
    return HOLDER_OTHER;
  if (quark == 0)
    quark = g_quark_from_static_string ("bma-http-peer-holder");
  holder = GPOINTER_TO_INT (g_object_get_qdata (G_OBJECT (remote), quark));
  if (holder == HOLDER_UNKNOWN)
    {
      holder = ask_kernel (remote, local, is_exposed);
      g_object_set_qdata (G_OBJECT (remote), quark, GINT_TO_POINTER (holder));
    }
  return holder;
}

static gboolean
has_loopback_host (SoupMessageHeaders *headers)
{
  const char *host = soup_message_headers_get_one (headers, "Host");
  g_autofree char *url = g_strconcat ("http://", host, NULL);
  g_autoptr (GUri) uri = host != NULL ? g_uri_parse (url, G_URI_FLAGS_ENCODED, NULL)
                                      : NULL;

  return uri != NULL && bma_uri_is_loopback_host (g_uri_get_host (uri));
}

/* Somebody who relays requests as our own user, and whom the settings do not name, must
 * not make the owner of strangers. Besides the traces in the request: where we speak
 * plain HTTP, whoever asks for our public https name came through somebody who took the
 * TLS off. */
static gboolean
is_relayed (SoupMessageHeaders *headers, const BmaConfig *config)
{
  for (size_t i = 0; i < G_N_ELEMENTS (traces); i++)
    if (soup_message_headers_get_list (headers, traces[i]) != NULL)
      return TRUE;
  return config->is_public && config->tls_certificate == NULL &&
         !has_loopback_host (headers);
}

/* Of an unmapped address. */
static void
take_address (BmaHttpPeer *peer, GInetAddress *address)
{
  static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
  uint8_t *bytes = peer->limit.address;

  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4)
    {
      memcpy (bytes, mapped, sizeof mapped);
      memcpy (bytes + sizeof mapped, g_inet_address_to_bytes (address), 4);
      return;
    }
  /* Whoever has one address of a /64 has all of them. */
  memcpy (bytes, g_inet_address_to_bytes (address), 8);
}

/* Not for what comes through a proxy, whose word is good enough for limits only. */
static gboolean
is_monitor (BmaHttpPeerKind kind, GInetAddress *address, const BmaConfig *config)
{
  if (kind == BMA_HTTP_PEER_OWNER)
    return TRUE;
  return kind != BMA_HTTP_PEER_PROXIED && address != NULL &&
         bma_address_range_list_has ((const char *const *) config->monitors, address);
}

/* What the request says of where it is going becomes what the client said. */
static void
believe (SoupMessageHeaders *headers,
         const BmaConfig *config,
         GInetAddress *proxy,
         BmaHttpPeer *peer)
{
  const BmaHttpForwardedFields fields = {
    .forwarded = soup_message_headers_get_list (headers, "Forwarded"),
    .x_for = soup_message_headers_get_list (headers, "X-Forwarded-For"),
    .x_proto = soup_message_headers_get_list (headers, "X-Forwarded-Proto"),
    .x_host = soup_message_headers_get_list (headers, "X-Forwarded-Host"),
  };
  g_auto (BmaHttpForwarded) forwarded = { NULL };

  if (!bma_http_forwarded_parse (&fields, (const char *const *) config->trusted_proxies,
                                 &forwarded))
    {
      peer->kind = BMA_HTTP_PEER_GARBLED;
      return;
    }
  peer->kind = BMA_HTTP_PEER_PROXIED;
  peer->is_plain = g_strcmp0 (forwarded.proto, "http") == 0;
  take_address (peer, forwarded.client != NULL ? forwarded.client : proxy);
  if (forwarded.host != NULL)
    soup_message_headers_replace (headers, "Host", forwarded.host);
}

static BmaHttpPeerKind
judge (SoupServerMessage *message, const BmaConfig *config, GInetAddress *address)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);

  if (get_holder (message, config->is_exposed) == HOLDER_OURS)
    return is_relayed (headers, config) ? BMA_HTTP_PEER_PROXIED : BMA_HTTP_PEER_OWNER;
  if (config->is_exposed && address != NULL && !g_inet_address_get_is_loopback (address))
    return BMA_HTTP_PEER_REMOTE;
  return BMA_HTTP_PEER_FOREIGN;
}

/**
 * bma_http_peer_resolve:
 * @message: a request
 * @config: settings
 * @peer: (out): who sends it
 *
 * Finds out who sends a request: from the kernel, for connections of this machine, and
 * from a reverse proxy if the settings say that it can be trusted. The Host of a trusted
 * proxy's request becomes the one that the client sent.
 */
void
bma_http_peer_resolve (SoupServerMessage *message,
                       const BmaConfig *config,
                       BmaHttpPeer *peer)
{
  GSocketAddress *remote = soup_server_message_get_remote_address (message);
  const char *const *trusted = (const char *const *) config->trusted_proxies;
  g_autoptr (GInetAddress) address = NULL;

  *peer = (BmaHttpPeer){ BMA_HTTP_PEER_FOREIGN };
  if (remote != NULL)
    peer->endpoint = g_object_get_qdata (G_OBJECT (remote), endpoint_quark ());
  if (peer->endpoint != NULL)
    {
      peer->kind = BMA_HTTP_PEER_ENDPOINT;
      return;
    }
  if (G_IS_INET_SOCKET_ADDRESS (remote))
    address = bma_address_unmap (
        g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (remote)));
  if (address != NULL && bma_address_range_list_has (trusted, address))
    {
      believe (soup_server_message_get_request_headers (message), config, address, peer);
      return;
    }
  peer->kind = judge (message, config, address);
  peer->limit.is_owner = peer->kind == BMA_HTTP_PEER_OWNER;
  if (address != NULL)
    take_address (peer, address);
  peer->is_monitor = is_monitor (peer->kind, address, config);
}
