/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-cli-mcp-client.h"

G_BEGIN_DECLS

/**
 * BmaCliMcpState:
 * @BMA_CLI_MCP_ABSENT: there is no entry of that name
 * @BMA_CLI_MCP_SAME: there is, and it says what ours does
 * @BMA_CLI_MCP_OTHER: there is, and it says something else
 *
 * How an entry of a client's settings compares with ours.
 */
typedef enum
{
  BMA_CLI_MCP_ABSENT,
  BMA_CLI_MCP_SAME,
  BMA_CLI_MCP_OTHER,
} BmaCliMcpState;

GVariant *bma_cli_mcp_entry_new_http (const BmaCliMcpClient *client,
                                      const char *url) G_GNUC_WARN_UNUSED_RESULT;
GVariant *bma_cli_mcp_entry_new_stdio (const BmaCliMcpClient *client,
                                       const char *const *command,
                                       const char *bus) G_GNUC_WARN_UNUSED_RESULT;
gboolean bma_cli_mcp_entry_compare (const BmaCliMcpClient *client,
                                    const char *name,
                                    const char *text,
                                    size_t length,
                                    GVariant *entry,
                                    BmaCliMcpState *state,
                                    char **written,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
char *bma_cli_mcp_entry_put (const BmaCliMcpClient *client,
                             const char *name,
                             const char *text,
                             size_t length,
                             GVariant *entry,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
char *bma_cli_mcp_entry_take_back (const BmaCliMcpClient *client,
                                   const char *name,
                                   const char *text,
                                   size_t length,
                                   const char *written,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
