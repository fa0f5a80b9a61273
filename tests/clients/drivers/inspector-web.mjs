// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The web page of the MCP Inspector in Chromium: connects, is sent to sign in, comes back, runs
// echo; opened again with a spoiled access token, it does the same without the person.
import { randomUUID } from 'node:crypto';
import { ChromiumPerson, launchChromium } from '../lib/browser.mjs';
import { checkEchoed, randomMessage } from '../lib/check.mjs';
import { runDriver } from '../lib/driver.mjs';
import { inspectorEnv, inspectorProgram, inspectorStorage } from '../lib/inspector.mjs';
import { pressThrough } from '../lib/person.mjs';
import { Child } from '../lib/process.mjs';
import { freePort } from '../lib/servers.mjs';
import { spoilAccessTokens, waitUntilUnspoiled } from '../lib/stored-tokens.mjs';

async function startInspector(driver, apiToken) {
  const port = await freePort();
  const env = inspectorEnv(driver, {
    HOST: '127.0.0.1',
    CLIENT_PORT: String(port),
    MCP_SANDBOX_PORT: String(await freePort()),
    MCP_INSPECTOR_API_TOKEN: apiToken,
    MCP_AUTO_OPEN_ENABLED: 'false',
  });
  const child = new Child(process.execPath, [inspectorProgram(), '--web'], { env });
  driver.defer(() => child.stop());
  const url = `http://127.0.0.1:${port}/`;
  await child.waitForOutput(new RegExp(`http://(127\\.0\\.0\\.1|localhost):${port}`));
  return { url, child };
}

async function waitUntilConnected(page) {
  const connected = page.locator('[data-testid="connection-status"][data-status="connected"]');
  const failed = page.getByText(/needs attention/).first();
  await connected.or(failed).first().waitFor();
  if (await failed.isVisible()) throw new Error(`inspector: ${await failed.innerText()}`);
}

// Gives the number of tools.
async function runEcho(page) {
  const message = randomMessage();
  await page.getByText('Tools', { exact: true }).first().click();
  const heading = await page.getByRole('heading', { name: /^Tools \([1-9]/ }).innerText();
  await page.getByText('echo', { exact: true }).first().click();
  await page.getByRole('textbox', { name: /message/i }).first().fill(message);
  await page.getByRole('button', { name: 'Execute Tool', exact: true }).first().click();
  const result = page.getByText(/^Echo: /).first();
  checkEchoed((await result.innerText()).trim(), message);
  return Number(heading.match(/\d+/)[0]);
}

async function work(driver, person, inspectorUrl, apiToken) {
  const query = new URLSearchParams({
    serverUrl: driver.mcpUrl.href, transport: 'http', autoConnect: apiToken,
  });
  await person.visit(`${inspectorUrl}?${query}`);
  await pressThrough(person, inspectorUrl, driver.person);
  await person.arrive(inspectorUrl);
  await waitUntilConnected(person.page);
  const tools = await runEcho(person.page);

  spoilAccessTokens(inspectorStorage(driver));
  await person.visit(`${inspectorUrl}?${query}`);
  await waitUntilConnected(person.page);
  await runEcho(person.page);
  await waitUntilUnspoiled(inspectorStorage(driver));
  return { tools, echo: true, refreshed: true };
}

await runDriver('inspector-web', async (driver) => {
  const apiToken = randomUUID();
  const inspector = await startInspector(driver, apiToken);
  const browser = await launchChromium();
  driver.defer(() => browser.close());
  const person = await ChromiumPerson.in(browser);
  try {
    return await work(driver, person, inspector.url, apiToken);
  } catch (error) {
    console.error(inspector.child.tail(), await person.page.innerText('body').catch(() => ''));
    throw error;
  }
});
