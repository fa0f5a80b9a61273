// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The MCP Inspector in stdio mode: it starts `biomcp-auth connect` as it starts any MCP server.
import { countPages } from '../lib/activated-service.mjs';
import { check, checkEchoed, checkTools, randomMessage } from '../lib/check.mjs';
import { runDriver } from '../lib/driver.mjs';
import { inspectorEnv, inspectorProgram } from '../lib/inspector.mjs';
import { Child } from '../lib/process.mjs';
import { STEP_MS } from '../lib/timeout.mjs';
import { turnSwitch } from '../lib/upstream-switch.mjs';

async function inspect(driver, ...args) {
  const bus = Object.entries(driver.desktop).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
  const child = new Child(process.execPath, [
    inspectorProgram(), '--cli', ...bus, '--transport', 'stdio', '--format', 'json', ...args,
    '--', 'biomcp-auth', 'connect',
  ], { env: inspectorEnv(driver, {}) });
  driver.defer(() => child.stop());
  const { code } = await child.waitForExit(2 * STEP_MS);
  check(code === 0, `inspector ended with ${code}: ${child.tail(3)}`);
  const { result, ...rest } = JSON.parse(child.stdout);
  return result ?? rest;
}

await runDriver('connect-inspector', async (driver) => {
  await turnSwitch('use/everything');
  const pages = countPages();
  const { tools } = await inspect(driver, '--method', 'tools/list');
  checkTools(tools.map(({ name }) => name));
  const message = randomMessage();
  const result = await inspect(
    driver, '--method', 'tools/call', '--tool-name', 'echo',
    '--tool-args-json', JSON.stringify({ message }));
  checkEchoed(result.content?.[0]?.text, message);
  check(countPages() - pages <= 1, 'the person was asked more than once');
  return { tools: tools.length, echo: true };
});
