// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// A program that only speaks stdio, and mcp-remote as its bridge to the MCP server.
import fs from 'node:fs';
import path from 'node:path';
import { check, checkEcho } from './check.mjs';
import { load, packageFile } from './packages.mjs';
import { STEP_MS, within } from './timeout.mjs';

const { Client } = load('clients', '@modelcontextprotocol/sdk/client/index.js');
const { StdioClientTransport } = load('clients', '@modelcontextprotocol/sdk/client/stdio.js');

export class Bridge {
  #client = new Client({ name: 'stdio-host', version: '1' });
  #browser;
  #stderr;
  log = '';

  static async open(driver, browser, args = []) {
    const bridge = Bridge.start(driver, browser, args);
    await bridge.connected;
    return bridge;
  }

  // args: further ones for mcp-remote.
  static start(driver, browser, args = []) {
    const bridge = new Bridge();
    bridge.#browser = browser;
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [
        packageFile('clients', 'mcp-remote', 'dist', 'proxy.js'), driver.mcpUrl.href, ...args,
      ],
      env: { ...process.env, ...browser.env },
      stderr: 'pipe',
    });
    bridge.#stderr = transport.stderr;
    bridge.#stderr.on('data', (chunk) => (bridge.log += chunk));
    bridge.connected = bridge.#watched(
      'connection through mcp-remote', bridge.#client.connect(transport));
    return bridge;
  }

  // Resolves with the match once mcp-remote has said it.
  async untilLogged(pattern) {
    let look;
    const seen = new Promise((resolve) => {
      look = () => {
        const match = this.log.match(pattern);
        if (match) resolve(match);
      };
      this.#stderr.on('data', look);
      look();
    });
    try {
      return await within(STEP_MS, `mcp-remote saying ${pattern}`, Promise.race([
        seen, this.connected.then(() => { throw new Error(`it never said ${pattern}`); }),
      ]));
    } finally {
      this.#stderr.off('data', look);
    }
  }

  async listTools() {
    return (await this.#client.listTools()).tools.map(({ name }) => name);
  }

  callTool = (name, args) =>
    this.#watched(`tool ${name}`, this.#client.callTool({ name, arguments: args }));

  echo() {
    return checkEcho(this.callTool);
  }

  // Closes its standard input, then signals it.
  async close() {
    await this.#client.close();
  }

  async #watched(what, work) {
    try {
      return await within(2 * STEP_MS, what, this.#browser.unlessItFails(work));
    } catch (error) {
      console.error(this.log);
      await this.#client.close();
      throw error;
    }
  }
}

// What mcp-remote keeps: { tokens, client_info, ... }
export function storedFile(kind) {
  const folder = process.env.MCP_REMOTE_CONFIG_DIR;
  const names = fs.readdirSync(folder, { recursive: true });
  const found = names.filter((name) => name.endsWith(`_${kind}.json`));
  check(found.length === 1, `mcp-remote keeps ${found.length} files of ${kind}: ${names}`);
  return path.join(folder, found[0]);
}

export function readStored(kind) {
  return JSON.parse(fs.readFileSync(storedFile(kind), 'utf8'));
}

// Waits until such a file is there and is as wanted.
export async function untilStored(kind, isWanted) {
  const folder = path.dirname(storedFile(kind));
  const isThere = () => {
    const name = fs.readdirSync(folder).find((entry) => entry.endsWith(`_${kind}.json`));
    const text = name ? fs.readFileSync(path.join(folder, name), 'utf8') : '';
    return text.endsWith('}') && isWanted(text);
  };
  const changes = fs.promises.watch(folder);
  if (isThere()) return;
  for await (const _ of changes) if (isThere()) return;
}
