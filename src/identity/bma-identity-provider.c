/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-identity-provider.h"

G_DEFINE_QUARK (bma_identity_error_quark, bma_identity_error)
G_DEFINE_INTERFACE (BmaIdentityProvider, bma_identity_provider, G_TYPE_OBJECT)

static char *
has_no_redirect_uri (BmaIdentityProvider *self)
{
  return NULL;
}

static void
refuse_code_async (BmaIdentityProvider *self,
                   const char *reference,
                   BmaSecret *code,
                   GCancellable *cancellable,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  g_task_report_new_error (self, callback, user_data, refuse_code_async,
                           BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_CONFIGURATION,
                           "This identity provider sends no codes");
}

static BmaIdentity *
refuse_code_finish (BmaIdentityProvider *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
bma_identity_provider_default_init (BmaIdentityProviderInterface *iface)
{
  iface->get_redirect_uri = has_no_redirect_uri;
  iface->verify_code_async = refuse_code_async;
  iface->verify_code_finish = refuse_code_finish;
}

/**
 * bma_identity_new:
 * @sub: stable identifier at the provider
 * @name: (nullable): for people to read
 * @email: (nullable): an address the provider verified
 *
 * Returns: (transfer full): the person
 */
BmaIdentity *
bma_identity_new (const char *sub, const char *name, const char *email)
{
  BmaIdentity *self = g_new0 (BmaIdentity, 1);

  self->sub = g_strdup (sub);
  self->name = g_strdup (name);
  self->email = g_strdup (email);
  return self;
}

/**
 * bma_identity_free:
 * @self: (transfer full) (nullable): a person
 */
void
bma_identity_free (BmaIdentity *self)
{
  if (self == NULL)
    return;
  g_free (self->sub);
  g_free (self->name);
  g_free (self->email);
  g_free (self);
}

/**
 * bma_identity_provider_get_name:
 * @self: a provider
 *
 * Returns: (transfer none): local, stytch, ...
 */
const char *
bma_identity_provider_get_name (BmaIdentityProvider *self)
{
  g_return_val_if_fail (BMA_IS_IDENTITY_PROVIDER (self), NULL);

  return BMA_IDENTITY_PROVIDER_GET_IFACE (self)->get_name (self);
}

/**
 * bma_identity_provider_get_immediate:
 * @self: a provider
 *
 * Returns: (transfer full) (nullable): the person, if no browser is needed to know them;
 *   %NULL when [method@IdentityProvider.begin_async] must be used
 */
BmaIdentity *
bma_identity_provider_get_immediate (BmaIdentityProvider *self)
{
  g_return_val_if_fail (BMA_IS_IDENTITY_PROVIDER (self), NULL);

  return BMA_IDENTITY_PROVIDER_GET_IFACE (self)->get_immediate (self);
}

/**
 * bma_identity_provider_get_redirect_uri:
 * @self: a provider
 *
 * Returns: (transfer full) (nullable): what has to be registered at the provider as our
 *   callback, if anything has
 */
char *
bma_identity_provider_get_redirect_uri (BmaIdentityProvider *self)
{
  g_return_val_if_fail (BMA_IS_IDENTITY_PROVIDER (self), NULL);

  return BMA_IDENTITY_PROVIDER_GET_IFACE (self)->get_redirect_uri (self);
}

/**
 * bma_identity_provider_list_methods:
 * @self: a provider
 *
 * Returns: (transfer full) (element-type BmaLoginMethod): the ways to sign in that are
 *   configured, the default first; none where the person is known without a login
 */
GPtrArray *
bma_identity_provider_list_methods (BmaIdentityProvider *self)
{
  g_return_val_if_fail (BMA_IS_IDENTITY_PROVIDER (self), NULL);

  return BMA_IDENTITY_PROVIDER_GET_IFACE (self)->list_methods (self);
}

/**
 * bma_identity_provider_begin_async:
 * @self: a provider
 * @request: what the login begins with; read before this returns
 * @cancellable: (nullable): cancels it
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Begins a login. The login must be remembered before, since its callback can come at
 * any time.
 */
void
bma_identity_provider_begin_async (BmaIdentityProvider *self,
                                   const BmaLoginRequest *request,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  g_return_if_fail (BMA_IS_IDENTITY_PROVIDER (self));

  BMA_IDENTITY_PROVIDER_GET_IFACE (self)->begin_async (self, request, cancellable,
                                                       callback, user_data);
}

/**
 * bma_identity_provider_begin_finish:
 * @self: a provider
 * @result: what the callback got
 * @error: return location for a #BmaIdentityError
 *
 * Returns: (transfer full) (nullable): how the login goes on
 */
BmaLoginReply *
bma_identity_provider_begin_finish (BmaIdentityProvider *self,
                                    GAsyncResult *result,
                                    GError **error)
{
  g_return_val_if_fail (BMA_IS_IDENTITY_PROVIDER (self), NULL);

  return BMA_IDENTITY_PROVIDER_GET_IFACE (self)->begin_finish (self, result, error);
}

/**
 * bma_identity_provider_exchange_async:
 * @self: a provider
 * @method: (nullable): the way to sign in that the login began with
 * @callback_query: the query of the callback; read before this returns
 * @code_verifier: what the challenge was made of (RFC 7636)
 * @cancellable: (nullable): cancels it
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Asks the provider who came back.
 */
void
bma_identity_provider_exchange_async (BmaIdentityProvider *self,
                                      const char *method,
                                      const BmaForm *callback_query,
                                      BmaSecret *code_verifier,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  g_return_if_fail (BMA_IS_IDENTITY_PROVIDER (self));

  BMA_IDENTITY_PROVIDER_GET_IFACE (self)->exchange_async (self, method, callback_query,
                                                          code_verifier, cancellable,
                                                          callback, user_data);
}

/**
 * bma_identity_provider_exchange_finish:
 * @self: a provider
 * @result: what the callback got
 * @error: return location for a #BmaIdentityError
 *
 * Returns: (transfer full) (nullable): the person
 */
BmaIdentity *
bma_identity_provider_exchange_finish (BmaIdentityProvider *self,
                                       GAsyncResult *result,
                                       GError **error)
{
  g_return_val_if_fail (BMA_IS_IDENTITY_PROVIDER (self), NULL);

  return BMA_IDENTITY_PROVIDER_GET_IFACE (self)->exchange_finish (self, result, error);
}

/**
 * bma_identity_provider_verify_code_async:
 * @self: a provider
 * @reference: what the provider knows the code by, from a #BmaLoginReply
 * @code: what the person typed
 * @cancellable: (nullable): cancels it
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Asks the provider who got the code. How often a person may try is for the caller to
 * count.
 */
void
bma_identity_provider_verify_code_async (BmaIdentityProvider *self,
                                         const char *reference,
                                         BmaSecret *code,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data)
{
  g_return_if_fail (BMA_IS_IDENTITY_PROVIDER (self));

  BMA_IDENTITY_PROVIDER_GET_IFACE (self)->verify_code_async (self, reference, code,
                                                             cancellable, callback,
                                                             user_data);
}

/**
 * bma_identity_provider_verify_code_finish:
 * @self: a provider
 * @result: what the callback got
 * @error: return location for a #BmaIdentityError
 *
 * Returns: (transfer full) (nullable): the person
 */
BmaIdentity *
bma_identity_provider_verify_code_finish (BmaIdentityProvider *self,
                                          GAsyncResult *result,
                                          GError **error)
{
  g_return_val_if_fail (BMA_IS_IDENTITY_PROVIDER (self), NULL);

  return BMA_IDENTITY_PROVIDER_GET_IFACE (self)->verify_code_finish (self, result, error);
}

/**
 * bma_identity_provider_check_async:
 * @self: a provider
 * @cancellable: (nullable): cancels it
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Finds out whether sign-ins would work: credentials, network.
 */
void
bma_identity_provider_check_async (BmaIdentityProvider *self,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  g_return_if_fail (BMA_IS_IDENTITY_PROVIDER (self));

  BMA_IDENTITY_PROVIDER_GET_IFACE (self)->check_async (self, cancellable, callback,
                                                       user_data);
}

/**
 * bma_identity_provider_check_finish:
 * @self: a provider
 * @result: what the callback got
 * @error: return location for a #BmaIdentityError
 *
 * Returns: whether sign-ins would work
 */
gboolean
bma_identity_provider_check_finish (BmaIdentityProvider *self,
                                    GAsyncResult *result,
                                    GError **error)
{
  g_return_val_if_fail (BMA_IS_IDENTITY_PROVIDER (self), FALSE);

  return BMA_IDENTITY_PROVIDER_GET_IFACE (self)->check_finish (self, result, error);
}

/**
 * bma_identity_provider_get_remark:
 * @self: a provider
 *
 * Returns: (transfer none) (nullable): what the last check found that a person should
 *   know although sign-ins work
 */
const char *
bma_identity_provider_get_remark (BmaIdentityProvider *self)
{
  BmaIdentityProviderInterface *iface = NULL;

  g_return_val_if_fail (BMA_IS_IDENTITY_PROVIDER (self), NULL);

  iface = BMA_IDENTITY_PROVIDER_GET_IFACE (self);
  return iface->get_remark != NULL ? iface->get_remark (self) : NULL;
}
