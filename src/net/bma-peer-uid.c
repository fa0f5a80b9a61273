/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-peer-uid.h"

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The request as the kernel reads it. */
typedef struct
{
  struct nlmsghdr header;
  struct inet_diag_req_v2 diag;
} Query;

/* The largest answer to an exact question is one message without attributes. */
typedef union
{
  struct nlmsghdr header;
  char bytes[1024];
} Answer;

/* One end of a connection. */
typedef struct
{
  uint8_t family; /* AF_INET or AF_INET6 */
  uint16_t port;  /* network order */
  uint8_t address[16];
} End;

/* An IPv4 address inside IPv6 becomes the IPv4 address: under it the kernel finds the
 * sockets of both families. */
static gboolean
read_end (GSocketAddress *address, End *end)
{
  struct sockaddr_storage native = { 0 };
  const struct sockaddr_in *v4 = (const struct sockaddr_in *) &native;
  const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *) &native;

  memset (end, 0, sizeof *end);
  if (!g_socket_address_to_native (address, &native, sizeof native, NULL))
    return FALSE;
  if (native.ss_family == AF_INET)
    {
      end->family = AF_INET;
      end->port = v4->sin_port;
      memcpy (end->address, &v4->sin_addr, sizeof v4->sin_addr);
      return TRUE;
    }
  if (native.ss_family != AF_INET6)
    return FALSE;
  end->family = IN6_IS_ADDR_V4MAPPED (&v6->sin6_addr) ? AF_INET : AF_INET6;
  end->port = v6->sin6_port;
  if (end->family == AF_INET)
    memcpy (end->address, v6->sin6_addr.s6_addr + 12, 4);
  else
    memcpy (end->address, &v6->sin6_addr, sizeof v6->sin6_addr);
  return TRUE;
}

/* The socket that is asked for is the other side's: what is remote to us is its source.
 */
static void
fill_query (Query *query, const End *remote, const End *local)
{
  memset (query, 0, sizeof *query);
  query->header.nlmsg_len = sizeof *query;
  query->header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  query->header.nlmsg_flags = NLM_F_REQUEST;
  query->header.nlmsg_seq = 1;
  query->diag.sdiag_family = remote->family;
  query->diag.sdiag_protocol = IPPROTO_TCP;
  query->diag.idiag_states = ~0U;
  query->diag.id.idiag_sport = remote->port;
  query->diag.id.idiag_dport = local->port;
  memcpy (query->diag.id.idiag_src, remote->address, sizeof remote->address);
  memcpy (query->diag.id.idiag_dst, local->address, sizeof local->address);
  query->diag.id.idiag_cookie[0] = INET_DIAG_NOCOOKIE;
  query->diag.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
}

static gboolean
fail_with_errno (GError **error, const char *what, int saved_errno)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved_errno),
               "Cannot ask the kernel whose connection it is: %s: %s", what,
               g_strerror (saved_errno));
  return FALSE;
}

/* The kernel answers while it takes the question, so there is nothing to wait for: an
 * answer that is not there yet counts as none. */
static gboolean
ask (int fd, const Query *query, Answer *answer, size_t *n_bytes, GError **error)
{
  struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
  socklen_t length = sizeof kernel;
  ssize_t n = 0;

  if (sendto (fd, query, sizeof *query, MSG_DONTWAIT, (struct sockaddr *) &kernel,
              length) != (ssize_t) sizeof *query)
    return fail_with_errno (error, "the question was not sent", errno);
  n = recvfrom (fd, answer, sizeof *answer, MSG_DONTWAIT, (struct sockaddr *) &kernel,
                &length);
  if (n < 0)
    return fail_with_errno (error, "there is no answer", errno);
  if (length != sizeof kernel || kernel.nl_pid != 0)
    return fail_with_errno (error, "the answer is not the kernel's", EPROTO);
  *n_bytes = (size_t) n;
  return TRUE;
}

/* Half closed connections still belong to whoever holds the socket. A listener, TIME_WAIT
 * and sockets nobody holds any more (inode 0) name no owner; their uid is 0 or another's.
 */
static gboolean
names_an_owner (const struct inet_diag_msg *found, const Query *query)
{
  gboolean is_connected = found->idiag_state == TCP_ESTABLISHED ||
                          found->idiag_state == TCP_CLOSE_WAIT ||
                          found->idiag_state == TCP_FIN_WAIT1 ||
                          found->idiag_state == TCP_FIN_WAIT2;

  return is_connected && found->idiag_inode != 0 &&
         found->id.idiag_sport == query->diag.id.idiag_sport &&
         found->id.idiag_dport == query->diag.id.idiag_dport;
}

static gboolean
read_answer (
    const Answer *answer, size_t n_bytes, const Query *query, uid_t *uid, GError **error)
{
  const struct nlmsghdr *header = &answer->header;

  if (!NLMSG_OK (header, n_bytes) || header->nlmsg_seq != query->header.nlmsg_seq)
    return fail_with_errno (error, "the answer is malformed", EPROTO);
  if (header->nlmsg_type == NLMSG_ERROR &&
      header->nlmsg_len >= NLMSG_LENGTH (sizeof (struct nlmsgerr)))
    {
      const struct nlmsgerr *refusal = NLMSG_DATA (header);

      return fail_with_errno (error, "it knows of no such connection", -refusal->error);
    }
  if (header->nlmsg_type != SOCK_DIAG_BY_FAMILY ||
      header->nlmsg_len < NLMSG_LENGTH (sizeof (struct inet_diag_msg)))
    return fail_with_errno (error, "the answer is malformed", EPROTO);
  if (!names_an_owner (NLMSG_DATA (header), query))
    return fail_with_errno (error, "nobody holds the other end", ENOENT);
  *uid = ((const struct inet_diag_msg *) NLMSG_DATA (header))->idiag_uid;
  return TRUE;
}

/**
 * bma_peer_uid_lookup:
 * @remote: the other end of a connection accepted over loopback
 * @local: our end of it
 * @uid: (out): who owns the socket at the other end
 * @error: return location for a #GIOErrorEnum
 *
 * Asks the kernel (`sock_diag`, the exact four-tuple) which user holds the socket at the
 * other end of a TCP connection of this machine. Needs no privilege and does not block;
 * costs some microseconds. In a user namespace a stranger appears as the overflow user.
 *
 * Errors: %G_IO_ERROR_NOT_SUPPORTED when the addresses are not of one IP family;
 * %G_IO_ERROR_NOT_FOUND when there is no such connection on this machine, or nobody holds
 * its other end, or the kernel was built without `tcp_diag`. Any error means: refuse.
 *
 * Returns: whether @uid is known
 */
gboolean
bma_peer_uid_lookup (GSocketAddress *remote,
                     GSocketAddress *local,
                     uid_t *uid,
                     GError **error)
{
  Query query;
  Answer answer;
  End remote_end;
  End local_end;
  size_t n_bytes = 0;
  gboolean is_known = FALSE;
  int fd = -1;

  g_return_val_if_fail (G_IS_SOCKET_ADDRESS (remote), FALSE);
  g_return_val_if_fail (G_IS_SOCKET_ADDRESS (local), FALSE);
  g_return_val_if_fail (uid != NULL, FALSE);

  if (!read_end (remote, &remote_end) || !read_end (local, &local_end) ||
      remote_end.family != local_end.family)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                           "The connection does not join two addresses of one IP family");
      return FALSE;
    }
  fd = socket (AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_SOCK_DIAG);
  if (fd < 0)
    return fail_with_errno (error, "there is no netlink socket", errno);
  fill_query (&query, &remote_end, &local_end);
  is_known = ask (fd, &query, &answer, &n_bytes, error) &&
             read_answer (&answer, n_bytes, &query, uid, error);
  close (fd);
  return is_known;
}
