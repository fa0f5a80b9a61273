/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-daemon-parts.h"

#include <string.h>
#include <unistd.h>

#include "bma-broker-upstream.h"
#include "bma-bus.h"
#include "bma-clock-system.h"
#include "bma-daemon-error.h"
#include "bma-document-source.h"
#include "bma-http-self-check.h"
#include "bma-identity-local.h"
#include "bma-keyring-files.h"
#include "bma-keyring-libsecret.h"
#include "bma-log.h"
#include "bma-names.h"
#include "bma-network-system.h"
#include "bma-oidc.h"
#include "bma-peer-dbus.h"
#include "bma-remote-keys.h"
#include "bma-stytch-clients.h"
#include "bma-stytch.h"
#include "bma-uri-opener-desktop.h"

#define KEEPER_NAME        "biomcp-auth-keeper"
#define MAX_TRUSTED_PLACES 64 /* no more issuers can be configured */

/**
 * bma_daemon_join_bus:
 * @replace: whether to take over from a running service
 * @error: return location for a #BmaDaemonError
 *
 * Connects to the session bus, where there is one. The name is not asked for yet, unless
 * it has to be taken from somebody.
 *
 * Returns: (transfer full) (nullable): the bus; %NULL without an error when there is none
 */
GDBusConnection *
bma_daemon_join_bus (gboolean replace, GError **error)
{
  GError *cause = NULL;
  g_autoptr (GDBusConnection) bus = bma_bus_connect (&cause);
  BmaBusOutcome outcome = BMA_BUS_OWNED;

  if (bus == NULL)
    {
      bma_log_notice ("bus", "No session bus%s%s: serving HTTP only",
                      cause != NULL ? ": " : "", cause != NULL ? cause->message : "");
      g_clear_error (&cause);
      return NULL;
    }
  if (replace)
    outcome = bma_bus_replace (bus, BMA_BUS_NAME, &cause);
  else if (bma_bus_has_owner (bus, BMA_BUS_NAME))
    outcome = bma_bus_take_name (bus, BMA_BUS_NAME, &cause);
  if (outcome == BMA_BUS_OWNED)
    return g_steal_pointer (&bus);
  bma_daemon_error_take (error, BMA_DAEMON_ERROR_UNAVAILABLE, cause);
  return NULL;
}

/**
 * bma_daemon_open_store:
 * @folder: (type filename): the state folder
 * @clock: time
 * @error: return location for a #BmaDaemonError
 *
 * Returns: (transfer full) (nullable): the records
 */
BmaStoreKeyfile *
bma_daemon_open_store (const char *folder, BmaClock *clock, GError **error)
{
  GError *cause = NULL;
  BmaStoreKeyfile *store = bma_store_keyfile_new (folder, clock, &cause);

  if (store == NULL)
    bma_daemon_error_take (error,
                           g_error_matches (cause, BMA_STORE_ERROR, BMA_STORE_ERROR_BUSY)
                               ? BMA_DAEMON_ERROR_UNAVAILABLE
                               : BMA_DAEMON_ERROR_IO,
                           cause);
  return store;
}

static gboolean
adopt_sockets (BmaHttpServer *http,
               const BmaConfig *config,
               BmaHandedSockets *sockets,
               GError **error)
{
  uint16_t port = 0;

  if (!bma_handed_sockets_check (sockets, config, &port, error))
    return FALSE;
  while (bma_handed_sockets_get_size (sockets) > 0)
    bma_http_server_adopt (http, bma_handed_sockets_steal (sockets), port);
  return TRUE;
}

/**
 * bma_daemon_bind:
 * @config: settings
 * @sockets: what the service manager hands over, maybe none; taken from
 * @error: return location for a #BmaDaemonError
 *
 * Returns: (transfer full) (nullable): a server that has the address
 */
BmaHttpServer *
bma_daemon_bind (const BmaConfig *config, BmaHandedSockets *sockets, GError **error)
{
  g_autoptr (BmaHttpServer) http = bma_http_server_new ();
  g_autoptr (GError) cause = NULL;

  if (bma_handed_sockets_get_size (sockets) > 0)
    return adopt_sockets (http, config, sockets, error) ? g_steal_pointer (&http) : NULL;
  if (bma_http_server_bind (http, config->listen_host, config->listen_port, &cause))
    return g_steal_pointer (&http);
  g_set_error (error, BMA_DAEMON_ERROR, BMA_DAEMON_ERROR_UNAVAILABLE,
               "Cannot listen on %s port %u: %s", config->listen_host,
               config->listen_port, cause->message);
  return NULL;
}

static BmaKeyring *
open_folder (const char *folder, const char *named_by, GError **error)
{
  if (g_file_test (folder, G_FILE_TEST_IS_DIR))
    return bma_keyring_files_new (folder);
  g_set_error (error, BMA_DAEMON_ERROR, BMA_DAEMON_ERROR_CONFIG, "%s: %s is not a folder",
               named_by, folder);
  return NULL;
}

/**
 * bma_daemon_make_keyring:
 * @config: settings
 * @has_bus: whether there is a session bus
 * @error: return location for a #BmaDaemonError
 *
 * Returns: (transfer full) (nullable): where secrets are
 */
BmaKeyring *
bma_daemon_make_keyring (const BmaConfig *config, gboolean has_bus, GError **error)
{
  const char *credentials = g_getenv ("CREDENTIALS_DIRECTORY");

  if (config->secrets_folder != NULL)
    return open_folder (config->secrets_folder, "[service] secrets-folder", error);
  if (credentials != NULL && *credentials != '\0')
    return open_folder (credentials, "environment: CREDENTIALS_DIRECTORY", error);
  if (has_bus)
    return bma_keyring_libsecret_new ();
  g_set_error_literal (error, BMA_DAEMON_ERROR, BMA_DAEMON_ERROR_CONFIG,
                       "There is no session bus and so no keyring: start the service in "
                       "a desktop session, give it systemd credentials, or set "
                       "[service] secrets-folder");
  return NULL;
}

/**
 * bma_daemon_make_provider:
 * @config: settings
 * @keyring: where secrets are
 * @error: return location for a #BmaDaemonError
 *
 * Returns: (transfer full) (nullable): who tells who the person is
 */
BmaIdentityProvider *
bma_daemon_make_provider (const BmaConfig *config, BmaKeyring *keyring, GError **error)
{
  if (strcmp (config->provider, BMA_PROVIDER_LOCAL) == 0)
    return bma_identity_local_new ();
  if (strcmp (config->provider, BMA_PROVIDER_STYTCH) == 0)
    {
      g_autoptr (BmaHttpClient) client = bma_http_client_new ();

      return bma_stytch_new (config, keyring, client);
    }
  if (strcmp (config->provider, BMA_PROVIDER_OIDC) == 0)
    {
      g_autoptr (BmaHttpClient) client = bma_http_client_new ();
      g_autoptr (BmaClock) clock = bma_clock_system_new ();

      return bma_oidc_new (config, keyring, client, clock);
    }
  g_set_error (error, BMA_DAEMON_ERROR, BMA_DAEMON_ERROR_CONFIG,
               "[identity] provider: there is no %s", config->provider);
  return NULL;
}

/**
 * bma_daemon_set_key_sources:
 * @broker: who asks
 * @clock: time
 *
 * Says where the keys of trusted issuers come from.
 */
void
bma_daemon_set_key_sources (BmaBroker *broker, BmaClock *clock)
{
  g_autoptr (BmaHttpClient) client = bma_http_client_new ();
  g_autoptr (BmaRemoteKeys)
      trusted = bma_remote_keys_new (clock, client, MAX_TRUSTED_PLACES);

  bma_broker_set_trusted_keys (broker, BMA_KEY_SOURCE (trusted));
}

/**
 * bma_daemon_set_self_check:
 * @broker: who diagnoses
 *
 * Says how the service looks at itself from outside.
 */
void
bma_daemon_set_self_check (BmaBroker *broker)
{
  g_autoptr (BmaHttpClient) client = bma_http_client_new ();
  g_autoptr (BmaCheck) check = bma_http_self_check_new (client);

  bma_broker_set_self_check (broker, check);
}

/**
 * bma_daemon_set_upstream:
 * @broker: whose settings count
 * @config: settings
 * @clock: time
 * @entropy: randomness
 *
 * Says who starts the MCP server if a command does.
 */
void
bma_daemon_set_upstream (BmaBroker *broker,
                         const BmaConfig *config,
                         BmaClock *clock,
                         BmaEntropy *entropy)
{
  g_autofree char *self_path = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = g_path_get_dirname (self_path != NULL ? self_path : "/");
  g_autofree char *keeper = g_build_filename (folder, KEEPER_NAME, NULL);
  g_autofree char *runtime_folder =
      g_build_filename (g_get_user_runtime_dir (), "biomcp-auth", NULL);
  const BmaUpstreamParts parts = {
    .clock = clock,
    .entropy = entropy,
    .keeper = keeper,
    .runtime_folder = runtime_folder,
  };
  g_autoptr (BmaUpstream) upstream = bma_upstream_new (config, &parts);

  bma_broker_set_upstream (broker, upstream);
}

/**
 * bma_daemon_set_client_sources:
 * @broker: who asks
 * @config: settings
 * @keyring: where secrets are
 * @clock: time
 *
 * Says where clients are described that did not register here.
 */
void
bma_daemon_set_client_sources (BmaBroker *broker,
                               const BmaConfig *config,
                               BmaKeyring *keyring,
                               BmaClock *clock)
{
  g_autoptr (BmaNetwork) network = bma_network_system_new ();
  g_autoptr (BmaClientSource) documents = bma_document_source_new (network, clock);
  g_autoptr (BmaHttpClient) client = bma_http_client_new ();
  g_autoptr (BmaClientSource) directory = NULL;

  if (strcmp (config->stytch_registration, BMA_REGISTRATION_STYTCH) == 0)
    directory = bma_stytch_clients_new (config, keyring, client, clock);
  bma_broker_set_client_sources (broker, documents, directory);
}

/**
 * bma_daemon_make_service:
 * @broker: what decides
 * @entropy: randomness
 * @bus: the session bus
 * @error: return location
 *
 * Grants of `session` are tied to this very bus: its GUID names the desktop session.
 *
 * Returns: (transfer full) (nullable): the front on the bus, before a name is owned
 */
BmaDbusService *
bma_daemon_make_service (BmaBroker *broker,
                         BmaEntropy *entropy,
                         GDBusConnection *bus,
                         GError **error)
{
  g_autoptr (BmaPeerResolver) resolver = bma_peer_dbus_new (bus);
  g_autoptr (BmaUriOpener) opener = bma_uri_opener_desktop_new (bus, entropy);
  g_autoptr (BmaNotifier)
      notifier = bma_notifier_new (bus, entropy, access ("/.flatpak-info", F_OK) == 0);
  const BmaDbusParts parts = {
    .broker = broker,
    .connection = bus,
    .resolver = resolver,
    .opener = opener,
    .notifier = notifier,
  };

  bma_broker_set_session (broker, g_dbus_connection_get_guid (bus));
  return bma_dbus_service_new (&parts, error);
}
