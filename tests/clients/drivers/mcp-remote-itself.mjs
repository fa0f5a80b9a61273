// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// mcp-remote with the credentials of a client that the owner made to act for itself: no person, no
// browser, also when its token has expired; nothing once the owner has removed the client.
import fs from 'node:fs';
import path from 'node:path';
import { check } from '../lib/check.mjs';
import { DesktopBrowser } from '../lib/desktop-browser.mjs';
import { runDriver } from '../lib/driver.mjs';
import { Bridge } from '../lib/mcp-remote.mjs';
import { moveClock } from '../lib/moved-clock.mjs';

const LIFETIME_AND_MORE_S = 3720;

async function isKeptOut(driver, browser, args) {
  const bridge = Bridge.start(driver, browser, args);
  try {
    await bridge.connected;
    await bridge.close();
    return false;
  } catch {
    return true;
  }
}

await runDriver('mcp-remote-itself', async (driver) => {
  const made = await driver.owner.run('clients', 'add', '--name', 'unattended');
  const file = path.join(driver.home, 'client.json');
  const { 'client-id': client_id, 'client-secret': client_secret } = made;
  fs.writeFileSync(file, JSON.stringify({ client_id, client_secret }), { mode: 0o600 });
  const args = ['--client-credentials', '--static-oauth-client-info', `@${file}`];

  const browser = new DesktopBrowser(driver);
  const bridge = await Bridge.open(driver, browser, args);
  await bridge.echo();
  moveClock(LIFETIME_AND_MORE_S);
  await bridge.echo();
  await bridge.close();
  await driver.owner.run('clients', 'remove', client_id);
  check(await isKeptOut(driver, browser, args), 'a removed client was let in');
  check(browser.timesOpened === 0, 'a person was asked');
  return { echo: true, expired: true, unattended: true };
});
