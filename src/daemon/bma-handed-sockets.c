/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-handed-sockets.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bma-daemon-error.h"

#define FIRST_FD 3 /* SD_LISTEN_FDS_START */
#define MAX_FDS  16

struct _BmaHandedSockets
{
  int fds[MAX_FDS]; /* owned: the first n_fds */
  unsigned int n_fds;
};

/**
 * bma_handed_sockets_count:
 * @listen_pid: (nullable): value of LISTEN_PID
 * @listen_fds: (nullable): value of LISTEN_FDS
 * @own_pid: our process
 * @n_fds: (out): how many sockets there are for us
 *
 * Returns: %FALSE if the values make no sense
 */
gboolean
bma_handed_sockets_count (const char *listen_pid,
                          const char *listen_fds,
                          int64_t own_pid,
                          unsigned int *n_fds)
{
  uint64_t pid = 0;
  uint64_t n = 0;

  *n_fds = 0;
  if (listen_pid == NULL || listen_fds == NULL)
    return TRUE;
  if (!g_ascii_string_to_unsigned (listen_pid, 10, 1, G_MAXINT, &pid, NULL))
    return FALSE;
  /* They are for a parent of ours. */
  if ((int64_t) pid != own_pid)
    return TRUE;
  if (!g_ascii_string_to_unsigned (listen_fds, 10, 0, MAX_FDS, &n, NULL))
    return FALSE;
  *n_fds = (unsigned int) n;
  return TRUE;
}

/**
 * bma_handed_sockets_new:
 * @fds: (transfer full): sockets
 * @n_fds: how many, at most 16
 *
 * Returns: (transfer full): them
 */
BmaHandedSockets *
bma_handed_sockets_new (const int *fds, unsigned int n_fds)
{
  BmaHandedSockets *self = g_new0 (BmaHandedSockets, 1);

  g_return_val_if_fail (n_fds <= MAX_FDS, self);

  for (unsigned int i = 0; i < n_fds; i++)
    self->fds[i] = fds[i];
  self->n_fds = n_fds;
  return self;
}

/**
 * bma_handed_sockets_take:
 * @error: return location for a #BmaDaemonError
 *
 * Takes what the environment says is handed to this process, and removes that from the
 * environment, so that no child takes it for itself. Call before anything opens a file.
 *
 * Returns: (transfer full) (nullable): the sockets, maybe none
 */
BmaHandedSockets *
bma_handed_sockets_take (GError **error)
{
  static const char *const names[] = { "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES" };
  int fds[MAX_FDS];
  unsigned int n_fds = 0;
  gboolean is_valid = bma_handed_sockets_count (g_getenv ("LISTEN_PID"),
                                                g_getenv ("LISTEN_FDS"), getpid (),
                                                &n_fds);

  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    g_unsetenv (names[i]);
  for (unsigned int i = 0; is_valid && i < n_fds; i++)
    {
      fds[i] = FIRST_FD + (int) i;
      is_valid = fcntl (fds[i], F_SETFD, FD_CLOEXEC) == 0;
    }
  if (is_valid)
    return bma_handed_sockets_new (fds, n_fds);
  g_set_error (error, BMA_DAEMON_ERROR, BMA_DAEMON_ERROR_CONFIG,
               "environment: LISTEN_PID and LISTEN_FDS do not name up to %d open sockets",
               MAX_FDS);
  return NULL;
}

/**
 * bma_handed_sockets_free:
 * @self: (transfer full) (nullable): sockets
 *
 * Closes those that nobody took.
 */
void
bma_handed_sockets_free (BmaHandedSockets *self)
{
  if (self == NULL)
    return;
  for (unsigned int i = 0; i < self->n_fds; i++)
    close (self->fds[i]);
  g_free (self);
}

/**
 * bma_handed_sockets_get_size:
 * @self: sockets
 *
 * Returns: how many there are
 */
unsigned int
bma_handed_sockets_get_size (const BmaHandedSockets *self)
{
  return self->n_fds;
}

/* NULL for what is not a listening TCP socket. */
static GInetSocketAddress *
get_address (int fd)
{
  struct sockaddr_storage native;
  socklen_t n_bytes = sizeof native;
  socklen_t n_value_bytes = sizeof (int);
  int is_listening = 0;
  g_autoptr (GSocketAddress) address = NULL;

  if (getsockopt (fd, SOL_SOCKET, SO_ACCEPTCONN, &is_listening, &n_value_bytes) != 0 ||
      !is_listening || getsockname (fd, (struct sockaddr *) &native, &n_bytes) != 0)
    return NULL;
  address = g_socket_address_new_from_native (&native, n_bytes);
  if (address == NULL || !G_IS_INET_SOCKET_ADDRESS (address))
    return NULL;
  return G_INET_SOCKET_ADDRESS (g_steal_pointer (&address));
}

static gboolean
is_configured (GInetSocketAddress *address, const BmaConfig *config)
{
  g_autoptr (GInetAddress) wanted = g_inet_address_new_from_string (config->listen_host);

  return wanted != NULL &&
         g_inet_address_equal (g_inet_socket_address_get_address (address), wanted) &&
         (config->listen_port == 0 ||
          config->listen_port == g_inet_socket_address_get_port (address));
}

static void
set_mismatch (GError **error, GInetSocketAddress *address, const BmaConfig *config)
{
  g_autofree char *handed =
      g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address));

  g_set_error (error, BMA_DAEMON_ERROR, BMA_DAEMON_ERROR_CONFIG,
               "[service] listen: it says %s port %u, and the service manager hands over "
               "a socket at %s; make both the same (systemctl --user edit "
               "biomcp-auth.socket), or disable biomcp-auth.socket",
               config->listen_host, config->listen_port, handed);
}

/**
 * bma_handed_sockets_check:
 * @self: sockets, at least one
 * @config: settings that are checked
 * @port: (out): the port of the address that is configured
 * @error: return location for a #BmaDaemonError
 *
 * Compares the sockets with the settings, which alone say who may reach the service: one
 * of them is at [service] listen, the others are on the loopback interface and have the
 * same port.
 *
 * Returns: whether they may be used
 */
gboolean
bma_handed_sockets_check (const BmaHandedSockets *self,
                          const BmaConfig *config,
                          uint16_t *port,
                          GError **error)
{
  g_autoptr (GPtrArray) addresses = g_ptr_array_new_with_free_func (g_object_unref);

  *port = 0;
  for (unsigned int i = 0; i < self->n_fds; i++)
    {
      GInetSocketAddress *address = get_address (self->fds[i]);

      if (address == NULL)
        {
          g_set_error (error, BMA_DAEMON_ERROR, BMA_DAEMON_ERROR_CONFIG,
                       "biomcp-auth.socket: descriptor %d is not a listening TCP socket; "
                       "use ListenStream=ADDRESS:PORT alone",
                       self->fds[i]);
          return FALSE;
        }
      g_ptr_array_add (addresses, address);
      if (*port == 0 && is_configured (address, config))
        *port = g_inet_socket_address_get_port (address);
    }
  for (unsigned int i = 0; i < addresses->len; i++)
    {
      GInetSocketAddress *address = g_ptr_array_index (addresses, i);
      GInetAddress *host = g_inet_socket_address_get_address (address);

      if (!is_configured (address, config) &&
          (!g_inet_address_get_is_loopback (host) ||
           g_inet_socket_address_get_port (address) != *port))
        {
          set_mismatch (error, address, config);
          return FALSE;
        }
    }
  return *port != 0;
}

/**
 * bma_handed_sockets_steal:
 * @self: sockets
 *
 * Returns: (transfer full): the next of them, -1 when there is none left
 */
int
bma_handed_sockets_steal (BmaHandedSockets *self)
{
  return self->n_fds > 0 ? self->fds[--self->n_fds] : -1;
}
