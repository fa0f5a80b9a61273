/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bma-rpc.h"

#define MAX_BYTES (64 * 1024)

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* What is read of a message stays a message, on one line, when values of it give way. */
static void
check_rewritten (const BmaRpc *message)
{
  const BmaRpcEdit edits[] = {
    { message->id, "1" },
    { message->progress, "\"p\"" },
    { message->subscription, "3" },
    { message->cancelled, "4" },
  };
  g_autofree char *text = bma_rpc_rewrite (message, edits, G_N_ELEMENTS (edits));
  const char *problem = NULL;
  g_autoptr (GPtrArray) again = bma_rpc_parse (text, strlen (text), SIZE_MAX, &problem);
  const BmaRpc *same = NULL;

  if (strpbrk (text, "\r\n") != NULL || again == NULL || again->len != 1)
    abort ();
  same = again->pdata[0];
  if (same->kind != message->kind || g_strcmp0 (same->method, message->method) != 0 ||
      same->error_code != message->error_code)
    abort ();
  if ((message->id.length > 0) != bma_rpc_is_same (&same->id, "1"))
    abort ();
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const char *problem = NULL;
  g_autoptr (GPtrArray)
      messages = bma_rpc_parse ((const char *) data, size, MAX_BYTES, &problem);

  if ((messages == NULL) != (problem != NULL))
    abort ();
  for (unsigned int i = 0; messages != NULL && i < messages->len; i++)
    check_rewritten (messages->pdata[i]);
  return 0;
}
