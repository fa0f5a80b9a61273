// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Clients are registered at Stytch: what registers here is a Connected App there, and one that
// Stytch knows needs no registration here.
import { check } from '../lib/check.mjs';
import { runDriver } from '../lib/driver.mjs';
import { approve, gatherPeople } from '../lib/person.mjs';
import { StrictClient } from '../lib/strict-client.mjs';

const CONNECTED_APP = /^connected-app-(test|live)-/;

async function signIn(driver, client, person) {
  const login = await client.begin({ prompt: 'login' });
  await approve(person, login.url, { ...driver.person, presses: ['#allow', '#approve-existing'] });
  await person.arrive(client.callback.redirectUri);
  const { access_token: accessToken } = await login.finish();
  return client.useServer(accessToken);
}

await runDriver('stytch-relay', async (driver) => {
  const client = await StrictClient.register(driver, 'stytch relay');
  check(CONNECTED_APP.test(client.id), `the client became ${client.id}`);
  const people = await gatherPeople(driver.person.browser);
  driver.defer(() => people.close());
  const person = await people.person();
  await signIn(driver, client, person);

  // Forgotten here, it is still a client at Stytch.
  const { id, origin } = await driver.owner.clientNamed('biomcp-auth test stytch relay');
  check(origin === 'stytch', `its origin is ${origin}`);
  await driver.owner.run('clients', 'remove', id);
  const tools = await signIn(driver, client, person);
  return { tools, echo: true };
});
