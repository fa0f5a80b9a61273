/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-dbus-endpoint.h"

#include <errno.h>
#include <gio/gunixfdlist.h>
#include <glib-unix.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bma-dbus-options.h"
#include "bma-dbus-token.h"

/* Only our end does not block: how the caller reads is the caller's affair. */
static gboolean
make_pair (int ends[2], GError **error)
{
  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    {
      g_set_error (error, BMA_BROKER_ERROR, BMA_BROKER_ERROR_FAILED,
                   "There is no socket left: %s", g_strerror (errno));
      return FALSE;
    }
  if (g_unix_set_fd_nonblocking (ends[0], TRUE, NULL))
    return TRUE;
  close (ends[0]);
  close (ends[1]);
  g_set_error_literal (error, BMA_BROKER_ERROR, BMA_BROKER_ERROR_FAILED,
                       "The socket cannot be used");
  return FALSE;
}

static GVariant *
describe (BmaBroker *broker, BmaEndpoint *endpoint)
{
  BmaBearer bearer = bma_endpoint_check (endpoint);
  g_autofree char *grant =
      g_strconcat (BMA_DBUS_GRANT_FOLDER "/", bma_endpoint_get_grant_id (endpoint), NULL);
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "url", "s", BMA_ENDPOINT_URL);
  g_variant_dict_insert (&dict, "resource", "s", bma_endpoint_get_resource (endpoint));
  g_variant_dict_insert (&dict, "issuer", "s", bma_broker_get_config (broker)->issuer);
  g_variant_dict_insert (&dict, "grant", "o", grant);
  g_variant_dict_insert_value (&dict, "scopes", g_variant_new_strv (bearer.scopes, -1));
  return g_variant_dict_end (&dict);
}

/* Returns the caller's end, or -1. */
static int
connect_caller (BmaEndpoint *endpoint,
                BmaDbusAdoptFunc adopt,
                gpointer user_data,
                GError **error)
{
  g_autoptr (GError) cause = NULL;
  int ends[2] = { -1, -1 };

  if (!make_pair (ends, error))
    return -1;
  if (adopt (ends[0], endpoint, user_data, &cause))
    return ends[1];
  close (ends[1]);
  g_set_error_literal (error, BMA_BROKER_ERROR,
                       g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_BUSY)
                           ? BMA_BROKER_ERROR_RATE_LIMITED
                           : BMA_BROKER_ERROR_FAILED,
                       cause->message);
  return -1;
}

static BmaEndpoint *
make_endpoint (BmaDbusCall *call, BmaBroker *broker, GError **error)
{
  g_autoptr (GVariant)
      options = g_variant_get_child_value (bma_dbus_call_get_arguments (call), 0);
  g_autoptr (BmaDbusOptions) parsed =
      bma_dbus_options_parse (BMA_DBUS_METHOD_OPEN_ENDPOINT, NULL, NULL, options, error);
  BmaLocalRequest request = { NULL };

  if (parsed == NULL)
    return NULL;
  request.scopes = (const char *const *) parsed->scopes;
  request.resource = parsed->resource;
  request.correlation_id = parsed->correlation_id;
  bma_dbus_call_show_key (call, parsed->pairing_key);
  return bma_broker_open_endpoint (broker, bma_dbus_call_get_peer (call), &request,
                                   error);
}

/**
 * bma_dbus_endpoint_open:
 * @call: org.biomcp.Auth.Broker1.OpenEndpoint
 * @broker: decides
 * @adopt: (nullable) (scope call): serves the service's end; %NULL if nothing does
 * @user_data: for @adopt
 *
 * Hands the caller a connected socket, on which it is known.
 */
void
bma_dbus_endpoint_open (BmaDbusCall *call,
                        BmaBroker *broker,
                        BmaDbusAdoptFunc adopt,
                        gpointer user_data)
{
  g_autoptr (BmaEndpoint) endpoint = NULL;
  g_autoptr (GUnixFDList) fds = NULL;
  GError *error = NULL;
  int fd = -1;

  if (adopt == NULL)
    g_set_error_literal (&error, BMA_BROKER_ERROR, BMA_BROKER_ERROR_FAILED,
                         "Endpoints are not served here");
  else
    endpoint = make_endpoint (call, broker, &error);
  if (endpoint != NULL)
    fd = connect_caller (endpoint, adopt, user_data, &error);
  if (fd < 0)
    {
      bma_dbus_call_fail (call, error);
      return;
    }
  fds = g_unix_fd_list_new_from_array (&fd, 1);
  bma_dbus_call_return (call, g_variant_new ("(h@a{sv})", 0, describe (broker, endpoint)),
                        fds);
}
