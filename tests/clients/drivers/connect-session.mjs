// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// A session of half an hour and more through `biomcp-auth connect`, in which everything behind it
// fails once, and of which the program notices nothing. The clock of the service goes a minute
// forward after each round; a token would be good for ten.
import { countPages, signalService } from '../lib/activated-service.mjs';
import { check } from '../lib/check.mjs';
import { runDriver } from '../lib/driver.mjs';
import { moveClock } from '../lib/moved-clock.mjs';
import { StdioHost } from '../lib/stdio-host.mjs';
import { turnSwitch } from '../lib/upstream-switch.mjs';

const MINUTES = 32;
const LONG_TOOL = 'trigger-long-running-operation';

// Starts what takes a while, and has something happen after its first sign of life.
async function amidst(host, happens) {
  let moved;
  const begun = new Promise((resolve) => (moved = resolve));
  const work = host.call(LONG_TOOL, { duration: 2, steps: 8 }, {
    onprogress: moved, resetTimeoutOnProgress: true,
  });
  work.catch(() => {});
  await begun;
  await happens();
  const result = await work;
  check(/completed/i.test(result.content[0].text), `it said ${result.content[0].text}`);
}

// Minute of the session: what happens then.
const EVENTS = {
  3: () => signalService('SIGTERM'),
  6: () => signalService('SIGKILL'),
  9: (host) => amidst(host, () => signalService('SIGTERM')),
  12: async (host) => {
    await turnSwitch('cut');
    const called = host.echo();
    called.catch(() => {});
    await new Promise((resolve) => setImmediate(resolve));
    await turnSwitch('mend');
    await called;
  },
  15: (host) => amidst(host, async () => {
    await turnSwitch('cut');
    await turnSwitch('mend');
  }),
  // The MCP server starts anew and knows no session.
  18: () => turnSwitch('use/again'),
  21: async (host) => {
    await signalService('SIGKILL');
    await turnSwitch('use/everything');
    await host.listTools();
  },
};

await runDriver('connect-session', async (driver) => {
  await turnSwitch('use/everything');
  const pages = countPages();
  const host = await StdioHost.start(driver.client, driver.desktop);
  const { pid } = host;
  let calls = 0;
  for (let minute = 1; minute <= MINUTES; minute++) {
    await EVENTS[minute]?.(host);
    await host.echo();
    calls++;
    moveClock(60);
  }
  check(host.troubles.length === 0, `the program noticed: ${host.troubles.join('; ')}`);
  check(host.pid === pid, 'the program started it again');
  await host.close();
  const asked = countPages() - pages;
  check(asked <= 1, `the person was asked ${asked} times`);
  return { calls };
});
