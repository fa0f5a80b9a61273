/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-client.h"

#include <string.h>

#include "bma-text.h"

static const BmaRecordField fields[] = {
  BMA_STRING_FIELD (BmaClient, client_id),
  BMA_STRING_FIELD (BmaClient, name),
  BMA_STRING_FIELD (BmaClient, client_uri),
  BMA_STRING_FIELD (BmaClient, logo_uri),
  BMA_STRING_FIELD (BmaClient, tos_uri),
  BMA_STRING_FIELD (BmaClient, policy_uri),
  BMA_STRINGS_FIELD (BmaClient, contacts),
  BMA_STRING_FIELD (BmaClient, software_id),
  BMA_STRING_FIELD (BmaClient, software_version),
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
  BMA_INTEGER_FIELD (BmaClient, is_resource_server),
  BMA_INTEGER_FIELD (BmaClient, fetched_at_s),
  BMA_INTEGER_FIELD (BmaClient, fresh_until_s),
  BMA_INTEGER_FIELD (BmaClient, created_at_s),
  BMA_INTEGER_FIELD (BmaClient, last_used_at_s),
};

const BmaRecordType bma_client_type = { "client", sizeof (BmaClient), fields,
                                        G_N_ELEMENTS (fields) };

/**
 * bma_client_make_record_id:
 * @client_id: the id a request names
 *
 * Ids that we made are up to 63 hexadecimal digits and stay as they are; for all others,
 * such as URLs, the record has the SHA-256. So the two never meet.
 *
 * Returns: (transfer full): the id of the record
 */
char *
bma_client_make_record_id (const char *client_id)
{
  size_t length = strlen (client_id);

  if (length > 0 && length < 2 * BMA_SHA256_BYTES && bma_text_is_hex (client_id, length))
    return g_strdup (client_id);
  return bma_text_sha256_hex (client_id);
}

/**
 * bma_client_new:
 * @client_id: its client id
 *
 * Returns: (transfer full): a client of that id
 */
BmaClient *
bma_client_new (const char *client_id)
{
  g_autofree char *record_id = bma_client_make_record_id (client_id);
  BmaClient *self = bma_record_new (&bma_client_type, record_id);

  if (strcmp (record_id, client_id) != 0)
    self->client_id = g_strdup (client_id);
  return self;
}

/**
 * bma_client_get_id:
 * @self: a client
 *
 * Returns: (transfer none): its client id
 */
const char *
bma_client_get_id (const BmaClient *self)
{
  return self->client_id != NULL ? self->client_id : self->record.id;
}

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

/**
 * bma_client_is_by_owner:
 * @self: a client
 *
 * Returns: whether the owner vouches for it, and so for what stands in it
 */
gboolean
bma_client_is_by_owner (const BmaClient *self)
{
  return g_strcmp0 (self->origin, BMA_CLIENT_ORIGIN_CONFIGURED) == 0 ||
         g_strcmp0 (self->origin, BMA_CLIENT_ORIGIN_OWNER) == 0;
}
