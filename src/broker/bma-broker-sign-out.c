/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-broker-private.h"

#include "bma-code.h"
#include "bma-device.h"
#include "bma-log.h"

static void
on_signed_out (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (bma_store_apply_finish (BMA_STORE (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* And what would become some: codes, and devices that were allowed. */
static void
delete_tokens (BmaBroker *self, BmaChange *change)
{
  static const BmaRecordType *const types[] = { &bma_family_type, &bma_code_type,
                                                &bma_device_type };

  for (size_t i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr (GPtrArray) records = bma_store_list (self->store, types[i]);

      for (unsigned int j = 0; j < records->len; j++)
        {
          const BmaRecord *record = records->pdata[j];

          if (record->type != &bma_device_type ||
              ((const BmaDevice *) record)->grant_id != NULL)
            bma_change_delete (change, record->type, record->id);
        }
    }
}

/**
 * bma_broker_sign_out_async:
 * @self: a broker
 * @cancellable: (nullable): ends the waiting
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Ends everybody's sign-in: every token stops working at once. What the person allowed is
 * remembered for the next sign-in.
 */
void
bma_broker_sign_out_async (BmaBroker *self,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (BmaChange) change = bma_change_new ();
  g_autoptr (GPtrArray) subjects = bma_store_list (self->store, &bma_subject_type);

  g_task_set_source_tag (task, bma_broker_sign_out_async);
  for (unsigned int i = 0; i < subjects->len; i++)
    {
      BmaSubject *subject = bma_record_copy (g_ptr_array_index (subjects, i));

      subject->signed_out_at_s = bma_broker_now_s (self);
      bma_change_put_take (change, subject);
    }
  delete_tokens (self, change);
  bma_broker_close_endpoints (self, NULL);
  bma_broker_untie (self, NULL, NULL);
  bma_broker_set_subject (self, NULL);
  bma_log_notice ("login", "signed out");
  bma_store_apply_async (self->store, change, NULL, on_signed_out,
                         g_steal_pointer (&task));
}

/**
 * bma_broker_sign_out_finish:
 * @self: a broker
 * @result: what the callback got
 * @error: return location for a #BmaStoreError
 *
 * Returns: whether it is durable
 */
gboolean
bma_broker_sign_out_finish (BmaBroker *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
