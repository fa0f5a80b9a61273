// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The MCP Inspector 2.x keeps everything below the folder of the driver.
import path from 'node:path';
import { packageFile } from './packages.mjs';

export function inspectorProgram() {
  return packageFile(
    'inspector', '@modelcontextprotocol/inspector', 'clients', 'launcher', 'build', 'index.js');
}

export function inspectorStorage(driver) {
  return path.join(driver.home, 'inspector');
}

export function inspectorEnv(driver, extra) {
  return {
    ...process.env,
    MCP_STORAGE_DIR: inspectorStorage(driver),
    MCP_CATALOG_PATH: path.join(driver.home, 'mcp.json'),
    MCP_INSPECTOR_SECRET_STORE: 'file',
    ...extra,
  };
}
