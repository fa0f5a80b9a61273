/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-login.h"

static const BmaRecordField fields[] = {
  BMA_STRING_FIELD (BmaLogin, client_id),
  BMA_STRING_FIELD (BmaLogin, redirect_uri),
  BMA_STRING_FIELD (BmaLogin, state),
  BMA_STRING_FIELD (BmaLogin, nonce),
  BMA_STRING_FIELD (BmaLogin, code_challenge),
  BMA_STRING_FIELD (BmaLogin, resource),
  BMA_STRINGS_FIELD (BmaLogin, scopes),
  BMA_STRING_FIELD (BmaLogin, cookie_hash),
  BMA_STRING_FIELD (BmaLogin, approval_id),
  BMA_STRING_FIELD (BmaLogin, decision),
  BMA_STRING_FIELD (BmaLogin, device_id),
  BMA_STRING_FIELD (BmaLogin, method),
  BMA_STRING_FIELD (BmaLogin, stage),
  BMA_STRING_FIELD (BmaLogin, reference),
  BMA_INTEGER_FIELD (BmaLogin, turn),
  BMA_INTEGER_FIELD (BmaLogin, n_sent),
  BMA_INTEGER_FIELD (BmaLogin, n_tries),
  BMA_INTEGER_FIELD (BmaLogin, finished_at_s),
  BMA_INTEGER_FIELD (BmaLogin, expires_at_s),
  BMA_INTEGER_FIELD (BmaLogin, wants_account),
  BMA_STRING_FIELD (BmaLogin, callback),
  BMA_INTEGER_FIELD (BmaLogin, is_owner),
};

const BmaRecordType bma_login_type = { "login", sizeof (BmaLogin), fields,
                                       G_N_ELEMENTS (fields) };
