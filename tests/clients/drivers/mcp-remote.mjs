// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// mcp-remote: a program that only speaks stdio is bridged to the MCP server; twice, the second time
// with a spoiled access token and without a person.
import { check, checkEcho, checkTools } from '../lib/check.mjs';
import { DesktopBrowser } from '../lib/desktop-browser.mjs';
import { runDriver } from '../lib/driver.mjs';
import { load, packageFile } from '../lib/packages.mjs';
import { hasSpoiledTokens, spoilAccessTokens } from '../lib/stored-tokens.mjs';
import { STEP_MS, within } from '../lib/timeout.mjs';

const { Client } = load('clients', '@modelcontextprotocol/sdk/client/index.js');
const { StdioClientTransport } = load('clients', '@modelcontextprotocol/sdk/client/stdio.js');

async function useBridge(driver, browser) {
  let log = '';
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [packageFile('clients', 'mcp-remote', 'dist', 'proxy.js'), driver.mcpUrl.href],
    env: { ...process.env, ...browser.env },
    stderr: 'pipe',
  });
  transport.stderr.on('data', (chunk) => (log += chunk));
  const client = new Client({ name: 'stdio-host', version: '1' });
  try {
    await within(
      2 * STEP_MS, 'connection through mcp-remote',
      browser.unlessItFails(client.connect(transport)));
    const tools = (await client.listTools()).tools.map(({ name }) => name);
    checkTools(tools);
    await checkEcho((name, args) => client.callTool({ name, arguments: args }));
    return tools.length;
  } catch (error) {
    console.error(log);
    throw error;
  } finally {
    // Closes its standard input, then signals it.
    await client.close();
  }
}

await runDriver('mcp-remote', async (driver) => {
  const browser = new DesktopBrowser(driver);
  const tools = await useBridge(driver, browser);
  check(browser.timesOpened === 1, `the browser was opened ${browser.timesOpened} times`);

  spoilAccessTokens(process.env.MCP_REMOTE_CONFIG_DIR);
  await useBridge(driver, browser);
  check(browser.timesOpened === 1, 'the second run needed the person again');
  check(!hasSpoiledTokens(process.env.MCP_REMOTE_CONFIG_DIR), 'the new token was not stored');
  return { tools, echo: true, refreshed: true };
});
