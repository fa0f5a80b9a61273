/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-identity-dummy.h"

#include "bma-text.h"

/* A provider whose login page is at https://idp.example and that believes the callback:
 * its parameter `user` says who came back, its parameter `challenge` with what challenge
 * the login had begun. */
struct _BmaIdentityDummy
{
  GObject parent_instance;

  int begin_failure; /* a BmaIdentityError, or -1 */
  int failure;       /* a BmaIdentityError, or -1 */
  gboolean uses_state;
  unsigned int n_exchanges;
};

static const char *
identity_dummy_get_name (BmaIdentityProvider *provider)
{
  return "stytch";
}

static BmaIdentity *
identity_dummy_get_immediate (BmaIdentityProvider *provider)
{
  return NULL;
}

static GPtrArray *
identity_dummy_list_methods (BmaIdentityProvider *provider)
{
  GPtrArray *methods = bma_login_methods_new ();

  g_ptr_array_add (methods, bma_login_method_new ("dummy", "Dummy", FALSE));
  return methods;
}

static void
identity_dummy_begin_async (BmaIdentityProvider *provider,
                            const BmaLoginRequest *request,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  BmaIdentityDummy *self = BMA_IDENTITY_DUMMY (provider);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  const char *tx_name = self->uses_state ? "state" : "tx";

  if (self->begin_failure >= 0)
    g_task_return_new_error (task, BMA_IDENTITY_ERROR, self->begin_failure,
                             "it did not begin");
  else
    g_task_return_pointer (task,
                           bma_login_reply_new_redirect (g_strdup_printf (
                               "https://idp.example/start?%s=%s&challenge=%s", tx_name,
                               request->tx, request->code_challenge)),
                           (GDestroyNotify) bma_login_reply_free);
}

static BmaLoginReply *
identity_dummy_begin_finish (BmaIdentityProvider *provider,
                             GAsyncResult *result,
                             GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
identity_dummy_exchange_async (BmaIdentityProvider *provider,
                               const char *method,
                               const BmaForm *callback_query,
                               BmaSecret *code_verifier,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  BmaIdentityDummy *self = BMA_IDENTITY_DUMMY (provider);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *challenge =
      bma_text_sha256_base64url (bma_secret_peek (code_verifier));
  const char *user = bma_form_get (callback_query, "user");

  self->n_exchanges++;
  if (self->failure >= 0)
    g_task_return_new_error (task, BMA_IDENTITY_ERROR, self->failure, "it failed");
  else if (g_strcmp0 (challenge, bma_form_get (callback_query, "challenge")) != 0)
    g_task_return_new_error (task, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_MISMATCH,
                             "pkce");
  else
    g_task_return_pointer (task, bma_identity_new (user, user, NULL),
                           (GDestroyNotify) bma_identity_free);
}

static BmaIdentity *
identity_dummy_exchange_finish (BmaIdentityProvider *provider,
                                GAsyncResult *result,
                                GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
identity_provider_iface_init (BmaIdentityProviderInterface *iface)
{
  iface->get_name = identity_dummy_get_name;
  iface->get_immediate = identity_dummy_get_immediate;
  iface->list_methods = identity_dummy_list_methods;
  iface->begin_async = identity_dummy_begin_async;
  iface->begin_finish = identity_dummy_begin_finish;
  iface->exchange_async = identity_dummy_exchange_async;
  iface->exchange_finish = identity_dummy_exchange_finish;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BmaIdentityDummy,
                               bma_identity_dummy,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BMA_TYPE_IDENTITY_PROVIDER,
                                                      identity_provider_iface_init))

static void
bma_identity_dummy_class_init (BmaIdentityDummyClass *klass)
{
}

static void
bma_identity_dummy_init (BmaIdentityDummy *self)
{
  self->begin_failure = -1;
  self->failure = -1;
}

/**
 * bma_identity_dummy_new:
 *
 * Returns: (transfer full): a provider that believes everything
 */
BmaIdentityDummy *
bma_identity_dummy_new (void)
{
  return g_object_new (BMA_TYPE_IDENTITY_DUMMY, NULL);
}

/**
 * bma_identity_dummy_fail_with:
 * @self: a provider
 * @code: the error of every exchange from now on
 */
void
bma_identity_dummy_fail_with (BmaIdentityDummy *self, BmaIdentityError code)
{
  self->failure = (int) code;
}

/**
 * bma_identity_dummy_fail_to_begin:
 * @self: a provider
 * @code: the error of every beginning from now on, -1 for none
 */
void
bma_identity_dummy_fail_to_begin (BmaIdentityDummy *self, int code)
{
  self->begin_failure = code;
}

/**
 * bma_identity_dummy_use_state:
 * @self: a provider
 *
 * From now on the callback brings our transaction back as OpenID providers do.
 */
void
bma_identity_dummy_use_state (BmaIdentityDummy *self)
{
  self->uses_state = TRUE;
}

/**
 * bma_identity_dummy_get_n_exchanges:
 * @self: a provider
 *
 * Returns: how often it was asked who came back
 */
unsigned int
bma_identity_dummy_get_n_exchanges (BmaIdentityDummy *self)
{
  return self->n_exchanges;
}
