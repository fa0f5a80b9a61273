// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Client ids with which a stranger tries to make the service talk to this machine or its network,
// or to swallow what it must not. Servers wait at those addresses, and would answer.
import { check } from '../lib/check.mjs';
import { DocumentHost } from '../lib/document-host.mjs';
import { runDriver } from '../lib/driver.mjs';

const REDIRECT_URI = 'http://127.0.0.1:7777/callback';
const MORE_THAN_FITS = ' '.repeat(6 * 1024);

// What could not be had and what is not good are told apart; why it could not be had is not told.
const REFUSALS = ['temporarily_unavailable', 'invalid_client', 'invalid_client_metadata'];

async function authorize(driver, clientId) {
  const url = new URL('/authorize', driver.mcpUrl);
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: REDIRECT_URI,
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
    state: 'state',
    resource: driver.mcpUrl.href,
  });
  const response = await fetch(url, {
    headers: { Accept: 'application/json' }, redirect: 'manual',
  });
  return { status: response.status, text: await response.text() };
}

async function checkRefused(driver, clientId, refusals = REFUSALS) {
  const { status, text } = await authorize(driver, clientId);
  check(status >= 400, `${clientId} was answered with ${status}`);
  const { error } = JSON.parse(text);
  check(refusals.includes(error), `${clientId}: ${error}`);
}

function publishBadOnes(host, at) {
  const redirect_uris = [REDIRECT_URI];
  const good = at('/good.json');
  host.publish(good, { redirect_uris });
  const bad = {
    '/moved.json': [{}, { status: 302, headers: { Location: good } }],
    '/missing.json': [{}, { status: 404 }],
    '/large.json': [{}, { padding: MORE_THAN_FITS }],
    '/other.json': [{ client_id: good }],
    '/secret.json': [{ client_secret: 'x', token_endpoint_auth_method: 'client_secret_post' }],
    '/page.json': [{}, { headers: { 'Content-Type': 'text/html' } }],
  };
  for (const [path, [more, answer]] of Object.entries(bad))
    host.publish(at(path), { redirect_uris, ...more }, answer);
  return { good, bad: Object.keys(bad).map(at) };
}

await runDriver('document-guard', async (driver) => {
  const { BMA_PUBLIC_ADDRESS: outside, BMA_PRIVATE_ADDRESS: inside } = process.env;
  const at = (path) => `https://client.example.org${path}`;
  const host = await DocumentHost.listen(driver, outside);
  const hidden = [
    await DocumentHost.listen(driver, '127.0.0.1'), await DocumentHost.listen(driver, inside),
  ];
  const { good, bad } = publishBadOnes(host, at);
  // Good documents, if only they were asked for.
  const names = ['loopback.example.org', 'private.example.org', '127.0.0.1', inside];
  const forbidden = names.map((name) => `https://${name}/client.json`);
  for (const server of hidden)
    for (const url of forbidden) server.publish(url, { redirect_uris: [REDIRECT_URI] });

  for (const url of forbidden) await checkRefused(driver, url);
  await checkRefused(driver, 'https://both.example.org/client.json');
  const seen = hidden.map(({ connections }) => connections);
  check(seen.every((count) => count === 0), `hidden servers saw ${seen} connections`);
  check(host.connections === 0, 'a host with a private address as well was asked');

  for (const url of bad) await checkRefused(driver, url);
  host.publish(at('/elsewhere.json'), { redirect_uris: [at('/callback')] });
  await checkRefused(driver, at('/elsewhere.json'), ['invalid_request']);
  const { status } = await authorize(driver, good);
  check(status < 400, `the good document was answered with ${status}`);
  return { refusals: forbidden.length + bad.length + 2 };
});
