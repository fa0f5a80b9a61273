/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-oidc-private.h"

#include "bma-jwt-peek.h"
#include "bma-log.h"
#include "bma-oidc-error.h"
#include "bma-oidc-token.h"
#include "bma-oidc-wire.h"
#include "bma-text.h"

/* One exchange, as the data of its task. The steps are in the order of the functions. */
typedef struct
{
  BmaOidcCallback *callback;   /* owned */
  BmaSecret *verifier;         /* owned */
  BmaIssuerMetadata *metadata; /* owned, nullable: once it is known */
  BmaOidcTokens *tokens;       /* owned, nullable: once they are there */
  BmaIdentity *identity;       /* owned, nullable: once the ID token is verified */
} Exchange;

static void
exchange_free (Exchange *self)
{
  bma_oidc_callback_free (self->callback);
  bma_secret_unref (self->verifier);
  g_clear_pointer (&self->metadata, bma_issuer_metadata_unref);
  g_clear_pointer (&self->tokens, bma_oidc_tokens_free);
  g_clear_pointer (&self->identity, bma_identity_free);
  g_free (self);
}

static const char *
get_body (const BmaHttpResponse *response, size_t *length)
{
  const char *body = g_bytes_get_data (response->body, length);

  return body != NULL ? body : "";
}

static void
return_identity (GTask *task)
{
  Exchange *exchange = g_task_get_task_data (task);

  g_task_return_pointer (task, g_steal_pointer (&exchange->identity),
                         (GDestroyNotify) bma_identity_free);
}

/* A name is nice to have: without userinfo the sign-in goes on. */
static void
on_userinfo (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Exchange *exchange = g_task_get_task_data (task);
  g_autoptr (GError) raw = NULL;
  g_autoptr (BmaHttpResponse)
      response = bma_http_client_send_finish (BMA_HTTP_CLIENT (source), result, &raw);
  GError *error = NULL;
  const char *body = NULL;
  size_t length = 0;

  if (response == NULL || response->status != 200)
    bma_log_info ("login", "No userinfo: %s",
                  response == NULL ? raw->message : "the provider refused");
  if (response != NULL)
    {
      body = get_body (response, &length);
      if (!bma_oidc_wire_read_userinfo (exchange->identity, response->status, body,
                                        length, &error))
        {
          g_task_return_error (task, error);
          return;
        }
    }
  return_identity (task);
}

/* Takes over @task. */
static void
complete_identity (GTask *task)
{
  BmaOidc *self = g_task_get_source_object (task);
  const Exchange *exchange = g_task_get_task_data (task);
  const BmaIdentity *identity = exchange->identity;
  g_autoptr (BmaSecret) bearer = NULL;

  if ((identity->name != NULL && identity->email != NULL) ||
      exchange->metadata->userinfo_endpoint == NULL)
    {
      return_identity (task);
      g_object_unref (task);
      return;
    }
  bearer = bma_secret_new_take (
      g_strconcat ("Bearer ", bma_secret_peek (exchange->tokens->access_token), NULL));
  bma_http_client_send_async (self->client, "GET", exchange->metadata->userinfo_endpoint,
                              NULL, NULL, bearer, g_task_get_cancellable (task),
                              on_userinfo, task);
}

static BmaIdentity *
verify_token (BmaOidc *self,
              const Exchange *exchange,
              const BmaKeyset *keys,
              GError **error)
{
  const BmaSecret *token = exchange->tokens->id_token;
  g_autofree char *challenge =
      bma_text_sha256_base64url (bma_secret_peek (exchange->verifier));
  g_autofree char *nonce = bma_oidc_wire_make_nonce (challenge);
  g_autoptr (GError) problem = NULL;
  g_autoptr (JsonObject) claims = bma_jwt_verify (keys, NULL, bma_secret_peek (token),
                                                  bma_secret_get_size (token), &problem);
  const BmaOidcExpected expected = {
    .issuer = exchange->metadata->issuer,
    .client_id = self->config->oidc_client_id,
    .nonce = nonce,
    .access_token = exchange->tokens->access_token,
    .now_s = bma_clock_now_s (self->clock),
  };

  if (claims != NULL)
    return bma_oidc_token_check (claims, &expected, error);
  g_set_error (error, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_PROTOCOL,
               "The ID token of the identity provider cannot be verified. %s",
               problem->message);
  return NULL;
}

/* Verifies if the key is known. Takes over @task then. */
static gboolean
try_to_verify (GTask *task, gboolean is_last)
{
  BmaOidc *self = g_task_get_source_object (task);
  Exchange *exchange = g_task_get_task_data (task);
  const BmaSecret *token = exchange->tokens->id_token;
  const BmaKeyPlace place = { .issuer = exchange->metadata->issuer };
  g_autoptr (BmaJwtPeek)
      peek = bma_jwt_peek (bma_secret_peek (token), bma_secret_get_size (token));
  const BmaKeyset *keys = NULL;
  BmaKeyFinding finding = BMA_KEY_UNKNOWN;
  GError *error = NULL;

  if (peek != NULL && peek->key_id != NULL)
    finding =
        bma_key_source_find (BMA_KEY_SOURCE (self->keys), &place, peek->key_id, &keys);
  /* A person waits: no floor holds them up after a failure. */
  if (!is_last && (finding == BMA_KEY_WANTED || finding == BMA_KEY_UNREACHABLE))
    return FALSE;
  if (finding == BMA_KEY_FOUND)
    exchange->identity = verify_token (self, exchange, keys, &error);
  else
    g_set_error_literal (&error, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_PROTOCOL,
                         peek == NULL || peek->key_id == NULL
                             ? "The ID token of the identity provider names no key"
                             : "The ID token of the identity provider is signed with a "
                               "key that the provider does not publish");
  if (exchange->identity != NULL)
    {
      complete_identity (task);
      return TRUE;
    }
  g_task_return_error (task, error);
  g_object_unref (task);
  return TRUE;
}

static void
on_keys (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  GError *error = NULL;

  if (bma_key_source_load_finish (BMA_KEY_SOURCE (source), result, &error))
    {
      try_to_verify (task, TRUE);
      return;
    }
  /* The waiting may have been given up, which is no error of ours. */
  if (error->domain != BMA_IDENTITY_ERROR)
    {
      g_clear_error (&error);
      g_set_error_literal (&error, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_OFFLINE,
                           "The keys of the identity provider are not waited for any "
                           "more");
    }
  g_task_return_error (task, error);
  g_object_unref (task);
}

static void
on_tokens (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  BmaOidc *self = g_task_get_source_object (task);
  Exchange *exchange = g_task_get_task_data (task);
  g_autoptr (GError) raw = NULL;
  g_autoptr (BmaHttpResponse)
      response = bma_http_client_send_finish (BMA_HTTP_CLIENT (source), result, &raw);
  GError *error = NULL;
  const char *body = NULL;
  size_t length = 0;

  if (response != NULL)
    {
      body = get_body (response, &length);
      exchange->tokens =
          bma_oidc_wire_read_tokens (response->status, body, length, &error);
    }
  else
    error = bma_oidc_error_from_transport (raw);
  if (error != NULL)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  if (!try_to_verify (task, FALSE))
    bma_key_source_load_async (BMA_KEY_SOURCE (self->keys),
                               &(BmaKeyPlace){ .issuer = exchange->metadata->issuer },
                               g_task_get_cancellable (task), on_keys, task);
}

/* RFC 8414: `client_secret_basic` holds when the document does not say. */
static gboolean
prefers_post (const BmaIssuerMetadata *metadata)
{
  const char *const *methods = (const char *const *) metadata->auth_methods;

  return methods != NULL && !g_strv_contains (methods, "client_secret_basic") &&
         g_strv_contains (methods, "client_secret_post");
}

static void
on_secret_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BmaOidc *self = g_task_get_source_object (task);
  const Exchange *exchange = g_task_get_task_data (task);
  g_autoptr (GError) raw = NULL;
  g_autoptr (BmaSecret)
      secret = bma_keyring_load_finish (BMA_KEYRING (source), result, &raw);
  gboolean uses_post = secret != NULL && prefers_post (exchange->metadata);
  gboolean uses_basic = secret != NULL && !uses_post;
  g_autofree char *redirect_uri = bma_oidc_wire_make_redirect_uri (self->config->issuer);
  const char *client_id = self->config->oidc_client_id;
  g_autoptr (BmaSecret) basic = NULL;
  g_autoptr (GBytes) body = NULL;
  GCancellable *cancellable = g_task_get_cancellable (task);

  if (secret == NULL &&
      !g_error_matches (raw, BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_NOT_FOUND))
    {
      g_task_return_error (task, bma_oidc_error_from_keyring (raw));
      return;
    }
  if (uses_basic)
    basic = bma_oidc_wire_make_basic (client_id, secret);
  body = bma_oidc_wire_make_exchange (exchange->callback, redirect_uri,
                                      exchange->verifier, uses_basic ? NULL : client_id,
                                      uses_post ? secret : NULL);
  bma_http_client_send_async (self->client, "POST", exchange->metadata->token_endpoint,
                              "application/x-www-form-urlencoded", body, basic,
                              cancellable, on_tokens, g_steal_pointer (&task));
}

static void
on_discovered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BmaOidc *self = g_task_get_source_object (task);
  Exchange *exchange = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  GError *error = NULL;

  exchange->metadata = bma_discovery_load_finish (BMA_DISCOVERY (source), result, &error);
  if (exchange->metadata != NULL && exchange->metadata->token_endpoint == NULL)
    g_set_error (&error, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_CONFIGURATION,
                 "%s has no token endpoint", exchange->metadata->issuer);
  if (error != NULL ||
      !bma_oidc_wire_check_callback (exchange->callback, exchange->metadata, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  bma_keyring_load_async (self->keyring, BMA_KEYRING_KIND_OIDC_SECRET,
                          self->config->oidc_issuer, cancellable, on_secret_loaded,
                          g_steal_pointer (&task));
}

/**
 * bma_oidc_exchange_async:
 * @provider: a #BmaOidc
 * @method: (nullable): not needed, there is one way
 * @callback_query: the query of the callback; read before this returns
 * @code_verifier: what the challenge was made of
 * @cancellable: (nullable): ends it
 * @callback: called with the person
 * @user_data: for @callback
 *
 * Asks the provider who came back: code against tokens, then the ID token is verified. A
 * lost answer is not asked for again: the code is used up by then.
 */
void
bma_oidc_exchange_async (BmaIdentityProvider *provider,
                         const char *method,
                         const BmaForm *callback_query,
                         BmaSecret *code_verifier,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  BmaOidc *self = BMA_OIDC (provider);
  g_autoptr (GTask) task = bma_oidc_new_task (self, cancellable, callback, user_data);
  Exchange *exchange = NULL;
  GError *error = NULL;

  g_task_set_source_tag (task, bma_oidc_exchange_async);
  g_task_set_name (task, "bma_oidc_exchange");
  if (!bma_oidc_fail_unless_set_up (self, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  exchange = g_new0 (Exchange, 1);
  exchange->callback = bma_oidc_wire_read_callback (callback_query);
  exchange->verifier = bma_secret_ref (code_verifier);
  g_task_set_task_data (task, exchange, (GDestroyNotify) exchange_free);
  bma_discovery_load_async (bma_remote_keys_get_discovery (self->keys),
                            self->config->oidc_issuer, cancellable, on_discovered,
                            g_steal_pointer (&task));
}
