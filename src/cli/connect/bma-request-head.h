/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

#include "bma-message.h"

G_BEGIN_DECLS

/**
 * BmaRequestHead:
 * @method: POST, GET or DELETE
 * @host: for the header Host
 * @target: path and query
 * @session_id: of the session, if there is one
 * @version: the protocol version, once there is one
 * @last_event_id: where a stream has to go on
 * @message: what is sent with POST
 * @fields: further header fields, each with its end
 *
 * What a request to the MCP server says.
 */
typedef struct
{
  const char *method;
  const char *host;
  const char *target;
  const char *session_id;    /* nullable */
  const char *version;       /* nullable */
  const char *last_event_id; /* nullable */
  const BmaMessage *message; /* nullable */
  const char *fields;        /* nullable */
} BmaRequestHead;

GBytes *
bma_request_head_make_request (const BmaRequestHead *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
