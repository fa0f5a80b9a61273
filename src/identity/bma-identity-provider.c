/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-identity-provider.h"

G_DEFINE_QUARK (bma_identity_error_quark, bma_identity_error)
G_DEFINE_INTERFACE (BmaIdentityProvider, bma_identity_provider, G_TYPE_OBJECT)

static void
bma_identity_provider_default_init (BmaIdentityProviderInterface *iface)
{
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
 *   %NULL when [method@IdentityProvider.make_login_uri] must be used
 */
BmaIdentity *
bma_identity_provider_get_immediate (BmaIdentityProvider *self)
{
  g_return_val_if_fail (BMA_IS_IDENTITY_PROVIDER (self), NULL);

  return BMA_IDENTITY_PROVIDER_GET_IFACE (self)->get_immediate (self);
}

/**
 * bma_identity_provider_make_login_uri:
 * @self: a provider
 * @tx: our transaction id, which the callback must bring back
 * @code_challenge: S256 challenge of the verifier given to the exchange
 * @method: (nullable): one of the configured ways to sign in; the first for %NULL
 * @error: return location for a #BmaIdentityError
 *
 * Returns: (transfer full) (nullable): where to send the browser
 */
char *
bma_identity_provider_make_login_uri (BmaIdentityProvider *self,
                                      const char *tx,
                                      const char *code_challenge,
                                      const char *method,
                                      GError **error)
{
  g_return_val_if_fail (BMA_IS_IDENTITY_PROVIDER (self), NULL);

  return BMA_IDENTITY_PROVIDER_GET_IFACE (self)->make_login_uri (self, tx, code_challenge,
                                                                 method, error);
}

/**
 * bma_identity_provider_exchange_async:
 * @self: a provider
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
                                      const BmaForm *callback_query,
                                      BmaSecret *code_verifier,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  g_return_if_fail (BMA_IS_IDENTITY_PROVIDER (self));

  BMA_IDENTITY_PROVIDER_GET_IFACE (self)->exchange_async (self, callback_query,
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
