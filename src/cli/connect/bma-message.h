/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>
#include <stddef.h>

#include "bma-json-peek.h"

G_BEGIN_DECLS

/* JSON-RPC 2.0, section 5.1, and what MCP servers use for everything else. */
#define BMA_MESSAGE_PARSE_ERROR     (-32700)
#define BMA_MESSAGE_INVALID_REQUEST (-32600)
#define BMA_MESSAGE_FAILED          (-32000)

/* The longest message in either direction. */
#define BMA_MESSAGE_MAX_BYTES (4 * 1024 * 1024)

/**
 * BmaMessageKind:
 * @BMA_MESSAGE_REQUEST: wants an answer
 * @BMA_MESSAGE_NOTIFICATION: does not
 * @BMA_MESSAGE_RESPONSE: is an answer
 *
 * What a JSON-RPC message is.
 */
typedef enum
{
  BMA_MESSAGE_REQUEST,
  BMA_MESSAGE_NOTIFICATION,
  BMA_MESSAGE_RESPONSE,
} BmaMessageKind;

/**
 * BmaMessage:
 * @text: the message, on one line
 * @length: its length in bytes
 * @id: the id as JSON; %NULL for a notification, "null" if it is null
 * @key: the id so that equal ids are equal texts
 * @method: %NULL for a response
 * @name: what Mcp-Name says
 * @version: the protocol version in `_meta`, which only MCP 2026-07-28 and later has
 * there
 * @cancels: key of the request that this notification cancels
 *
 * A JSON-RPC message, passed on as it came.
 */
typedef struct
{
  BmaMessageKind kind;
  char *text; /* owned */
  size_t length;
  char *id;      /* owned, nullable */
  char *key;     /* owned, nullable */
  char *method;  /* owned, nullable */
  char *name;    /* owned, nullable */
  char *version; /* owned, nullable */
  char *cancels; /* owned, nullable */
} BmaMessage;

BmaMessage *bma_message_parse (const char *text,
                               size_t length,
                               int *code,
                               const char **problem) G_GNUC_WARN_UNUSED_RESULT;
void bma_message_free (BmaMessage *self);
BmaJsonPeek bma_message_find (const BmaMessage *self, const char *const *path);
gboolean bma_message_is (const BmaMessage *self, const char *method);
gboolean bma_message_may_repeat (const BmaMessage *self);
char *bma_message_make_error (const char *id,
                              int code,
                              const char *message) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaMessage, bma_message_free)

G_END_DECLS
