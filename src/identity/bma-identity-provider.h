/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include "bma-form.h"
#include "bma-identity-login.h"
#include "bma-secret.h"

G_BEGIN_DECLS

/**
 * BmaIdentityError:
 * @BMA_IDENTITY_ERROR_REFUSED: the person or the provider said no
 * @BMA_IDENTITY_ERROR_EXPIRED: the provider's token is used, unknown or too old
 * @BMA_IDENTITY_ERROR_MISMATCH: the callback does not belong to the start (PKCE)
 * @BMA_IDENTITY_ERROR_CREDENTIALS: the provider does not accept our credentials
 * @BMA_IDENTITY_ERROR_CONFIGURATION: something is not set up at the provider
 * @BMA_IDENTITY_ERROR_USER_LOCKED: the person is locked out there for now
 * @BMA_IDENTITY_ERROR_RATE_LIMITED: too many requests
 * @BMA_IDENTITY_ERROR_OFFLINE: the provider cannot be reached
 * @BMA_IDENTITY_ERROR_KEYRING: our own credentials are locked away
 * @BMA_IDENTITY_ERROR_WRONG_CODE: the code that was sent is another one
 * @BMA_IDENTITY_ERROR_ADDRESS: no mail can be sent to this address
 * @BMA_IDENTITY_ERROR_PROTOCOL: the provider answered something unexpected
 *
 * Messages say what happened and what to do, and hold no secrets.
 */
typedef enum
{
  BMA_IDENTITY_ERROR_REFUSED,
  BMA_IDENTITY_ERROR_EXPIRED,
  BMA_IDENTITY_ERROR_MISMATCH,
  BMA_IDENTITY_ERROR_CREDENTIALS,
  BMA_IDENTITY_ERROR_CONFIGURATION,
  BMA_IDENTITY_ERROR_USER_LOCKED,
  BMA_IDENTITY_ERROR_RATE_LIMITED,
  BMA_IDENTITY_ERROR_OFFLINE,
  BMA_IDENTITY_ERROR_KEYRING,
  BMA_IDENTITY_ERROR_WRONG_CODE,
  BMA_IDENTITY_ERROR_ADDRESS,
  BMA_IDENTITY_ERROR_PROTOCOL,
} BmaIdentityError;

#define BMA_IDENTITY_N_ERRORS (BMA_IDENTITY_ERROR_PROTOCOL + 1)
#define BMA_IDENTITY_ERROR    (bma_identity_error_quark ())
GQuark bma_identity_error_quark (void);

/**
 * BmaIdentity:
 *
 * A person as a provider vouches for them.
 */
typedef struct
{
  char *sub;   /* owned: stable at the provider */
  char *name;  /* owned, nullable */
  char *email; /* owned, nullable: verified by the provider */
} BmaIdentity;

BmaIdentity *bma_identity_new (const char *sub,
                               const char *name,
                               const char *email) G_GNUC_WARN_UNUSED_RESULT;
void bma_identity_free (BmaIdentity *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaIdentity, bma_identity_free)

#define BMA_TYPE_IDENTITY_PROVIDER (bma_identity_provider_get_type ())
G_DECLARE_INTERFACE (
    BmaIdentityProvider, bma_identity_provider, BMA, IDENTITY_PROVIDER, GObject)

/**
 * BmaIdentityProviderInterface:
 * @get_name: see [method@IdentityProvider.get_name]
 * @get_immediate: see [method@IdentityProvider.get_immediate]
 * @get_remark: see [method@IdentityProvider.get_remark]; by default there is none
 * @get_redirect_uri: see [method@IdentityProvider.get_redirect_uri]; by default %NULL
 * @list_methods: see [method@IdentityProvider.list_methods]
 * @begin_async: see [method@IdentityProvider.begin_async]
 * @begin_finish: see [method@IdentityProvider.begin_finish]
 * @exchange_async: see [method@IdentityProvider.exchange_async]
 * @exchange_finish: see [method@IdentityProvider.exchange_finish]
 * @verify_code_async: see [method@IdentityProvider.verify_code_async]; by default it
 *   fails, for providers that send no codes
 * @verify_code_finish: see [method@IdentityProvider.verify_code_finish]
 * @check_async: see [method@IdentityProvider.check_async]
 * @check_finish: see [method@IdentityProvider.check_finish]
 *
 * Somebody who can tell who the person at the browser is.
 */
struct _BmaIdentityProviderInterface
{
  GTypeInterface parent_iface;

  const char *(*get_name) (BmaIdentityProvider *self);
  BmaIdentity *(*get_immediate) (BmaIdentityProvider *self);
  const char *(*get_remark) (BmaIdentityProvider *self);
  char *(*get_redirect_uri) (BmaIdentityProvider *self);
  GPtrArray *(*list_methods) (BmaIdentityProvider *self);
  void (*begin_async) (BmaIdentityProvider *self,
                       const BmaLoginRequest *request,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data);
  BmaLoginReply *(*begin_finish) (BmaIdentityProvider *self,
                                  GAsyncResult *result,
                                  GError **error);
  void (*exchange_async) (BmaIdentityProvider *self,
                          const char *method,
                          const BmaForm *callback_query,
                          BmaSecret *code_verifier,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
  BmaIdentity *(*exchange_finish) (BmaIdentityProvider *self,
                                   GAsyncResult *result,
                                   GError **error);
  void (*verify_code_async) (BmaIdentityProvider *self,
                             const char *reference,
                             BmaSecret *code,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
  BmaIdentity *(*verify_code_finish) (BmaIdentityProvider *self,
                                      GAsyncResult *result,
                                      GError **error);
  void (*check_async) (BmaIdentityProvider *self,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data);
  gboolean (*check_finish) (BmaIdentityProvider *self,
                            GAsyncResult *result,
                            GError **error);
};

const char *bma_identity_provider_get_name (BmaIdentityProvider *self);
BmaIdentity *
bma_identity_provider_get_immediate (BmaIdentityProvider *self) G_GNUC_WARN_UNUSED_RESULT;
char *bma_identity_provider_get_redirect_uri (BmaIdentityProvider *self)
    G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *
bma_identity_provider_list_methods (BmaIdentityProvider *self) G_GNUC_WARN_UNUSED_RESULT;
void bma_identity_provider_begin_async (BmaIdentityProvider *self,
                                        const BmaLoginRequest *request,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
BmaLoginReply *
bma_identity_provider_begin_finish (BmaIdentityProvider *self,
                                    GAsyncResult *result,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bma_identity_provider_exchange_async (BmaIdentityProvider *self,
                                           const char *method,
                                           const BmaForm *callback_query,
                                           BmaSecret *code_verifier,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data);
BmaIdentity *
bma_identity_provider_exchange_finish (BmaIdentityProvider *self,
                                       GAsyncResult *result,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bma_identity_provider_verify_code_async (BmaIdentityProvider *self,
                                              const char *reference,
                                              BmaSecret *code,
                                              GCancellable *cancellable,
                                              GAsyncReadyCallback callback,
                                              gpointer user_data);
BmaIdentity *
bma_identity_provider_verify_code_finish (BmaIdentityProvider *self,
                                          GAsyncResult *result,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bma_identity_provider_check_async (BmaIdentityProvider *self,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
const char *bma_identity_provider_get_remark (BmaIdentityProvider *self);
gboolean bma_identity_provider_check_finish (BmaIdentityProvider *self,
                                             GAsyncResult *result,
                                             GError **error);

G_END_DECLS
