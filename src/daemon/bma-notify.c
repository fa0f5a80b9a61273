/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-notify.h"

#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/**
 * bma_notify:
 * @address: (nullable): value of NOTIFY_SOCKET: a path, or `@` and an abstract name
 * @state: what to tell, for example `READY=1`
 *
 * Tells the service manager how we are, see sd_notify(3).
 *
 * Returns: whether somebody was told
 */
gboolean
bma_notify (const char *address, const char *state)
{
  struct sockaddr_un name = { .sun_family = AF_UNIX };
  size_t length = address != NULL ? strlen (address) : 0;
  socklen_t name_bytes = (socklen_t) (offsetof (struct sockaddr_un, sun_path) + length);
  gboolean sent = FALSE;
  int fd = -1;

  if (length < 2 || length >= sizeof name.sun_path ||
      (*address != '/' && *address != '@'))
    return FALSE;
  memcpy (name.sun_path, address, length);
  if (*address == '@')
    name.sun_path[0] = '\0';
  fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return FALSE;
  sent = sendto (fd, state, strlen (state), MSG_NOSIGNAL, (const struct sockaddr *) &name,
                 name_bytes) == (ssize_t) strlen (state);
  close (fd);
  return sent;
}
