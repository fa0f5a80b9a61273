/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-daemon-tls.h"

#include "bma-daemon-error.h"
#include "bma-log.h"

/* Certificate and key are replaced one after the other. */
#define SETTLE_MS 500

struct _BmaDaemonTls
{
  char *certificate_file;    /* owned */
  char *key_file;            /* owned, nullable: in the certificate's file */
  char *host;                /* owned: the name clients use */
  BmaHttpServer *http;       /* owned: shows the certificate */
  BmaClock *clock;           /* owned */
  GFileMonitor *monitors[2]; /* owned, nullable */
  unsigned int settle_id;    /* source */
};

static gboolean
on_settled (gpointer data)
{
  BmaDaemonTls *self = data;
  g_autoptr (GError) error = NULL;

  self->settle_id = 0;
  if (!bma_daemon_tls_reload (self, &error))
    bma_log_warning ("tls", "Keeping the certificate in use: %s", error->message);
  return G_SOURCE_REMOVE;
}

static void
on_file_changed (GFileMonitor *monitor,
                 GFile *file,
                 GFile *other,
                 GFileMonitorEvent event,
                 BmaDaemonTls *self)
{
  g_clear_handle_id (&self->settle_id, g_source_remove);
  self->settle_id = g_timeout_add (SETTLE_MS, on_settled, self);
}

static GFileMonitor *
watch (BmaDaemonTls *self, const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  GFileMonitor *monitor =
      g_file_monitor_file (file, G_FILE_MONITOR_WATCH_MOVES, NULL, &error);

  if (monitor != NULL)
    g_signal_connect (monitor, "changed", G_CALLBACK (on_file_changed), self);
  else
    bma_log_warning ("tls", "Send SIGHUP when %s changes: %s", path, error->message);
  return monitor;
}

static BmaHttpTls *
load (BmaDaemonTls *self, GError **error)
{
  BmaHttpTls *tls = bma_http_tls_new (self->certificate_file, self->key_file, error);
  g_autofree char *fault = NULL;

  if (tls == NULL)
    return NULL;
  fault = bma_http_tls_find_fault (tls, self->host, bma_clock_now_s (self->clock));
  if (fault != NULL)
    bma_log_warning ("tls", "%s: %s; clients will refuse it", self->certificate_file,
                     fault);
  return tls;
}

/**
 * bma_daemon_tls_new:
 * @config: settings with a certificate
 * @http: who shows it
 * @clock: time
 * @error: return location for a #BmaDaemonError
 *
 * Reads the certificate, and again whenever its files change.
 *
 * Returns: (transfer full) (nullable): what keeps it up to date
 */
BmaDaemonTls *
bma_daemon_tls_new (const BmaConfig *config,
                    BmaHttpServer *http,
                    BmaClock *clock,
                    GError **error)
{
  g_autoptr (BmaDaemonTls) self = g_new0 (BmaDaemonTls, 1);
  g_autoptr (GUri) issuer = g_uri_parse (config->issuer, G_URI_FLAGS_ENCODED, NULL);
  g_autoptr (BmaHttpTls) tls = NULL;
  GError *cause = NULL;

  self->certificate_file = g_strdup (config->tls_certificate);
  self->key_file = g_strdup (config->tls_key);
  self->host = g_strdup (g_uri_get_host (issuer));
  self->http = g_object_ref (http);
  self->clock = g_object_ref (clock);
  tls = load (self, &cause);
  if (tls == NULL)
    {
      g_prefix_error (&cause, "[service] %s: ",
                      self->key_file != NULL ? "tls-certificate, tls-key"
                                             : "tls-certificate");
      bma_daemon_error_take (error, BMA_DAEMON_ERROR_CONFIG, cause);
      return NULL;
    }
  bma_http_server_set_tls (http, tls);
  self->monitors[0] = watch (self, self->certificate_file);
  if (self->key_file != NULL)
    self->monitors[1] = watch (self, self->key_file);
  return g_steal_pointer (&self);
}

/**
 * bma_daemon_tls_free:
 * @self: (transfer full): what keeps a certificate up to date
 *
 * Stops looking at the files.
 */
void
bma_daemon_tls_free (BmaDaemonTls *self)
{
  g_clear_handle_id (&self->settle_id, g_source_remove);
  for (size_t i = 0; i < G_N_ELEMENTS (self->monitors); i++)
    if (self->monitors[i] != NULL)
      {
        g_signal_handlers_disconnect_by_data (self->monitors[i], self);
        g_clear_object (&self->monitors[i]);
      }
  g_object_unref (self->http);
  g_object_unref (self->clock);
  g_free (self->certificate_file);
  g_free (self->key_file);
  g_free (self->host);
  g_free (self);
}

/**
 * bma_daemon_tls_reload:
 * @self: what keeps a certificate up to date
 * @error: return location for a #GTlsError
 *
 * Reads the files. If they are not good, the certificate in use stays.
 *
 * Returns: whether they are
 */
gboolean
bma_daemon_tls_reload (BmaDaemonTls *self, GError **error)
{
  g_autoptr (BmaHttpTls) tls = load (self, error);

  if (tls == NULL)
    return FALSE;
  bma_http_server_set_tls (self->http, tls);
  bma_log_notice ("tls", "Showing the certificate of %s as it is now",
                  self->certificate_file);
  return TRUE;
}
