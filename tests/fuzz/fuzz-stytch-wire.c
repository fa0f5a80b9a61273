/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What Stytch answers: three digits of status, a line break, a body. Either a person or
 * a mail with a usable id comes out, or one of our errors that repeats nothing of the
 * body but a type and a request id. */

#include "bma-stytch-wire.h"

#include <stdint.h>
#include <string.h>

#include "bma-text.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes);

static void
check_identity (const BmaIdentity *identity)
{
  g_assert (identity->sub != NULL && *identity->sub != '\0');
  g_assert (bma_text_is_nqschar (identity->sub));
  g_assert (identity->name == NULL || *identity->name != '\0');
  g_assert (identity->name == NULL || g_utf8_validate (identity->name, -1, NULL));
  g_assert (identity->email == NULL || strchr (identity->email, '@') != NULL);
  g_assert (identity->email == NULL || strpbrk (identity->email, " \r\n\t") == NULL);
}

static void
check_error (const GError *error)
{
  g_assert (error->domain == BMA_IDENTITY_ERROR);
  g_assert (error->code >= 0 && error->code < (int) BMA_IDENTITY_N_ERRORS);
  g_assert (g_utf8_validate (error->message, -1, NULL));
  g_assert (strlen (error->message) < 600);
  g_assert (strpbrk (error->message, "\r\n\"<") == NULL);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes)
{
  const char *text = (const char *) data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) check_failure = NULL;
  g_autoptr (GError) sent_failure = NULL;
  g_autoptr (BmaIdentity) identity = NULL;
  g_autofree char *method_id = NULL;
  unsigned int status = 0;

  if (n_bytes < 4 || text[3] != '\n')
    return 0;
  for (int i = 0; i < 3; i++)
    status = status * 10 + (unsigned int) (data[i] - 48u) % 10;
  identity = bma_stytch_wire_read_identity (status, text + 4, n_bytes - 4, &error);
  g_assert ((identity == NULL) == (error != NULL));
  if (identity != NULL)
    check_identity (identity);
  else
    check_error (error);
  if (!bma_stytch_wire_read_whoami (status, text + 4, n_bytes - 4, "project-test-1",
                                    &check_failure))
    check_error (check_failure);
  method_id = bma_stytch_wire_read_sent (status, text + 4, n_bytes - 4, &sent_failure);
  if (method_id == NULL)
    check_error (sent_failure);
  else
    g_assert (*method_id != '\0' && bma_text_is_nqschar (method_id));
  return 0;
}
