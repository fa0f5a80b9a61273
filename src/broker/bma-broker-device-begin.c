/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-broker-device.h"

#include "bma-broker-outcome.h"
#include "bma-device-grant.h"
#include "bma-log.h"
#include "bma-text.h"
#include "bma-user-code.h"

#define DEVICE_CODE_BYTES 32
#define RANDOM_BYTES      64

/* One that no other device waits with. */
static char *
make_user_code (BmaBroker *self)
{
  for (;;)
    {
      uint8_t bytes[RANDOM_BYTES];
      g_autoptr (BmaSecretText) code = NULL;

      bma_entropy_fill (self->entropy, bytes, sizeof bytes);
      code = bma_user_code_make (bytes, sizeof bytes);
      explicit_bzero (bytes, sizeof bytes);
      if (code != NULL && bma_broker_find_device (self, code) == NULL)
        return g_steal_pointer (&code);
    }
}

static JsonObject *
make_answer (BmaBroker *self,
             const BmaDevice *device,
             const char *device_code,
             const char *user_code)
{
  JsonObject *object = json_object_new ();
  g_autofree char *shown = bma_user_code_format (user_code);
  g_autofree char *uri = g_strconcat (self->config->issuer, "/device", NULL);
  g_autofree char *complete = g_strconcat (uri, "?user_code=", shown, NULL);

  json_object_set_string_member (object, "device_code", device_code);
  json_object_set_string_member (object, "user_code", shown);
  json_object_set_string_member (object, "verification_uri", uri);
  json_object_set_string_member (object, "verification_uri_complete", complete);
  json_object_set_int_member (object, "expires_in",
                              device->expires_at_s - device->created_at_s);
  json_object_set_int_member (object, "interval", device->interval_s);
  return object;
}

/* Strangers can make devices wait at will, so the one that has waited for the longest
 * time makes room: nobody is refused for it. */
static void
make_room (BmaBroker *self, BmaChange *change)
{
  g_autoptr (GPtrArray) devices = bma_store_list (self->store, &bma_device_type);
  const BmaDevice *oldest = NULL;
  unsigned int n_waiting = 0;

  for (unsigned int i = 0; i < devices->len; i++)
    {
      const BmaDevice *device = g_ptr_array_index (devices, i);

      if (!bma_device_grant_is_waiting (device, bma_broker_now_s (self)))
        continue;
      n_waiting++;
      if (oldest == NULL || device->created_at_s < oldest->created_at_s)
        oldest = device;
    }
  if (n_waiting >= BMA_BROKER_MAX_DEVICES)
    bma_change_delete (change, &bma_device_type, oldest->record.id);
}

static void
begin (BmaBroker *self,
       const BmaForm *form,
       const char *authorization,
       BmaChange *change,
       BmaOutcome *outcome)
{
  g_auto (BmaClientAuth) auth = { NULL };
  g_autoptr (BmaSecretText) device_code = NULL;
  g_autoptr (BmaSecretText) user_code = NULL;
  const BmaClient *client = NULL;
  BmaDevice *device = NULL;

  outcome->error = bma_client_auth_parse (form, authorization, &auth);
  if (outcome->error.code == BMA_OAUTH_OK && auth.client_id == NULL)
    outcome->error = (BmaOauthError){ BMA_OAUTH_INVALID_REQUEST, "client_id is missing" };
  if (outcome->error.code == BMA_OAUTH_OK)
    outcome->error = bma_broker_authenticate (self, &auth, change, &client);
  if (outcome->error.code != BMA_OAUTH_OK)
    return;
  device_code = bma_entropy_token (self->entropy, DEVICE_CODE_BYTES);
  user_code = make_user_code (self);
  device = bma_device_grant_begin (form, client, self->config,
                                   &(BmaDeviceTicket){ device_code, user_code },
                                   bma_broker_now_s (self), &outcome->error);
  if (device == NULL)
    return;
  make_room (self, change);
  outcome->object = make_answer (self, device, device_code, user_code);
  bma_change_put_take (change, device);
}

/**
 * bma_broker_device_begin_async:
 * @self: a broker
 * @form: the request body; read before this returns
 * @authorization: (nullable): value of the Authorization header
 * @correlation_id: (nullable): for the log
 * @cancellable: (nullable): ends the waiting, not the change
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * A device without a browser wants to be allowed elsewhere (RFC 8628 section 3.1).
 */
void
bma_broker_device_begin_async (BmaBroker *self,
                               const BmaForm *form,
                               const char *authorization,
                               const char *correlation_id,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (BmaChange) change = bma_change_new ();
  BmaOutcome *outcome = bma_outcome_new_for (task);

  g_task_set_source_tag (task, bma_broker_device_begin_async);
  begin (self, form, authorization, change, outcome);
  bma_log (G_LOG_LEVEL_INFO, "login", correlation_id, "device: %s",
           bma_oauth_error_to_text (outcome->error.code));
  bma_outcome_apply_then_return (self, g_steal_pointer (&task), change);
}

/**
 * bma_broker_device_begin_finish:
 * @self: a broker
 * @result: what the callback got
 * @error: (out): why not, if not
 *
 * Returns: (transfer full) (nullable): the answer (RFC 8628 section 3.2)
 */
JsonObject *
bma_broker_device_begin_finish (BmaBroker *self,
                                GAsyncResult *result,
                                BmaOauthError *error)
{
  return bma_outcome_finish (result, error);
}
