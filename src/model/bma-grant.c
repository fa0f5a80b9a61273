/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-grant.h"

#include "bma-text.h"

#define ID_CHARS 32

static const BmaRecordField grant_fields[] = {
  BMA_STRING_FIELD (BmaGrant, kind),
  BMA_STRING_FIELD (BmaGrant, client_id),
  BMA_STRING_FIELD (BmaGrant, app_id),
  BMA_STRING_FIELD (BmaGrant, trust),
  BMA_STRING_FIELD (BmaGrant, subject_id),
  BMA_STRING_FIELD (BmaGrant, resource),
  BMA_STRINGS_FIELD (BmaGrant, scopes),
  BMA_STRINGS_FIELD (BmaGrant, redirect_uris),
  BMA_STRING_FIELD (BmaGrant, decision),
  BMA_STRING_FIELD (BmaGrant, caller),
  BMA_STRING_FIELD (BmaGrant, pairing_hash),
  BMA_INTEGER_FIELD (BmaGrant, created_at_s),
  BMA_INTEGER_FIELD (BmaGrant, last_used_at_s),
  BMA_INTEGER_FIELD (BmaGrant, n_uses),
  BMA_INTEGER_FIELD (BmaGrant, reused_at_s),
};

const BmaRecordType bma_grant_type = { "grant", sizeof (BmaGrant), grant_fields,
                                       G_N_ELEMENTS (grant_fields) };

static const BmaRecordField family_fields[] = {
  BMA_STRING_FIELD (BmaFamily, grant_id),
  BMA_STRING_FIELD (BmaFamily, resource),
  BMA_STRINGS_FIELD (BmaFamily, scopes),
  BMA_INTEGER_FIELD (BmaFamily, signed_in_at_s),
  BMA_INTEGER_FIELD (BmaFamily, created_at_s),
  BMA_INTEGER_FIELD (BmaFamily, expires_at_s),
};

const BmaRecordType bma_family_type = { "family", sizeof (BmaFamily), family_fields,
                                        G_N_ELEMENTS (family_fields) };

/**
 * bma_grant_make_id:
 * @kind: %BMA_GRANT_KIND_HTTP_CLIENT or %BMA_GRANT_KIND_DBUS_APP
 * @holder: client id, or app id with its level of proof
 * @subject_id: record id of the person
 * @resource: canonical resource
 *
 * Returns: (transfer full): the id of the grant between them
 */
char *
bma_grant_make_id (const char *kind,
                   const char *holder,
                   const char *subject_id,
                   const char *resource)
{
  g_autofree char *text = g_strjoin ("\n", kind, holder, subject_id, resource, NULL);
  char *id = bma_text_sha256_hex (text);

  id[ID_CHARS] = '\0';
  return id;
}
