// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Programs written with the MCP SDKs, some time after the person signed in:
//   expired  the access token has really expired; the SDK refreshes by itself
//   revoked  the owner took the grant back; the SDK asks for the person
//   removed  the owner removed the client; the SDK registers again and asks for the person
import { check } from '../lib/check.mjs';
import { runDriver } from '../lib/driver.mjs';
import { moveClock } from '../lib/moved-clock.mjs';
import { SdkProgram } from '../lib/sdk-program.mjs';
import { loadSdk } from '../lib/sdks.mjs';

const AFTERWARDS_S = 120;

function checkRefused(program) {
  const [refused] = program.traffic.find('POST', '/mcp', 401);
  check(refused, 'no call was answered with 401');
  check(
    refused.challenge?.includes('error="invalid_token"'), `the challenge is ${refused.challenge}`);
}

async function expired(program) {
  const before = program.tokens;
  check(before.expires_in > 0, `expires_in is ${before.expires_in}`);
  moveClock(before.expires_in + AFTERWARDS_S);
  await program.echo();
  checkRefused(program);
  const [refresh] = program.traffic.find('POST', '/token', 200);
  check(refresh?.body.includes('grant_type=refresh_token'), 'the SDK did not refresh');
  check(program.provider.authorizeUrl === null, 'the SDK wanted the person');
  check(program.tokens.access_token !== before.access_token, 'the access token is the old one');
  check(program.tokens.refresh_token !== before.refresh_token, 'the refresh token is the old one');
  return { expired: true };
}

// The person is asked, signs in, and the program works again with a connection of its own.
async function startOver(program, status) {
  check(await program.expectUnauthorized(() => program.echo()), 'the call was still allowed');
  checkRefused(program);
  check(program.traffic.find('POST', '/token', status).length > 0, `no ${status} from /token`);
  await program.signIn();
  await program.connect();
  await program.echo();
}

async function revoked(program, driver) {
  const clientId = program.provider.clientInformation().client_id;
  const grants = await driver.owner.grants();
  const [grant] = grants.filter((candidate) => candidate['client-id'] === clientId);
  check(grant, `no grant of ${clientId} among ${JSON.stringify(grants)}`);
  await driver.owner.run('grants', 'revoke', String(grant.id));
  await startOver(program, 400);
  check(program.provider.clientInformation().client_id === clientId, 'it registered again');
  return { revoked: true };
}

async function removed(program, driver) {
  const clientId = program.provider.clientInformation().client_id;
  await driver.owner.run('clients', 'remove', clientId);
  await startOver(program, 401);
  check(program.provider.clientInformation().client_id !== clientId, 'it did not register again');
  return { reregistered: true };
}

const SCENARIOS = { expired, revoked, removed };

await runDriver('sdk-later', async (driver) => {
  const program = await SdkProgram.start(driver, loadSdk(driver.client));
  await program.signInAndConnect();
  await program.echo();
  program.traffic.clear();
  return { echo: true, ...(await SCENARIOS[driver.scenario](program, driver)) };
});
