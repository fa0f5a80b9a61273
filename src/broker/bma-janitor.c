/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-janitor.h"

#include "bma-client-sweep.h"
#include "bma-code.h"
#include "bma-device.h"
#include "bma-grant.h"
#include "bma-login.h"
#include "bma-token-grant.h"

static int64_t
get_expiry_s (const BmaRecord *record)
{
  if (record->type == &bma_login_type)
    return ((const BmaLogin *) record)->expires_at_s;
  if (record->type == &bma_code_type)
    return ((const BmaCode *) record)->expires_at_s;
  if (record->type == &bma_token_type)
    return ((const BmaToken *) record)->expires_at_s;
  if (record->type == &bma_device_type)
    return ((const BmaDevice *) record)->expires_at_s;
  return ((const BmaFamily *) record)->expires_at_s;
}

/* A token or family whose parent is gone is good for nothing any more. */
static gboolean
is_orphan (BmaStore *store, const BmaRecord *record)
{
  if (record->type == &bma_token_type)
    {
      const char *family_id = ((const BmaToken *) record)->family_id;

      return family_id != NULL &&
             bma_store_lookup (store, &bma_family_type, family_id) == NULL;
    }
  if (record->type == &bma_family_type)
    return bma_store_lookup (store, &bma_grant_type,
                             ((const BmaFamily *) record)->grant_id) == NULL;
  return FALSE;
}

/* After the grace the successor of a refresh token is not made again. */
static void
forget_salt (BmaChange *change, const BmaToken *token, int64_t now_s)
{
  BmaToken *copy = NULL;

  if (token->salt == NULL || now_s - token->spent_at_s <= BMA_REFRESH_GRACE_S)
    return;
  copy = bma_record_copy (token);
  g_clear_pointer (&copy->salt, g_free);
  bma_change_put_take (change, copy);
}

/**
 * bma_janitor_sweep:
 * @store: a store
 * @now_s: time
 *
 * Deletes what has expired: logins, devices, codes, tokens and token families, and
 * clients that nobody allowed anything. Redeemed codes and spent tokens stay until they
 * expire, so that a second use is recognised.
 *
 * Returns: how many records were deleted or cut
 */
unsigned int
bma_janitor_sweep (BmaStore *store, int64_t now_s)
{
  static const BmaRecordType *const types[] = { &bma_login_type, &bma_code_type,
                                                &bma_token_type, &bma_family_type,
                                                &bma_device_type };
  g_autoptr (BmaChange) change = bma_change_new ();

  for (size_t i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr (GPtrArray) records = bma_store_list (store, types[i]);

      for (unsigned int j = 0;
           j < records->len && bma_change_get_n_ops (change) < BMA_JANITOR_MAX_SWEPT; j++)
        {
          const BmaRecord *record = g_ptr_array_index (records, j);

          if (get_expiry_s (record) <= now_s || is_orphan (store, record))
            bma_change_delete (change, record->type, record->id);
          else if (record->type == &bma_token_type)
            forget_salt (change, (const BmaToken *) record, now_s);
        }
    }
  bma_client_sweep (store, change, BMA_JANITOR_MAX_SWEPT, now_s);
  if (bma_change_get_n_ops (change) > 0)
    bma_store_apply_lazily (store, change);
  return bma_change_get_n_ops (change);
}
