// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// A service at which one tool needs more than the rest.

export const BASIC_SCOPE = 'mcp:read';
export const MORE_SCOPE = 'mcp:write';
export const GUARDED_TOOL = 'get-sum';

export const stepUpConfig = () =>
  `[resource]\nscopes=${BASIC_SCOPE};tools/call:${GUARDED_TOOL}=${MORE_SCOPE}\n`;
