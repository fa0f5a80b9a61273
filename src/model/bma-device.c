/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-device.h"

static const BmaRecordField fields[] = {
  BMA_STRING_FIELD (BmaDevice, client_id),
  BMA_STRING_FIELD (BmaDevice, user_code_hash),
  BMA_STRING_FIELD (BmaDevice, resource),
  BMA_STRINGS_FIELD (BmaDevice, scopes),
  BMA_STRING_FIELD (BmaDevice, state),
  BMA_STRING_FIELD (BmaDevice, grant_id),
  BMA_STRING_FIELD (BmaDevice, family_id),
  BMA_INTEGER_FIELD (BmaDevice, signed_in_at_s),
  BMA_INTEGER_FIELD (BmaDevice, interval_s),
  BMA_INTEGER_FIELD (BmaDevice, polled_at_s),
  BMA_INTEGER_FIELD (BmaDevice, created_at_s),
  BMA_INTEGER_FIELD (BmaDevice, expires_at_s),
};

const BmaRecordType bma_device_type = { "device", sizeof (BmaDevice), fields,
                                        G_N_ELEMENTS (fields) };
