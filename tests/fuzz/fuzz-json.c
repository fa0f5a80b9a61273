/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* JSON from outside: what our scanner lets through, the parser behind it takes as well.
 */

#include "bma-json-scan.h"

#include <json-glib/json-glib.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes)
{
  BmaJsonLimits limits = BMA_JSON_LIMITS_DEFAULT;
  const char *text = (const char *) data, *problem = NULL;
  g_autoptr (JsonParser) parser = NULL;
  g_autoptr (GError) error = NULL;

  if (!bma_json_scan (text, n_bytes, &limits, &problem))
    {
      g_assert (problem != NULL);
      return 0;
    }
  g_assert (n_bytes <= limits.max_bytes);
  parser = json_parser_new ();
  json_parser_load_from_data (parser, text, (gssize) n_bytes, &error);
  g_assert_no_error (error);
  g_assert (json_parser_get_root (parser) != NULL);
  return 0;
}
