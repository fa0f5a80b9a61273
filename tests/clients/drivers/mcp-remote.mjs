// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// mcp-remote: a program that only speaks stdio is bridged to the MCP server; twice, the second time
// with a spoiled access token and without a person.
import { check, checkTools } from '../lib/check.mjs';
import { DesktopBrowser } from '../lib/desktop-browser.mjs';
import { runDriver } from '../lib/driver.mjs';
import { Bridge } from '../lib/mcp-remote.mjs';
import { hasSpoiledTokens, spoilAccessTokens } from '../lib/stored-tokens.mjs';

async function useBridge(driver, browser) {
  const bridge = await Bridge.open(driver, browser);
  const tools = await bridge.listTools();
  checkTools(tools);
  await bridge.echo();
  await bridge.close();
  return tools.length;
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
