// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Signing in with Stytch by a code or a link in an e-mail: the person reads the simulator's outbox.
// --scenario code, link, elsewhere or together.
import { check } from '../lib/check.mjs';
import { runDriver } from '../lib/driver.mjs';
import { approve, gatherPeople } from '../lib/person.mjs';
import { StrictClient } from '../lib/strict-client.mjs';

// Without it the service would answer at once in the name of whoever signed in last.
const WITH_A_LOGIN = { prompt: 'login' };

async function mailTo(driver, address) {
  const response = await fetch(new URL('/sim/outbox', driver.person.sim));
  const { messages } = await response.json();
  const mine = messages.filter(({ to }) => to === address);
  check(mine.length > 0, `no mail for ${address}`);
  return mine.at(-1);
}

// As far as the page that says that mail was sent.
async function begin(driver, people, { method, address }) {
  const client = await StrictClient.register(driver, `stytch ${method}`);
  const person = await people.person();
  const login = await client.begin(WITH_A_LOGIN);
  await approve(person, login.url, { presses: ['#allow'] });
  await person.press(`[data-method=${method}]`);
  await person.type('#email', address);
  await person.press('#send');
  check((await person.text('#sent')).includes(address), 'the page names another address');
  return { client, person, login, mail: await mailTo(driver, address) };
}

// The address the token was given for, as the identity provider knows it.
async function finish({ client, person, login }) {
  await person.arrive(client.callback.redirectUri);
  const { access_token: accessToken } = await login.finish();
  const tools = await client.useServer(accessToken);
  const { sub } = JSON.parse(Buffer.from(accessToken.split('.')[1], 'base64url'));
  return { subject: sub, tools };
}

async function typeCode(started, code) {
  await started.person.type('#code', code);
  await started.person.press('#check');
}

async function code(driver, people) {
  const started = await begin(driver, people, { method: 'email-otp', address: 'eve@example.com' });
  const right = started.mail.code;
  await typeCode(started, right === '111111' ? '222222' : '111111');
  check((await started.person.text('#notice')).includes('4 more times'), 'no word of the tries left');
  await typeCode(started, `${right.slice(0, 3)} ${right.slice(3)}`);
  return finish(started);
}

async function link(driver, people) {
  const started = await begin(driver, people, { method: 'magic-link', address: 'kim@example.com' });
  await started.person.visit(started.mail.link);
  return finish(started);
}

async function elsewhere(driver, people) {
  const started = await begin(driver, people, { method: 'magic-link', address: 'lee@example.com' });
  const other = await people.person();
  await other.visit(started.mail.link);
  const page = await other.errorPage();
  check(page.text.includes('began in another browser'), `the page says ${page.text}`);
  check(started.client.callback.count === 0, 'a code went to the client');
  await started.person.visit(started.mail.link);
  return finish(started);
}

// One reads a code while the other opens a link.
async function together(driver, people) {
  const ann = await begin(driver, people, { method: 'email-otp', address: 'ann@example.com' });
  const bob = await begin(driver, people, { method: 'magic-link', address: 'bob@example.com' });
  await bob.person.visit(bob.mail.link);
  const { subject: bobIs } = await finish(bob);
  await typeCode(ann, ann.mail.code);
  const { subject: annIs, tools } = await finish(ann);
  check(annIs !== bobIs, 'Ann came out as Bob');
  return { tools };
}

const SCENARIOS = { code, link, elsewhere, together };

await runDriver('stytch-mail', async (driver) => {
  const scenario = SCENARIOS[driver.scenario];
  check(scenario, `--scenario is one of ${Object.keys(SCENARIOS).join(', ')}`);
  const people = await gatherPeople(driver.person.browser);
  driver.defer(() => people.close());
  const { tools } = await scenario(driver, people);
  return { scenario: driver.scenario, tools, echo: true };
});
