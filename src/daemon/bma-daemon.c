/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-daemon-private.h"

#include "bma-bus.h"
#include "bma-clock-system.h"
#include "bma-daemon-config.h"
#include "bma-daemon-error.h"
#include "bma-daemon-parts.h"
#include "bma-entropy-system.h"
#include "bma-log.h"
#include "bma-names.h"

#define OPENING_LIMIT_S 5

G_DEFINE_FINAL_TYPE (BmaDaemon, bma_daemon, G_TYPE_OBJECT)

/* Last of all the bus: whoever replaces us waits until we have left it. */
static void
bma_daemon_dispose (GObject *object)
{
  BmaDaemon *self = BMA_DAEMON (object);

  for (size_t i = 0; i < G_N_ELEMENTS (self->signal_ids); i++)
    g_clear_handle_id (&self->signal_ids[i], g_source_remove);
  g_clear_handle_id (&self->opening_id, g_source_remove);
  g_clear_handle_id (&self->idle_id, g_source_remove);
  g_clear_pointer (&self->idle_watch, bma_idle_watch_free);
  g_clear_object (&self->desktop);
  g_clear_pointer (&self->tls, bma_daemon_tls_free);
  g_clear_object (&self->http);
  g_clear_object (&self->service);
  if (self->broker != NULL)
    g_signal_handlers_disconnect_by_data (self->broker, self);
  g_clear_object (&self->broker);
  g_clear_object (&self->provider);
  g_clear_object (&self->keyring);
  g_clear_object (&self->store);
  g_clear_pointer (&self->traffic, bma_bus_traffic_free);
  if (self->bus != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->bus, self);
      if (self->loss_id > 0)
        g_dbus_connection_signal_unsubscribe (self->bus, self->loss_id);
      self->loss_id = 0;
      g_dbus_connection_close_sync (self->bus, NULL, NULL);
    }
  g_clear_object (&self->bus);
  G_OBJECT_CLASS (bma_daemon_parent_class)->dispose (object);
}

static void
bma_daemon_finalize (GObject *object)
{
  BmaDaemon *self = BMA_DAEMON (object);

  g_clear_object (&self->clock);
  g_clear_object (&self->entropy);
  g_clear_pointer (&self->config, bma_config_unref);
  g_clear_pointer (&self->options, bma_options_free);
  g_clear_error (&self->failure);
  g_clear_pointer (&self->loop, g_main_loop_unref);
  G_OBJECT_CLASS (bma_daemon_parent_class)->finalize (object);
}

static void
bma_daemon_class_init (BmaDaemonClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bma_daemon_dispose;
  G_OBJECT_CLASS (klass)->finalize = bma_daemon_finalize;
}

static void
bma_daemon_init (BmaDaemon *self)
{
  self->clock = bma_clock_system_new ();
  self->entropy = bma_entropy_system_new ();
  self->loop = g_main_loop_new (NULL, FALSE);
}

/**
 * bma_daemon_new:
 * @options: (transfer full): the command line
 *
 * Returns: (transfer full): a daemon that has not done anything yet
 */
BmaDaemon *
bma_daemon_new (BmaOptions *options)
{
  BmaDaemon *self = g_object_new (BMA_TYPE_DAEMON, NULL);

  self->options = options;
  return self;
}

static gboolean
adopt (int fd, BmaEndpoint *endpoint, gpointer user_data, GError **error)
{
  return bma_http_server_serve_endpoint (BMA_DAEMON (user_data)->http, fd, endpoint,
                                         error);
}

/* What others could hold: each step says who. Until all is ours a signal just ends us. */
static gboolean
claim (BmaDaemon *self, BmaHandedSockets *sockets, GError **error)
{
  GError *cause = NULL;

  self->bus = bma_daemon_join_bus (self->options->replace, &cause);
  if (cause != NULL)
    {
      g_propagate_error (error, cause);
      return FALSE;
    }
  if (self->bus != NULL)
    self->traffic = bma_bus_traffic_new (self->bus);
  self->store = bma_daemon_open_store (self->options->state_folder, self->clock, error);
  if (self->store == NULL)
    return FALSE;
  self->is_handed = bma_handed_sockets_get_size (sockets) > 0;
  self->http = bma_daemon_bind (self->config, sockets, error);
  if (self->http == NULL)
    return FALSE;
  bma_daemon_config_set_port (self->config, bma_http_server_get_port (self->http));
  if (self->config->tls_certificate != NULL)
    self->tls = bma_daemon_tls_new (self->config, self->http, self->clock, error);
  return self->tls != NULL || self->config->tls_certificate == NULL;
}

static gboolean
compose (BmaDaemon *self, GError **error)
{
  BmaBrokerParts parts = {
    .clock = self->clock,
    .entropy = self->entropy,
    .store = BMA_STORE (self->store),
  };

  self->keyring = bma_daemon_make_keyring (self->config, self->bus != NULL, error);
  if (self->keyring == NULL)
    return FALSE;
  self->provider = bma_daemon_make_provider (self->config, self->keyring, error);
  if (self->provider == NULL)
    return FALSE;
  parts.keyring = self->keyring;
  parts.provider = self->provider;
  self->broker = bma_broker_new (self->config, &parts);
  bma_daemon_set_client_sources (self->broker, self->config, self->keyring, self->clock);
  bma_daemon_set_key_sources (self->broker, self->clock);
  bma_daemon_set_self_check (self->broker);
  bma_daemon_set_upstream (self->broker, self->config, self->clock, self->entropy);
  if (self->bus != NULL)
    bma_broker_set_session (self->broker, g_dbus_connection_get_guid (self->bus));
  return TRUE;
}

/* From here on others can reach us. */
static gboolean
open_doors (BmaDaemon *self, GError **error)
{
  GError *cause = NULL;

  if (!bma_http_server_start (self->http, self->broker, &cause))
    {
      bma_daemon_error_take (error, BMA_DAEMON_ERROR_UNAVAILABLE, cause);
      return FALSE;
    }
  if (self->bus == NULL)
    return TRUE;
  self->service =
      bma_daemon_make_service (self->broker, self->entropy, self->bus, &cause);
  if (self->service == NULL)
    {
      bma_daemon_error_take (error, BMA_DAEMON_ERROR_UNAVAILABLE, cause);
      return FALSE;
    }
  bma_dbus_service_set_reload (self->service, bma_daemon_reload, self);
  bma_dbus_service_set_adopt (self->service, adopt, self);
  bma_daemon_watch_bus (self);
  if (bma_bus_take_name (self->bus, BMA_BUS_NAME, &cause) == BMA_BUS_OWNED)
    return TRUE;
  bma_daemon_error_take (error, BMA_DAEMON_ERROR_UNAVAILABLE, cause);
  return FALSE;
}

static void
tell_ready (BmaDaemon *self)
{
  g_autofree char *state = g_strdup_printf ("READY=1\nSTATUS=Issuer %s, MCP URL %s",
                                            self->config->issuer,
                                            self->config->resources[0]);

  bma_log_notice ("daemon", "Ready: issuer %s, MCP URL %s", self->config->issuer,
                  self->config->resources[0]);
  bma_daemon_notify_manager (state);
}

/* Once: when the keyring has answered, so that the first request finds the key, or has
 * not for a while. Until then whoever connects waits in the queue of the kernel or of the
 * bus. */
static void
open_up (BmaDaemon *self)
{
  if (self->stopping || self->service != NULL || self->opening_id == 0)
    return;
  g_clear_handle_id (&self->opening_id, g_source_remove);
  if (open_doors (self, &self->failure))
    bma_daemon_watch_idleness (self);
  else
    g_main_loop_quit (self->loop);
}

static gboolean
on_opening_late (gpointer data)
{
  bma_log_notice ("daemon", "The keyring has not answered; going on without");
  open_up (data);
  return G_SOURCE_CONTINUE;
}

static void
on_broker_state_changed (BmaBroker *broker, BmaDaemon *self)
{
  if (!bma_broker_is_settled (broker))
    return;
  g_signal_handlers_disconnect_by_func (broker, on_broker_state_changed, self);
  open_up (self);
  if (self->failure == NULL && !self->stopping)
    tell_ready (self);
}

/**
 * bma_daemon_start:
 * @self: a daemon
 * @error: return location for a #BmaDaemonError
 *
 * Puts the service together; blocks while doing so.
 *
 * Returns: whether it can be run
 */
gboolean
bma_daemon_start (BmaDaemon *self, GError **error)
{
  g_autoptr (BmaHandedSockets) sockets = NULL;

  g_return_val_if_fail (BMA_IS_DAEMON (self) && self->config == NULL, FALSE);

  sockets = bma_handed_sockets_take (error);
  if (sockets == NULL)
    return FALSE;
  self->config = bma_daemon_config_load (self->options, error);
  if (self->config == NULL || !claim (self, sockets, error))
    return FALSE;
  bma_daemon_watch_signals (self);
  if (!compose (self, error))
    return FALSE;
  g_signal_connect (self->broker, "state-changed", G_CALLBACK (on_broker_state_changed),
                    self);
  bma_daemon_watch_desktop (self);
  self->opening_id = g_timeout_add_seconds (OPENING_LIMIT_S, on_opening_late, self);
  bma_broker_start (self->broker);
  return TRUE;
}

/**
 * bma_daemon_run:
 * @self: a started daemon
 * @error: return location for a #BmaDaemonError
 *
 * Serves until it is asked to stop.
 *
 * Returns: whether all records are safe
 */
gboolean
bma_daemon_run (BmaDaemon *self, GError **error)
{
  GError *cause = NULL;

  g_return_val_if_fail (BMA_IS_DAEMON (self) && self->broker != NULL, FALSE);

  if (self->failure == NULL)
    g_main_loop_run (self->loop);
  if (self->failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&self->failure));
      return FALSE;
    }
  bma_broker_flush_uses (self->broker);
  if (bma_store_keyfile_flush (self->store, &cause))
    return TRUE;
  bma_daemon_error_take (error, BMA_DAEMON_ERROR_IO, cause);
  return FALSE;
}
