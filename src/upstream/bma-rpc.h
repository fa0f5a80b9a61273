/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <stdint.h>

#include "bma-json-peek.h"

G_BEGIN_DECLS

/**
 * BmaRpcKind:
 * @BMA_RPC_REQUEST: wants an answer
 * @BMA_RPC_NOTIFICATION: wants none
 * @BMA_RPC_RESPONSE: is an answer
 *
 * What a JSON-RPC message is.
 */
typedef enum
{
  BMA_RPC_REQUEST,
  BMA_RPC_NOTIFICATION,
  BMA_RPC_RESPONSE,
} BmaRpcKind;

/**
 * BmaRpc:
 *
 * One JSON-RPC message on a line of its own, and where in it is what leads it to whom it
 * belongs.
 */
typedef struct
{
  BmaRpcKind kind;
  char *text;               /* owned: without line breaks */
  char *method;             /* owned, nullable: a response has none */
  BmaJsonPeek id;           /* in text; zeroed for a notification */
  BmaJsonPeek progress;     /* in text, or zeroed: the progress token */
  BmaJsonPeek subscription; /* in text, or zeroed: the request that subscribed */
  BmaJsonPeek cancelled;    /* in text, or zeroed: the request that is cancelled */
  int64_t error_code;       /* of a response; 0 for none */
  char *version;            /* owned, nullable: what an answer to `initialize` settles */
} BmaRpc;

/**
 * BmaRpcEdit:
 * @at: a value in the text; zeroed for none
 * @with: what to put there, JSON
 *
 * A value of a message that gives way to another.
 */
typedef struct
{
  BmaJsonPeek at;
  const char *with; /* not owned */
} BmaRpcEdit;

GPtrArray *bma_rpc_parse (const char *text,
                          size_t length,
                          size_t max_bytes,
                          const char **problem) G_GNUC_WARN_UNUSED_RESULT;
void bma_rpc_free (BmaRpc *self);
char *bma_rpc_rewrite (const BmaRpc *self,
                       const BmaRpcEdit *edits,
                       size_t n_edits) G_GNUC_WARN_UNUSED_RESULT;
gboolean bma_rpc_read_number (const BmaJsonPeek *value, int64_t *number);
gboolean bma_rpc_is_same (const BmaJsonPeek *value, const char *text);

G_END_DECLS
