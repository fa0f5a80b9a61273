/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-broker-token.h"

#include <string.h>

#include "bma-broker-outcome.h"
#include "bma-log.h"
#include "bma-text.h"

/* An access token goes alone, a refresh token with all its family. */
static void
put_revocation (BmaChange *change, const BmaTokenSight *sight)
{
  g_autofree char *id = NULL;
  BmaToken *token = NULL;

  if (sight->access == NULL)
    {
      bma_change_delete (change, &bma_family_type, sight->family->record.id);
      return;
    }
  id = bma_text_sha256_hex (sight->access->token_id);
  token = bma_record_new (&bma_token_type, id);
  token->kind = g_strdup (BMA_TOKEN_KIND_REVOKED);
  token->family_id = g_strdup (sight->family->record.id);
  token->issued_at_s = sight->access->issued_at_s;
  token->expires_at_s = sight->access->expires_at_s;
  bma_change_put_take (change, token);
}

/* An access token is known by its signature. */
static gboolean
needs_keys (BmaBroker *self, const char *text, const BmaTokenSight *sight)
{
  return bma_key_manager_get_keys (self->keys) == NULL && sight->refresh == NULL &&
         strchr (text, '.') != NULL;
}

static BmaOauthError
begin (BmaBroker *self,
       const BmaForm *form,
       const char *authorization,
       BmaChange *change,
       const BmaClient **client)
{
  g_auto (BmaClientAuth) auth = { NULL };
  BmaOauthError error = bma_client_auth_parse (form, authorization, &auth);

  if (error.code != BMA_OAUTH_OK)
    return error;
  if (bma_form_get (form, "token") == NULL)
    return (BmaOauthError){ BMA_OAUTH_INVALID_REQUEST, "token is missing" };
  return bma_broker_authenticate (self, &auth, change, client);
}

/**
 * bma_broker_revoke_async:
 * @self: a broker
 * @form: the request body; read before this returns
 * @authorization: (nullable): value of the Authorization header
 * @correlation_id: (nullable): for the log
 * @cancellable: (nullable): ends the waiting, not the change
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Revokes a token (RFC 7009). A refresh token takes its whole family with it; an access
 * token goes alone. Unknown tokens and those of other clients are answered like success.
 */
void
bma_broker_revoke_async (BmaBroker *self,
                         const BmaForm *form,
                         const char *authorization,
                         const char *correlation_id,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (BmaChange) change = bma_change_new ();
  g_auto (BmaTokenSight) sight = { NULL };
  BmaOutcome *outcome = bma_outcome_new_for (task);
  const BmaClient *client = NULL;

  g_task_set_source_tag (task, bma_broker_revoke_async);
  outcome->error = begin (self, form, authorization, change, &client);
  if (outcome->error.code == BMA_OAUTH_OK)
    {
      bma_broker_look_at_token (self, bma_form_get (form, "token"), &sight);
      if (needs_keys (self, bma_form_get (form, "token"), &sight))
        outcome->error = bma_broker_make_no_key_error (self);
    }
  if (outcome->error.code != BMA_OAUTH_OK)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (sight.grant != NULL &&
      g_strcmp0 (sight.grant->client_id, bma_client_get_id (client)) == 0)
    {
      bma_log (G_LOG_LEVEL_INFO, "token", correlation_id, "revoked (client %s)",
               bma_client_get_id (client));
      put_revocation (change, &sight);
      bma_broker_emit_grant_changed (self, sight.grant, "reduced");
    }
  /* It may be revoked already, but not durably so. */
  bma_outcome_apply_then_return (self, g_steal_pointer (&task), change);
}

/**
 * bma_broker_revoke_finish:
 * @self: a broker
 * @result: what the callback got
 *
 * Returns: the error, or none
 */
BmaOauthError
bma_broker_revoke_finish (BmaBroker *self, GAsyncResult *result)
{
  BmaOauthError error;
  g_autoptr (JsonObject) nothing = bma_outcome_finish (result, &error);

  g_assert (nothing == NULL);
  return error;
}
