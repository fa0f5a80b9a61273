/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-identity-local.h"

#include <unistd.h>

/* The person is the desktop user who runs the service. That the browser is theirs is
 * proven by the owner of its loopback socket, before anything gets here. */
struct _BmaIdentityLocal
{
  GObject parent_instance;
};

static const char *
identity_local_get_name (BmaIdentityProvider *provider)
{
  return "local";
}

static BmaIdentity *
identity_local_get_immediate (BmaIdentityProvider *provider)
{
  g_autofree char *sub = g_strdup_printf ("local:%u", (unsigned int) getuid ());
  const char *real_name = g_get_real_name ();

  return bma_identity_new (sub,
                           g_str_equal (real_name, "Unknown") ? g_get_user_name ()
                                                              : real_name,
                           NULL);
}

static GPtrArray *
identity_local_list_methods (BmaIdentityProvider *provider)
{
  return bma_login_methods_new ();
}

static void
identity_local_begin_async (BmaIdentityProvider *provider,
                            const BmaLoginRequest *request,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_task_report_new_error (provider, callback, user_data, identity_local_begin_async,
                           BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_CONFIGURATION,
                           "The local user signs in without a login page");
}

static BmaLoginReply *
identity_local_begin_finish (BmaIdentityProvider *provider,
                             GAsyncResult *result,
                             GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
identity_local_exchange_async (BmaIdentityProvider *provider,
                               const char *method,
                               const BmaForm *callback_query,
                               BmaSecret *code_verifier,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_task_report_new_error (provider, callback, user_data, identity_local_exchange_async,
                           BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_CONFIGURATION,
                           "The local user signs in without a callback");
}

static BmaIdentity *
identity_local_exchange_finish (BmaIdentityProvider *provider,
                                GAsyncResult *result,
                                GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
identity_local_check_async (BmaIdentityProvider *provider,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (provider, cancellable, callback, user_data);

  g_task_set_source_tag (task, identity_local_check_async);
  g_task_return_boolean (task, TRUE);
}

static gboolean
identity_local_check_finish (BmaIdentityProvider *provider,
                             GAsyncResult *result,
                             GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
identity_provider_iface_init (BmaIdentityProviderInterface *iface)
{
  iface->get_name = identity_local_get_name;
  iface->get_immediate = identity_local_get_immediate;
  iface->list_methods = identity_local_list_methods;
  iface->begin_async = identity_local_begin_async;
  iface->begin_finish = identity_local_begin_finish;
  iface->exchange_async = identity_local_exchange_async;
  iface->exchange_finish = identity_local_exchange_finish;
  iface->check_async = identity_local_check_async;
  iface->check_finish = identity_local_check_finish;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BmaIdentityLocal,
                               bma_identity_local,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BMA_TYPE_IDENTITY_PROVIDER,
                                                      identity_provider_iface_init))

static void
bma_identity_local_class_init (BmaIdentityLocalClass *klass)
{
}

static void
bma_identity_local_init (BmaIdentityLocal *self)
{
}

/**
 * bma_identity_local_new:
 *
 * Returns: (transfer full): the desktop user as identity provider
 */
BmaIdentityProvider *
bma_identity_local_new (void)
{
  return g_object_new (BMA_TYPE_IDENTITY_LOCAL, NULL);
}
