// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// mcp-remote, some time after the person signed in:
//   expired  the access token has really expired; it refreshes by itself, still running
//   revoked  the owner took the grant back; it opens the browser again
//   removed  the owner removed the client; it registers again and opens the browser
//   stale    the same, when its tokens are lost as well: before it opens the browser it asks /authorize
//            whether it is still known, and registers again. Version 0.15.1 then waits for a sign-in
//            that it does not start; the person starts it again.
import fs from 'node:fs';
import { check } from '../lib/check.mjs';
import { DesktopBrowser } from '../lib/desktop-browser.mjs';
import { runDriver } from '../lib/driver.mjs';
import { Bridge, readStored, storedFile, untilStored } from '../lib/mcp-remote.mjs';
import { moveClock } from '../lib/moved-clock.mjs';
import { STEP_MS, within } from '../lib/timeout.mjs';

const AFTERWARDS_S = 120;

const clientId = () => readStored('client_info').client_id;

async function expired({ driver, browser }) {
  const bridge = await Bridge.open(driver, browser);
  await bridge.echo();
  const before = readStored('tokens');
  moveClock(before.expires_in + AFTERWARDS_S);
  await bridge.echo();
  await bridge.close();
  const after = readStored('tokens');
  check(after.access_token !== before.access_token, 'the access token is the old one');
  check(after.refresh_token !== before.refresh_token, 'the refresh token is the old one');
  check(browser.timesOpened === 1, 'it needed the person again');
  return { expired: true };
}

async function signInOnce({ driver, browser }) {
  const bridge = await Bridge.open(driver, browser);
  await bridge.echo();
  await bridge.close();
}

async function startOver(setting) {
  await signInOnce(setting);
  check(setting.browser.timesOpened === 2, `opened ${setting.browser.timesOpened} times`);
}

async function revoked(setting) {
  await signInOnce(setting);
  const id = clientId();
  const grants = await setting.driver.owner.grants();
  const [grant] = grants.filter((candidate) => candidate['client-id'] === id);
  await setting.driver.owner.run('grants', 'revoke', String(grant.id));
  await startOver(setting);
  return { revoked: true };
}

async function removed(setting) {
  await signInOnce(setting);
  const id = clientId();
  await setting.driver.owner.run('clients', 'remove', id);
  await startOver(setting);
  check(clientId() !== id, 'it did not register again');
  return { reregistered: true };
}

async function stale(setting) {
  await signInOnce(setting);
  const id = clientId();
  await setting.driver.owner.run('clients', 'remove', id);
  fs.rmSync(storedFile('tokens'));
  const bridge = Bridge.start(setting.driver, setting.browser);
  bridge.connected.catch(() => {});
  await within(STEP_MS, 'a new registration', untilStored('client_info', (text) =>
    JSON.parse(text).client_id !== id));
  await bridge.close();
  check(setting.browser.timesOpened === 1, 'the browser was opened for a client nobody knows');
  await startOver(setting);
  return { reregistered: true };
}

const SCENARIOS = { expired, revoked, removed, stale };

await runDriver('mcp-remote-later', async (driver) => {
  const setting = { driver, browser: new DesktopBrowser(driver) };
  return { echo: true, ...(await SCENARIOS[driver.scenario](setting)) };
});
