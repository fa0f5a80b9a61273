/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-subject.h"

#include "bma-text.h"

static const BmaRecordField fields[] = {
  BMA_STRING_FIELD (BmaSubject, provider),
  BMA_STRING_FIELD (BmaSubject, sub),
  BMA_STRING_FIELD (BmaSubject, name),
  BMA_STRING_FIELD (BmaSubject, email),
  BMA_INTEGER_FIELD (BmaSubject, signed_in_at_s),
  BMA_INTEGER_FIELD (BmaSubject, signed_out_at_s),
};

const BmaRecordType bma_subject_type = { "subject", sizeof (BmaSubject), fields,
                                         G_N_ELEMENTS (fields) };

/**
 * bma_subject_make_id:
 * @provider: name of the identity provider
 * @sub: the person's identifier there
 *
 * Returns: (transfer full): the id of that person's record
 */
char *
bma_subject_make_id (const char *provider, const char *sub)
{
  g_autofree char *text = g_strconcat (provider, "\n", sub, NULL);

  return bma_text_sha256_hex (text);
}

/**
 * bma_subject_get_label:
 * @self: a person
 *
 * Returns: (transfer none): what to call them: address, name or identifier
 */
const char *
bma_subject_get_label (const BmaSubject *self)
{
  if (self->email != NULL)
    return self->email;
  return self->name != NULL ? self->name : self->sub;
}
