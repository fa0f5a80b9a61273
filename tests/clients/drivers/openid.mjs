// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Signing in with an OpenID provider: whether the right person comes out, also one who wants to be
// somebody else, and what a refusal does.
import { check } from '../lib/check.mjs';
import { runDriver } from '../lib/driver.mjs';
import { approve, gatherPeople } from '../lib/person.mjs';
import { StrictClient } from '../lib/strict-client.mjs';

// Without it the service would answer at once in the name of whoever signed in last.
const AT_THE_PROVIDER = { prompt: 'login' };

function subjectOf(accessToken) {
  const [, payload] = accessToken.split('.');
  return JSON.parse(Buffer.from(payload, 'base64url')).sub;
}

async function standAtTheProvider(driver, client, person) {
  const login = await client.begin(AT_THE_PROVIDER);
  await approve(person, login.url, { ...driver.person, presses: ['#allow'] });
  return login;
}

async function signInAs(driver, client, person, name) {
  const login = await standAtTheProvider(driver, client, person);
  await person.type('#user', name);
  await person.press('#sign-in');
  await person.arrive(client.callback.redirectUri);
  const { access_token: accessToken } = await login.finish();
  check(subjectOf(accessToken) === name, `${name} came out as ${subjectOf(accessToken)}`);
  return client.useServer(accessToken);
}

// The provider remembers Alice's browser, and asks her all the same.
async function accounts(driver, people) {
  const client = await StrictClient.register(driver, 'openid accounts');
  const alice = await people.person();
  await signInAs(driver, client, alice, 'alice');
  await signInAs(driver, client, await people.person(), 'bob');
  const tools = await signInAs(driver, client, alice, 'alice');
  return { tools };
}

// The client is told, and the same person can start again.
async function refusal(driver, people) {
  const client = await StrictClient.register(driver, 'openid refusal');
  const person = await people.person();
  const login = await standAtTheProvider(driver, client, person);
  await person.press('#refuse');
  await person.arrive(client.callback.redirectUri);
  const error = await login.finish().then(() => null, (reason) => reason);
  check(error?.error === 'access_denied', `the client was told ${error?.error ?? error}`);
  const tools = await signInAs(driver, client, await people.person(), 'bob');
  return { tools };
}

const SCENARIOS = { accounts, refusal };

await runDriver('openid', async (driver) => {
  const scenario = SCENARIOS[driver.scenario];
  check(scenario, `--scenario is one of ${Object.keys(SCENARIOS).join(', ')}`);
  const people = await gatherPeople(driver.person.browser);
  driver.defer(() => people.close());
  return { scenario: driver.scenario, ...(await scenario(driver, people)), echo: true };
});
