// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// first-call.mjs FILE NAME: stands in for Claude Desktop. Reads its settings, starts the MCP server
// of that name as they say, with as little of the environment as it gives, and calls a tool.
import fs from 'node:fs';
import { checkEcho, checkTools } from './check.mjs';
import { load } from './packages.mjs';
import { STEP_MS, within } from './timeout.mjs';

const { Client } = load('clients', '@modelcontextprotocol/sdk/client/index.js');
const { StdioClientTransport } = load('clients', '@modelcontextprotocol/sdk/client/stdio.js');

const [file, name] = process.argv.slice(2);
const { command, args, env } = JSON.parse(fs.readFileSync(file, 'utf8')).mcpServers[name];
const client = new Client({ name: 'claude-ai', version: '1' });

await within(2 * STEP_MS, 'first call', (async () => {
  await client.connect(new StdioClientTransport({ command, args, env }));
  checkTools((await client.listTools()).tools.map((tool) => tool.name));
  await checkEcho((tool, values) => client.callTool({ name: tool, arguments: values }));
})());
await client.close();
