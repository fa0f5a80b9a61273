// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// mcp-remote --device-code, on a machine without a browser: it prints a link, which the person opens
// elsewhere. When its token has expired it refreshes.
import { check } from '../lib/check.mjs';
import { DesktopBrowser } from '../lib/desktop-browser.mjs';
import { runDriver } from '../lib/driver.mjs';
import { Bridge } from '../lib/mcp-remote.mjs';
import { moveClock } from '../lib/moved-clock.mjs';
import { gatherPeople } from '../lib/person.mjs';

const LIFETIME_AND_MORE_S = 3720;

await runDriver('mcp-remote-device', async (driver) => {
  const people = await gatherPeople(driver.person.browser);
  driver.defer(() => people.close());
  const person = await people.person();
  const browser = new DesktopBrowser(driver);

  const bridge = Bridge.start(driver, browser, ['--device-code']);
  const [link] = await bridge.untilLogged(/http\S+\/device\?\S+/);
  await person.visit(link);
  await person.press('#continue');
  await person.press('#allow');
  await person.text('#message');
  await bridge.connected;
  await bridge.echo();
  moveClock(LIFETIME_AND_MORE_S);
  await bridge.echo();
  await bridge.close();
  check(browser.timesOpened === 0, 'it opened a browser');
  return { echo: true, expired: true };
});
