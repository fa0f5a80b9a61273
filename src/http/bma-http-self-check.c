/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-self-check.h"

#include <string.h>

#include "bma-json.h"

#define RESOURCE_PATH "/.well-known/oauth-protected-resource/mcp"
#define SERVER_PATH   "/.well-known/oauth-authorization-server"

/* Goes the way of an MCP client (RFC 9728, section 5; RFC 8414, section 3), over the
 * network and through whatever stands in front of the service. */
struct _BmaHttpSelfCheck
{
  GObject parent_instance;

  BmaHttpClient *client; /* owned */
};

static void check_iface_init (BmaCheckInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BmaHttpSelfCheck,
                               bma_http_self_check,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BMA_TYPE_CHECK, check_iface_init))

static void
bma_http_self_check_finalize (GObject *object)
{
  g_object_unref (BMA_HTTP_SELF_CHECK (object)->client);
  G_OBJECT_CLASS (bma_http_self_check_parent_class)->finalize (object);
}

static void
bma_http_self_check_class_init (BmaHttpSelfCheckClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bma_http_self_check_finalize;
}

static void
bma_http_self_check_init (BmaHttpSelfCheck *self)
{
}

static void
return_finding (GTask *task, const char *level, const char *what, const char *advice)
{
  GVariantBuilder findings;

  g_variant_builder_init (&findings, G_VARIANT_TYPE ("a(ssss)"));
  g_variant_builder_add (&findings, "(ssss)", level, "metadata", what, advice);
  g_task_return_pointer (task, g_variant_ref_sink (g_variant_builder_end (&findings)),
                         (GDestroyNotify) g_variant_unref);
}

static void
return_problem (GTask *task, const char *path, const char *why, const char *advice)
{
  const BmaConfig *config = g_task_get_task_data (task);
  g_autofree char *what =
      g_strdup_printf ("Clients cannot sign in: %s%s %s.", config->issuer, path, why);

  return_finding (task, "error", what, advice);
}

/* What can be between a client and us. */
static const char *
get_way_advice (const BmaConfig *config)
{
  return g_str_has_prefix (config->issuer, "https:")
             ? "See to the name, the certificate and the reverse proxy of [service] "
               "public-url."
             : "Another program may have the port: stop it, or set [service] listen.";
}

/* NULL when the problem has been told. */
static JsonObject *
take_document (GTask *task, const char *path, BmaHttpClient *client, GAsyncResult *result)
{
  const BmaConfig *config = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (BmaHttpResponse)
      response = bma_http_client_send_finish (client, result, &error);
  static const BmaJsonLimits limits = { 64 * 1024, 8, 1000 };
  g_autofree char *why = NULL;
  JsonObject *document = NULL;
  size_t size = 0;
  const char *body = NULL;

  if (response == NULL)
    why = g_strdup_printf ("cannot be fetched: %s", error->message);
  else if (response->status != 200)
    why = g_strdup_printf ("answers with status %u", response->status);
  if (why != NULL)
    {
      return_problem (task, path, why, get_way_advice (config));
      return NULL;
    }
  body = g_bytes_get_data (response->body, &size);
  document = bma_json_parse_object (body, size, &limits, NULL);
  if (document == NULL)
    return_problem (task, path, "is not JSON", get_way_advice (config));
  return document;
}

static void
on_server_fetched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  const BmaConfig *config = g_task_get_task_data (task);
  g_autoptr (JsonObject)
      document = take_document (task, SERVER_PATH, BMA_HTTP_CLIENT (source), result);
  g_autofree char *what = NULL;

  if (document == NULL)
    return;
  if (g_strcmp0 (bma_json_get_string (document, "issuer"), config->issuer) != 0)
    {
      return_problem (task, SERVER_PATH, "names another issuer", get_way_advice (config));
      return;
    }
  what = g_strdup_printf ("Clients find their way from %s to the sign-in.",
                          config->resources[0]);
  return_finding (task, "ok", what, "");
}

static gboolean
is_ours (JsonObject *document, const BmaConfig *config)
{
  g_auto (GStrv) servers = NULL;

  return g_strcmp0 (bma_json_get_string (document, "resource"), config->resources[0]) ==
             0 &&
         bma_json_get_strings (document, "authorization_servers", &servers) &&
         servers != NULL &&
         g_strv_contains ((const char *const *) servers, config->issuer);
}

static void
on_resource_fetched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  const BmaConfig *config = g_task_get_task_data (task);
  BmaHttpClient *client = BMA_HTTP_CLIENT (source);
  g_autoptr (JsonObject) document = take_document (task, RESOURCE_PATH, client, result);
  g_autofree char *uri = g_strconcat (config->issuer, SERVER_PATH, NULL);

  if (document == NULL)
    return;
  if (!is_ours (document, config))
    {
      return_problem (task, RESOURCE_PATH, "describes another service",
                      get_way_advice (config));
      return;
    }
  bma_http_client_send_async (client, "GET", uri, NULL, NULL, NULL,
                              g_task_get_cancellable (task), on_server_fetched,
                              g_object_ref (task));
}

static void
run_async (BmaCheck *check,
           const BmaConfig *config,
           GCancellable *cancellable,
           GAsyncReadyCallback callback,
           gpointer user_data)
{
  BmaHttpSelfCheck *self = BMA_HTTP_SELF_CHECK (check);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *uri = g_strconcat (config->issuer, RESOURCE_PATH, NULL);

  g_task_set_source_tag (task, run_async);
  g_task_set_task_data (task, bma_config_ref (config), (GDestroyNotify) bma_config_unref);
  bma_http_client_send_async (self->client, "GET", uri, NULL, NULL, NULL, cancellable,
                              on_resource_fetched, g_object_ref (task));
}

static GVariant *
run_finish (BmaCheck *check, GAsyncResult *result)
{
  GVariant *findings = g_task_propagate_pointer (G_TASK (result), NULL);

  return findings != NULL ? findings
                          : g_variant_ref_sink (g_variant_new ("a(ssss)", NULL));
}

static void
check_iface_init (BmaCheckInterface *iface)
{
  iface->run_async = run_async;
  iface->run_finish = run_finish;
}

/**
 * bma_http_self_check_new:
 * @client: fetches
 *
 * Returns: (transfer full): a look at our own documents from outside
 */
BmaCheck *
bma_http_self_check_new (BmaHttpClient *client)
{
  BmaHttpSelfCheck *self = g_object_new (BMA_TYPE_HTTP_SELF_CHECK, NULL);

  self->client = g_object_ref (client);
  return BMA_CHECK (self);
}
