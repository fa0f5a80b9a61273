/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-code.h"

static const BmaRecordField fields[] = {
  BMA_STRING_FIELD (BmaCode, client_id),       BMA_STRING_FIELD (BmaCode, redirect_uri),
  BMA_STRING_FIELD (BmaCode, code_challenge),  BMA_STRING_FIELD (BmaCode, nonce),
  BMA_STRING_FIELD (BmaCode, grant_id),        BMA_STRING_FIELD (BmaCode, family_id),
  BMA_STRING_FIELD (BmaCode, resource),        BMA_STRINGS_FIELD (BmaCode, scopes),
  BMA_INTEGER_FIELD (BmaCode, signed_in_at_s), BMA_INTEGER_FIELD (BmaCode, redeemed_at_s),
  BMA_INTEGER_FIELD (BmaCode, expires_at_s),
};

const BmaRecordType bma_code_type = { "code", sizeof (BmaCode), fields,
                                      G_N_ELEMENTS (fields) };
