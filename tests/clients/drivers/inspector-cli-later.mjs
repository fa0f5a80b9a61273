// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The command line of the MCP Inspector, some time after the person signed in: its access token has
// really expired and it refreshes; the owner took the grant back and it asks the person.
import { check } from '../lib/check.mjs';
import { runDriver } from '../lib/driver.mjs';
import { InspectorCli } from '../lib/inspector-cli.mjs';
import { moveClock } from '../lib/moved-clock.mjs';

const DEFAULT_LIFETIME_S = 3600;
const AFTERWARDS_S = 120;

async function expired(cli) {
  moveClock(DEFAULT_LIFETIME_S + AFTERWARDS_S);
  await cli.echo();
  check(cli.browser.timesOpened === 1, 'it needed the person again');
  return { expired: true };
}

async function revoked(cli, driver) {
  await driver.owner.run('grants', 'revoke', '--all');
  await cli.echo({ mayAsk: true });
  check(cli.browser.timesOpened === 2, `the browser was opened ${cli.browser.timesOpened} times`);
  return { revoked: true };
}

const SCENARIOS = { expired, revoked };

await runDriver('inspector-cli-later', async (driver) => {
  const cli = await InspectorCli.prepare(driver);
  await cli.echo({ mayAsk: true });
  return { echo: true, ...(await SCENARIOS[driver.scenario](cli, driver)) };
});
