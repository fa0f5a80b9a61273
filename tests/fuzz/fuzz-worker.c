/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The files of a Cloudflare Worker: the first byte says which kind. */

#include "bma-cli-import.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes)
{
  g_autoptr (BmaCliWorker) worker = bma_cli_worker_new ();
  g_autoptr (BmaCliImport) plan = NULL;
  const char *text = (const char *) data + 1;

  if (n_bytes == 0 || !g_utf8_validate_len (text, n_bytes - 1, NULL))
    return 0;
  switch (*data)
    {
    case 't':
      bma_cli_worker_read_wrangler_toml (worker, text, n_bytes - 1, NULL, NULL);
      break;
    case 'j':
      bma_cli_worker_read_wrangler_json (worker, text, n_bytes - 1, NULL, NULL);
      break;
    default:
      bma_cli_worker_read_dev_vars (worker, text, n_bytes - 1, NULL);
    }
  plan = bma_cli_import_plan (worker);
  for (unsigned int i = 0; i < plan->entries->len; i++)
    {
      const BmaCliConfigEntry *entry = g_ptr_array_index (plan->entries, i);

      g_assert (*entry->group != '\0' && *entry->key != '\0');
    }
  return 0;
}
