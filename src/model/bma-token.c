/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-token.h"

static const BmaRecordField fields[] = {
  BMA_STRING_FIELD (BmaToken, kind),          BMA_STRING_FIELD (BmaToken, family_id),
  BMA_STRING_FIELD (BmaToken, successor),     BMA_STRING_FIELD (BmaToken, salt),
  BMA_STRING_FIELD (BmaToken, predecessor),   BMA_INTEGER_FIELD (BmaToken, issued_at_s),
  BMA_INTEGER_FIELD (BmaToken, spent_at_s),   BMA_INTEGER_FIELD (BmaToken, n_repeats),
  BMA_INTEGER_FIELD (BmaToken, expires_at_s),
};

const BmaRecordType bma_token_type = { "token", sizeof (BmaToken), fields,
                                       G_N_ELEMENTS (fields) };
