/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A form body: every field is found again by its name. */

#include "bma-form.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes)
{
  static const char *const names[] = { "a", "grant_type", "code", "" };
  g_autoptr (BmaForm) form = bma_form_parse ((const char *) data, n_bytes);

  if (form == NULL)
    return 0;
  g_assert (n_bytes <= BMA_FORM_MAX_BYTES);
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    {
      unsigned int n = bma_form_count (form, names[i]);

      g_assert (n <= BMA_FORM_MAX_FIELDS);
      g_assert ((n > 0) == (bma_form_get_at (form, names[i], 0) != NULL));
      g_assert (bma_form_get_at (form, names[i], n) == NULL);
      /* A parameter without a value counts as omitted. */
      if (bma_form_get (form, names[i]) != NULL)
        {
          const char *value = bma_form_get (form, names[i]);
          g_autoptr (GString) text = g_string_new (NULL);
          g_autoptr (BmaForm) again = NULL;

          g_assert (g_utf8_validate (value, -1, NULL));
          bma_form_append_pair (text, names[i], value);
          again = bma_form_parse (text->str, text->len);
          g_assert (again == NULL ||
                    g_strcmp0 (bma_form_get (again, names[i]), value) == 0);
        }
    }
  bma_form_find_repeated (form, "resource");
  return 0;
}
