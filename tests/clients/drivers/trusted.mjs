// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Tokens of issuers that the owner trusts, at /mcp: of the Stytch project, whose simulator makes
// any kind of them, and of an OpenID provider. Their keys rotate, or cannot be fetched for a while.
import { check, checkEcho, checkTools } from '../lib/check.mjs';
import { runDriver } from '../lib/driver.mjs';
import { moveClock } from '../lib/moved-clock.mjs';
import { RawMcp } from '../lib/raw-mcp.mjs';

// The service asks for keys at most this often.
const FLOOR_S = 61;
const DAY_S = 24 * 60 * 60;

const { BMA_OPENID_PROVIDER, BMA_OPENID_SECRET, BMA_STYTCH_SIM, BMA_STYTCH_PROJECT } = process.env;
const STYTCH_KEYS = `/v1/sessions/jwks/${BMA_STYTCH_PROJECT}`;

async function post(url, body) {
  const response = await fetch(url, { method: 'POST', body: body && JSON.stringify(body) });
  const answer = await response.json();
  check(response.ok, `${url} answered ${response.status} ${JSON.stringify(answer)}`);
  return answer;
}

const send = (mcpUrl, token) => (headers, body) => {
  headers.set('Authorization', `Bearer ${token}`);
  return fetch(mcpUrl, { method: 'POST', headers, body });
};

// { status, retryAfter, challenge } of a call with this token.
async function tryToken(mcpUrl, token) {
  const headers = new Headers({ 'Content-Type': 'application/json' });
  const response = await send(mcpUrl, token)(headers, '{}');
  await response.body?.cancel();
  return {
    status: response.status,
    retryAfter: response.headers.get('retry-after'),
    challenge: response.headers.get('www-authenticate'),
  };
}

async function expectStatus(mcpUrl, token, expected, what) {
  const answer = await tryToken(mcpUrl, token);
  check(answer.status === expected, `${what} is answered with ${answer.status}`);
  return answer;
}

async function useServer(mcpUrl, token) {
  const mcp = new RawMcp(send(mcpUrl, token));
  await mcp.connect('trusted');
  const tools = await mcp.listTools();
  checkTools(tools);
  await checkEcho(mcp.callTool);
  return tools.length;
}

const refusedWithoutWord = ({ challenge }) => challenge === null;

async function mint(body = {}) {
  const { jwt } = await post(`${BMA_STYTCH_SIM}/sim/mint-jwt`, body);
  return jwt;
}

const nowS = () => Math.floor(Date.now() / 1000);

// A session as Stytch's would look in a while, when the service's clock has moved.
const sessionIn = (seconds, claims = {}, more = {}) => mint({
  claims: {
    sub: 'user-test-1',
    'https://stytch.com/session': { id: 'session-test-1' },
    iat: nowS() + seconds, nbf: nowS() + seconds, exp: nowS() + seconds + 300,
    ...claims,
  },
  ...more,
});

async function stytch({ mcpUrl }) {
  const tools = await useServer(mcpUrl, await sessionIn(0));
  const bad = [
    ['another project', 401, sessionIn(0, { aud: ['project-test-other'] })],
    ['another issuer', 401, sessionIn(0, { iss: 'stytch.com/other' })],
    ['an expired session', 401, sessionIn(-600)],
    ['a forged session', 401, sessionIn(0, {}, { key: 'stranger' })],
    ['a token with other scopes', 403, sessionIn(0, { scope: 'openid' })],
  ];
  for (const [what, status, token] of bad) await expectStatus(mcpUrl, await token, status, what);

  await post(`${BMA_STYTCH_SIM}/sim/rotate-keys`);
  await expectStatus(mcpUrl, await sessionIn(0), 401, 'a new key within the floor');
  moveClock(FLOOR_S);
  await useServer(mcpUrl, await sessionIn(FLOOR_S));
  await useServer(mcpUrl, await sessionIn(FLOOR_S, {}, { key: 'retiring' }));

  await post(`${BMA_STYTCH_SIM}/sim/faults`, { path: STYTCH_KEYS, fault: '500', times: 0 });
  await post(`${BMA_STYTCH_SIM}/sim/rotate-keys`);
  moveClock(FLOOR_S);
  const unknown = await sessionIn(2 * FLOOR_S);
  const away = await expectStatus(mcpUrl, unknown, 503, 'an unknown key of an outage');
  check(Number(away.retryAfter) > 0 && refusedWithoutWord(away), JSON.stringify(away));
  await useServer(mcpUrl, await sessionIn(2 * FLOOR_S, {}, { key: 'retiring' }));
  await post(`${BMA_STYTCH_SIM}/sim/faults`, { path: STYTCH_KEYS, fault: 'none' });
  moveClock(FLOOR_S);
  await useServer(mcpUrl, await sessionIn(3 * FLOOR_S));
  return { tools };
}

async function agentToken(mcpUrl, more = {}) {
  const response = await fetch(`${BMA_OPENID_PROVIDER}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials', client_id: 'agent', client_secret: BMA_OPENID_SECRET,
      scope: 'mcp', resource: mcpUrl.href, ...more,
    }),
  });
  const { access_token: token } = await response.json();
  check(token, `the provider gave no token: ${response.status}`);
  return token;
}

const control = (name) => post(`${BMA_OPENID_PROVIDER}/test/${name}`);

async function issuer({ mcpUrl }) {
  const { asked: before } = await control('keys-asked');
  const tools = await useServer(mcpUrl, await agentToken(mcpUrl));
  await expectStatus(mcpUrl, await agentToken(mcpUrl, { scope: 'other' }), 403, 'another scope');
  const { asked: after } = await control('keys-asked');
  check(after === before + 1, `the keys were fetched ${after - before} times`);

  const old = await agentToken(mcpUrl);
  await control('rotate');
  const rotated = await agentToken(mcpUrl);
  await expectStatus(mcpUrl, rotated, 401, 'a new key within the floor');
  await useServer(mcpUrl, old);
  moveClock(FLOOR_S);
  await useServer(mcpUrl, rotated);
  // The provider has taken the old one back.
  await expectStatus(mcpUrl, old, 401, 'a withdrawn key');

  await control('rotate');
  await control('keys-down');
  const unknown = await agentToken(mcpUrl);
  moveClock(FLOOR_S);
  const away = await expectStatus(mcpUrl, unknown, 503, 'an unknown key of an outage');
  check(Number(away.retryAfter) > 0 && refusedWithoutWord(away), JSON.stringify(away));
  await useServer(mcpUrl, rotated);
  await control('keys-up');
  moveClock(FLOOR_S);
  await useServer(mcpUrl, unknown);
  moveClock(2 * DAY_S);
  await expectStatus(mcpUrl, unknown, 401, 'an expired token');
  return { tools };
}

const SCENARIOS = { stytch, issuer };

await runDriver('trusted', async (driver) => {
  const scenario = SCENARIOS[driver.scenario];
  check(scenario, `--scenario is one of ${Object.keys(SCENARIOS).join(', ')}`);
  return { scenario: driver.scenario, ...(await scenario(driver)), echo: true };
});
