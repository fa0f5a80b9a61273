// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The command line of the MCP Inspector: three runs that share its store. The first signs in, the
// others may not ask the person; before the last one the access token is spoiled.
import { check, checkEchoed, checkTools, randomMessage } from '../lib/check.mjs';
import { DesktopBrowser } from '../lib/desktop-browser.mjs';
import { runDriver } from '../lib/driver.mjs';
import { inspectorEnv, inspectorProgram, inspectorStorage } from '../lib/inspector.mjs';
import { Child } from '../lib/process.mjs';
import { freePort } from '../lib/servers.mjs';
import { hasSpoiledTokens, spoilAccessTokens } from '../lib/stored-tokens.mjs';
import { STEP_MS } from '../lib/timeout.mjs';

async function inspect(driver, env, args) {
  const server = ['--server-url', driver.mcpUrl.href, '--transport', 'http', '--format', 'json'];
  const child = new Child(
    process.execPath, [inspectorProgram(), '--cli', ...server, ...args], { env });
  driver.defer(() => child.stop());
  const { code } = await child.waitForExit(2 * STEP_MS);
  check(code === 0, `inspector ended with ${code}: ${child.tail(1)}`);
  const { result, ...rest } = JSON.parse(child.stdout);
  return result ?? rest;
}

function callEcho(message) {
  const args = JSON.stringify({ message });
  return ['--method', 'tools/call', '--tool-name', 'echo', '--tool-args-json', args];
}

await runDriver('inspector-cli', async (driver) => {
  const browser = new DesktopBrowser(driver);
  const env = inspectorEnv(driver, { ...browser.env, MCP_AUTO_OPEN_ENABLED: 'true' });
  const callbackUrl = `http://127.0.0.1:${await freePort()}/oauth/callback`;
  const withoutPerson = ['--stored-auth-only'];

  const listed = await browser.unlessItFails(
    inspect(driver, env, ['--callback-url', callbackUrl, '--method', 'tools/list']));
  checkTools(listed.tools.map(({ name }) => name));
  check(browser.timesOpened === 1, `the browser was opened ${browser.timesOpened} times`);

  const first = randomMessage();
  const called = await inspect(driver, env, [...withoutPerson, ...callEcho(first)]);
  checkEchoed(called.content?.[0]?.text, first);

  spoilAccessTokens(inspectorStorage(driver));
  const second = randomMessage();
  const again = await inspect(driver, env, [...withoutPerson, ...callEcho(second)]);
  checkEchoed(again.content?.[0]?.text, second);
  check(!hasSpoiledTokens(inspectorStorage(driver)), 'the new token was not stored');
  return { tools: listed.tools.length, echo: true, refreshed: true };
});
