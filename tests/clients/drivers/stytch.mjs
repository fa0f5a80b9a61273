// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Signing in with Stytch: whether the right person comes out, what a refusal does, and whether two
// logins at once stay apart. --scenario new, existing, refusal or together.
import { check } from '../lib/check.mjs';
import { runDriver } from '../lib/driver.mjs';
import { approve, gatherPeople } from '../lib/person.mjs';
import { StrictClient } from '../lib/strict-client.mjs';

const AS_EXISTING = ['#allow', '#approve-existing'];
const AS_NEW = ['#allow', '#approve-new'];

// Without it the service would answer at once in the name of whoever signed in last.
const AT_THE_PROVIDER = { prompt: 'login' };

function subjectOf(accessToken) {
  const [, payload] = accessToken.split('.');
  const { sub } = JSON.parse(Buffer.from(payload, 'base64url'));
  check(typeof sub === 'string' && sub !== '', 'the access token names nobody');
  return sub;
}

// Gives the subject that came out, after using the server in its name.
async function finish(client, login) {
  const { access_token: accessToken } = await login.finish();
  const tools = await client.useServer(accessToken);
  return { subject: subjectOf(accessToken), tools };
}

async function signInAs(driver, client, person, presses) {
  const login = await client.begin(AT_THE_PROVIDER);
  await approve(person, login.url, { ...driver.person, presses });
  await person.arrive(client.callback.redirectUri);
  return finish(client, login);
}

async function newUser(driver, people) {
  const client = await StrictClient.register(driver, 'stytch new user');
  const known = await signInAs(driver, client, await people.person(), AS_EXISTING);
  const unknown = await signInAs(driver, client, await people.person(), AS_NEW);
  check(unknown.subject !== known.subject, `the new user became ${known.subject}`);
  return { tools: unknown.tools };
}

async function existingUser(driver, people) {
  const client = await StrictClient.register(driver, 'stytch existing user');
  const first = await signInAs(driver, client, await people.person(), AS_EXISTING);
  const second = await signInAs(driver, client, await people.person(), AS_EXISTING);
  check(first.subject === second.subject, `one user: ${first.subject}, ${second.subject}`);
  return { tools: second.tools };
}

// Stytch shows a page of its own and never comes back; the same person tries again.
async function refusal(driver, people) {
  const client = await StrictClient.register(driver, 'stytch refusal');
  const person = await people.person();
  const refused = await client.begin(AT_THE_PROVIDER);
  await approve(person, refused.url, { ...driver.person, presses: ['#allow', '#refuse'] });
  const page = await person.errorPage();
  check(page.status === 400, `the refusal is answered with ${page.status}`);
  check(page.contentType.startsWith('application/json'), `the refusal is ${page.contentType}`);
  check(JSON.parse(page.text).status_code === 400, `the refusal says ${page.text}`);
  check(client.callback.count === 0, 'the refusal came back to the client');

  // The address the client gave still stands in the person's history.
  await approve(person, refused.url, { ...driver.person, presses: AS_EXISTING });
  await person.arrive(client.callback.redirectUri);
  const sameLogin = await finish(client, refused);
  const newLogin = await signInAs(driver, client, person, AS_EXISTING);
  check(sameLogin.subject === newLogin.subject, 'the second try came out as somebody else');
  return { tools: newLogin.tools };
}

// Both stand at the provider's page before either goes on, and they finish in reverse order.
async function together(driver, people) {
  const [ann, bob] = await Promise.all(['ann', 'bob'].map(async (name) => {
    const client = await StrictClient.register(driver, `stytch ${name}`);
    return { client, person: await people.person(), login: await client.begin(AT_THE_PROVIDER) };
  }));
  const { subject: known } = await signInAs(driver, ann.client, await people.person(), AS_EXISTING);

  const asFarAsTheProvider = { ...driver.person, presses: ['#allow'] };
  for (const { person, login } of [ann, bob]) await approve(person, login.url, asFarAsTheProvider);
  await bob.person.press('#approve-new');
  await bob.person.arrive(bob.client.callback.redirectUri);
  check(ann.client.callback.count === 0, 'a code for Bob went to Ann');
  await ann.person.press('#approve-existing');
  await ann.person.arrive(ann.client.callback.redirectUri);

  const [annIs, bobIs] = await Promise.all([ann, bob].map(({ client, login }) =>
    finish(client, login)));
  check(annIs.subject === known, `Ann came out as ${annIs.subject} instead of ${known}`);
  check(bobIs.subject !== annIs.subject, 'Bob came out as Ann');
  for (const { client } of [ann, bob]) check(client.callback.count === 0, 'a second code arrived');
  return { tools: annIs.tools };
}

const SCENARIOS = { new: newUser, existing: existingUser, refusal, together };

await runDriver('stytch', async (driver) => {
  const scenario = SCENARIOS[driver.scenario];
  check(scenario, `--scenario is one of ${Object.keys(SCENARIOS).join(', ')}`);
  const people = await gatherPeople(driver.person.browser);
  driver.defer(() => people.close());
  return { scenario: driver.scenario, ...(await scenario(driver, people)), echo: true };
});
