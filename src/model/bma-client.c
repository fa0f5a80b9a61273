/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-client.h"

static const BmaRecordField fields[] = {
  BMA_STRING_FIELD (BmaClient, name),
  BMA_STRING_FIELD (BmaClient, client_uri),
  BMA_STRING_FIELD (BmaClient, logo_uri),
  BMA_STRINGS_FIELD (BmaClient, redirect_uris),
  BMA_STRINGS_FIELD (BmaClient, grant_types),
  BMA_STRING_FIELD (BmaClient, scope),
  BMA_STRING_FIELD (BmaClient, application_type),
  BMA_STRING_FIELD (BmaClient, origin),
  BMA_STRING_FIELD (BmaClient, auth_method),
  BMA_STRING_FIELD (BmaClient, secret_hash),
  BMA_STRING_FIELD (BmaClient, jwks),
  BMA_STRING_FIELD (BmaClient, jwks_uri),
  BMA_STRING_FIELD (BmaClient, management_hash),
  BMA_INTEGER_FIELD (BmaClient, fetched_at_s),
  BMA_INTEGER_FIELD (BmaClient, fresh_until_s),
  BMA_INTEGER_FIELD (BmaClient, created_at_s),
  BMA_INTEGER_FIELD (BmaClient, last_used_at_s),
};

const BmaRecordType bma_client_type = { "client", sizeof (BmaClient), fields,
                                        G_N_ELEMENTS (fields) };

/**
 * bma_client_has_grant_type:
 * @self: a client
 * @grant_type: RFC 6749 grant type
 *
 * Returns: whether the client registered for it
 */
gboolean
bma_client_has_grant_type (const BmaClient *self, const char *grant_type)
{
  return self->grant_types != NULL &&
         g_strv_contains ((const char *const *) self->grant_types, grant_type);
}

/**
 * bma_client_is_public:
 * @self: a client
 *
 * Returns: whether it has no credentials of its own (RFC 6749 section 2.1)
 */
gboolean
bma_client_is_public (const BmaClient *self)
{
  return self->auth_method == NULL ||
         g_str_equal (self->auth_method, BMA_CLIENT_AUTH_NONE);
}
