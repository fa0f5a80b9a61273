/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>
#include <stddef.h>

G_BEGIN_DECLS

/* JSON-RPC 2.0 section 5.1, and HEADER_MISMATCH of MCP 2026-07-28. */
#define BMA_MCP_PARSE_ERROR     (-32700)
#define BMA_MCP_INVALID_REQUEST (-32600)
#define BMA_MCP_HEADER_MISMATCH (-32020)

/**
 * BmaMcpMessage:
 *
 * What decides about a JSON-RPC message: its method, and what it is about.
 */
typedef struct
{
  char *method;             /* owned, nullable: a response has none */
  char *name;               /* owned, nullable: of a tool, prompt, resource or task */
  char *version;            /* owned, nullable: the protocol version in `_meta` */
  char *id;                 /* owned, nullable: as JSON, to be repeated in an error */
  gboolean has_name_header; /* Mcp-Name mirrors the name */
} BmaMcpMessage;

/**
 * BmaMcpProblem:
 * @code: of JSON-RPC; 0 for none
 * @message: (nullable): a static text
 *
 * Why a body is refused.
 */
typedef struct
{
  int code;
  const char *message; /* static */
} BmaMcpProblem;

void bma_mcp_message_free (BmaMcpMessage *self);
GPtrArray *bma_mcp_message_parse (const char *body,
                                  size_t length,
                                  size_t max_bytes,
                                  BmaMcpProblem *problem) G_GNUC_WARN_UNUSED_RESULT;
BmaMcpProblem bma_mcp_message_check_headers (const GPtrArray *messages,
                                             const char *method,
                                             const char *name,
                                             const char *version);
char *bma_mcp_message_make_error (const GPtrArray *messages,
                                  BmaMcpProblem problem) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
