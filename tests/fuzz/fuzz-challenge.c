/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "bma-challenge.h"
#include "bma-scope.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* Whatever a server says, the advice names no scope that is not of this resource. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const char *const granted[] = { "mcp", NULL };
  g_autoptr (BmaConfig) config = bma_config_new ();
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_auto (BmaChallenge) challenge = { NULL };
  g_auto (GStrv) scopes = NULL;

  if (!bma_challenge_parse (text, &challenge))
    {
      g_assert_null (challenge.error);
      g_assert_null (challenge.scope);
      return 0;
    }
  (void) bma_challenge_decide (&challenge, granted, config, &scopes);
  g_assert_true (bma_scope_is_subset ((const char *const *) scopes, granted));
  return 0;
}
