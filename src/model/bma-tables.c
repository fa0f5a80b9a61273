/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-tables.h"

#include "bma-client.h"
#include "bma-code.h"
#include "bma-device.h"
#include "bma-grant.h"
#include "bma-login.h"
#include "bma-subject.h"
#include "bma-token.h"

const BmaRecordType *const bma_tables[BMA_N_TABLES] = {
  &bma_client_type, &bma_subject_type, &bma_grant_type, &bma_family_type,
  &bma_login_type,  &bma_code_type,    &bma_token_type, &bma_device_type,
};
