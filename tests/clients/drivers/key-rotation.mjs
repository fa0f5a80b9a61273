// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The signing key is rotated, twice, while a program refreshes its token and calls a tool again and
// again: not one call fails. Then all keys are dropped at once, and the program helps itself.
import { check } from '../lib/check.mjs';
import { runDriver } from '../lib/driver.mjs';
import { moveClock } from '../lib/moved-clock.mjs';
import { load } from '../lib/packages.mjs';
import { SdkProgram } from '../lib/sdk-program.mjs';
import { loadSdk } from '../lib/sdks.mjs';

const { refreshAuthorization } = load('clients', '@modelcontextprotocol/client');

const ROUNDS = 2;
const CALLS_A_STEP = 4;
// Longer than a key is published before it signs.
const LEAD_S = 301;

// Refreshes and calls without a pause until it is stopped.
class Loop {
  #program;
  #isStopped = false;
  #count = 0;
  #waiting = new Set();

  constructor(program, refresh) {
    this.#program = program;
    this.done = this.#run(refresh);
    this.done.catch(() => {});
  }

  async #run(refresh) {
    while (!this.#isStopped) {
      this.#program.provider.saveTokens(await refresh(this.#program.tokens.refresh_token));
      await this.#program.echo();
      this.#count += 1;
      for (const wake of this.#waiting) wake();
    }
    return this.#count;
  }

  // Resolves when that many calls that began from now on are done.
  async calls(number) {
    const enough = this.#count + number + 1;
    let wake;
    const reached = new Promise((resolve) => {
      wake = () => this.#count >= enough && resolve();
    });
    this.#waiting.add(wake);
    await Promise.race([reached, this.done]);
    this.#waiting.delete(wake);
  }

  stop() {
    this.#isStopped = true;
    return this.done;
  }
}

function refresher(driver, program) {
  const { mcpUrl: resource } = driver;
  const clientInformation = program.provider.clientInformation();
  const { authorizationServerMetadata: metadata } = program.provider.discoveryState();
  check(metadata.token_endpoint, 'the SDK did not discover the token endpoint');
  return (refreshToken) => refreshAuthorization(metadata.issuer, {
    metadata, clientInformation, refreshToken, resource, fetchFn: program.traffic.fetch,
  });
}

const keyOf = (token) => JSON.parse(Buffer.from(token.split('.')[0], 'base64url')).kid;

async function publishedKeys(driver) {
  const response = await fetch(new URL('/.well-known/jwks.json', driver.mcpUrl));
  return (await response.json()).keys.map(({ kid }) => kid);
}

async function isAccepted(driver, token) {
  const response = await fetch(driver.mcpUrl, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${token}`,
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
    },
    body: '{"jsonrpc":"2.0","id":1,"method":"ping"}',
  });
  await response.body?.cancel();
  return response.status !== 401;
}

async function rotateOnce(driver, program, loop) {
  const { access_token: oldToken } = program.tokens;
  const oldKey = keyOf(oldToken);
  const keys = await driver.owner.run('keys', 'rotate');
  const next = keys.find(({ state }) => state === 'next');
  check(next, `no key is next: ${JSON.stringify(keys)}`);
  check((await publishedKeys(driver)).includes(next.id), 'the next key is not published');
  await loop.calls(CALLS_A_STEP);
  check(keyOf(program.tokens.access_token) === oldKey, 'the next key signs too early');

  // Its timer cannot know that the clock was moved; asked again, the service looks at the clock.
  moveClock(LEAD_S);
  await driver.owner.run('keys', 'rotate');
  await loop.calls(CALLS_A_STEP);
  check(keyOf(program.tokens.access_token) === next.id, 'the next key does not sign');
  check((await publishedKeys(driver)).includes(oldKey), 'the old key is gone too early');
  check(await isAccepted(driver, oldToken), 'a token of the old key is refused');
}

async function dropAllKeys(driver, program) {
  const before = program.tokens.access_token;
  program.traffic.clear();
  await driver.owner.run('keys', 'rotate', '--now');
  check(!(await isAccepted(driver, before)), 'a token of a dropped key is accepted');
  check(!(await publishedKeys(driver)).includes(keyOf(before)), 'a dropped key is published');
  await program.echo();
  check(program.traffic.find('POST', '/token', 200).length > 0, 'the program did not refresh');
  check(program.provider.authorizeUrl === null, 'the program wanted the person');
}

await runDriver('key-rotation', async (driver) => {
  const program = await SdkProgram.start(driver, loadSdk('sdk2'));
  await program.signInAndConnect();
  program.traffic.clear();
  const loop = new Loop(program, refresher(driver, program));
  for (let round = 0; round < ROUNDS; round++) await rotateOnce(driver, program, loop);
  const calls = await loop.stop();
  const failed = program.traffic.answers.filter(({ status }) => status >= 400);
  check(failed.length === 0, `failed: ${JSON.stringify(failed)}`);
  await dropAllKeys(driver, program);
  return { rotations: ROUNDS, calls };
});
