// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// One tool needs a scope more than the others. A client that calls it is told so with 403, and what
// it does then is its own affair:
//   sdk2, mcp-remote  ask the person for all it takes together, and call again
//   sdk1              refreshes, which cannot give it more, and gives up; it goes on working
import { check } from '../lib/check.mjs';
import { DesktopBrowser } from '../lib/desktop-browser.mjs';
import { runDriver } from '../lib/driver.mjs';
import { Bridge, readStored } from '../lib/mcp-remote.mjs';
import { SdkProgram } from '../lib/sdk-program.mjs';
import { loadSdk } from '../lib/sdks.mjs';
import { BASIC_SCOPE, GUARDED_TOOL, MORE_SCOPE } from '../lib/step-up-rules.mjs';

const scopesOf = ({ scope }) => scope.split(' ').sort();

function checkScopes(tokens, expected) {
  const scopes = scopesOf(tokens).filter((scope) => scope !== 'offline_access');
  check(scopes.join(' ') === expected.sort().join(' '), `the token is good for ${scopes}`);
}

async function callGuarded(callTool) {
  const result = await callTool(GUARDED_TOOL, { a: 1, b: 2 });
  check(!result.isError && /3/.test(result.content[0].text), JSON.stringify(result));
}

function checkChallenge(program) {
  const [refused] = program.traffic.find('POST', '/mcp', 403);
  const challenge = refused?.challenge ?? '';
  check(challenge.includes('error="insufficient_scope"'), `the challenge is "${challenge}"`);
  const [, scope] = challenge.match(/scope="([^"]*)"/) ?? [];
  for (const wanted of [BASIC_SCOPE, MORE_SCOPE])
    check(scope?.split(' ').includes(wanted), `the challenge asks for "${scope}"`);
  check(challenge.includes('resource_metadata="'), 'the challenge names no metadata');
}

async function signInWithLess(driver, name) {
  const program = await SdkProgram.start(driver, loadSdk(name));
  await program.signInAndConnect();
  await program.echo();
  checkScopes(program.tokens, [BASIC_SCOPE]);
  program.traffic.clear();
  return program;
}

async function sdk2(driver) {
  const program = await signInWithLess(driver, 'sdk2');
  const error = await program.expectUnauthorized(() => callGuarded(program.callTool));
  check(error, 'the call was allowed without the scope');
  checkChallenge(program);
  const asked = program.provider.authorizeUrl.searchParams.get('scope').split(' ');
  for (const scope of [BASIC_SCOPE, MORE_SCOPE])
    check(asked.includes(scope), `it asks the person for ${asked}`);
  await program.signIn();
  await callGuarded(program.callTool);
  checkScopes(program.tokens, [BASIC_SCOPE, MORE_SCOPE]);
  await program.echo();
  return { steppedUp: true };
}

async function sdk1(driver) {
  const program = await signInWithLess(driver, 'sdk1');
  const error = await callGuarded(program.callTool).then(() => null, (e) => e);
  check(error, 'the call was allowed without the scope');
  checkChallenge(program);
  check(program.provider.authorizeUrl === null, 'it asks the person: say so in the README');
  checkScopes(program.tokens, [BASIC_SCOPE]);
  await program.echo();
  return { gaveUp: true };
}

async function mcpRemote(driver) {
  const browser = new DesktopBrowser(driver);
  const bridge = await Bridge.open(driver, browser);
  await bridge.echo();
  checkScopes(readStored('tokens'), [BASIC_SCOPE]);
  await callGuarded(bridge.callTool);
  check(browser.timesOpened === 2, `the browser was opened ${browser.timesOpened} times`);
  checkScopes(readStored('tokens'), [BASIC_SCOPE, MORE_SCOPE]);
  await bridge.echo();
  await bridge.close();
  return { steppedUp: true };
}

const CLIENTS = { sdk1, sdk2, 'mcp-remote': mcpRemote };

await runDriver('step-up', async (driver) => ({
  echo: true, ...(await CLIENTS[driver.client](driver)),
}));
