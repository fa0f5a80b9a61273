// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The simulator is right only if Stytch's own SDK works against it. Run by run-sdk-check,
// which says in STYTCH_SDK_DIR where the SDK is. Needs node 18.17 or later (Debian 12 has it).

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import dns from 'node:dns';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

dns.setDefaultResultOrder('ipv4first'); // the simulator listens on 127.0.0.1 only

const require = createRequire(path.join(process.env.STYTCH_SDK_DIR, 'index.js'));
const stytch = require('stytch');
const { StytchError, RequestError, ClientError } = stytch;

const SANDBOX_USER = 'user-test-e3795c81-f849-4167-bfda-e4a6e9c280fd';
const SANDBOX_OAUTH = 'hdPVZHHX0UoRa7hJTuuPHi1vlddffSnoweRbVFf5-H8g';
const SANDBOX_NOT_FOUND = '59cnLELtq5cFVS6uYK9f-pAWzBkhqZl8AvLhbhOvKNWw';
const SANDBOX_SESSION = 'WJtR5BCy38Szd5AfoDpf0iqFKEt4EE5JhjlWUY7l3FtY';
const SANDBOX_LINK = 'DOYoip3rvIMMW5lgItikFK-Ak1CfMsgjuiCyI7uuU94=';
const LOGIN_URL = 'http://127.0.0.1:8417/callback?tx=login';
const SIGNUP_URL = 'http://127.0.0.1:8417/callback?tx=signup';

class Simulator {
  static async start() {
    const sim = new Simulator();
    sim.folder = await mkdtemp(path.join(tmpdir(), 'stytch-sim-sdk-'));
    const file = path.join(sim.folder, 'credentials.json');
    const program = fileURLToPath(new URL('stytch-sim', import.meta.url));
    sim.process = spawn(program, ['--until-stdin-closes', '--write-credentials', file], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    sim.ended = new Promise((resolve) => sim.process.once('exit', resolve));
    for await (const line of createInterface({ input: sim.process.stdout })) {
      assert.match(line, /^listening /);
      break;
    }
    Object.assign(sim, JSON.parse(await readFile(file, 'utf8')));
    return sim;
  }

  async stop() {
    this.process.stdin.end();
    const code = await this.ended;
    await rm(this.folder, { recursive: true });
    assert.equal(code, 0);
  }

  async switch(name, body = {}) {
    const response = await fetch(`${this.api_url}/sim/${name}`, {
      method: 'POST',
      body: JSON.stringify(body),
    });
    assert.equal(response.status, 200);
    return response.json();
  }

  fault(name, more = {}) {
    return this.switch('faults', { path: '/v1/oauth/authenticate', fault: name, ...more });
  }

  client(more = {}) {
    return new stytch.Client({
      project_id: this.project_id,
      secret: this.secret,
      env: `${this.api_url}/`,
      ...more,
    });
  }

  /** The browser's part over plain HTTP; returns the URL at which the app would be asked. */
  async signIn({ user = 'alice', action = 'approve-existing', challenge } = {}) {
    const start = new URL(`${this.api_url}/v1/public/oauth/google/start`);
    start.search = new URLSearchParams({
      public_token: this.public_token,
      login_redirect_url: LOGIN_URL,
      signup_redirect_url: SIGNUP_URL,
      ...(challenge && { code_challenge: challenge }),
    });
    const started = await fetch(start, { redirect: 'manual' });
    const cookie = started.headers.get('set-cookie').split(';')[0];
    const page = new URL(started.headers.get('location'));
    assert.equal((await fetch(page)).status, 200);
    const form = { state: page.searchParams.get('state'), user, action };
    const decided = await fetch(`${this.api_url}/sim/provider`, {
      method: 'POST',
      body: new URLSearchParams(form),
      redirect: 'manual',
    });
    const back = await fetch(decided.headers.get('location'), {
      headers: { cookie },
      redirect: 'manual',
    });
    assert.equal(back.status, 302);
    return new URL(back.headers.get('location'));
  }

  async token(options) {
    return (await this.signIn(options)).searchParams.get('token');
  }
}

/** What an error of the service looks like through the SDK, whichever family it is of. */
const stytchError = (status, type) => (error) => {
  assert.ok(error instanceof StytchError, `${error}`);
  assert.deepEqual([error.status_code, error.error_type], [status, type]);
  assert.match(error.request_id, /^request-id-test-/);
  assert.ok(error.error_message);
  assert.ok(error.error_url);
  return true;
};
const requestError = (error) => error instanceof RequestError;
const clientError = (code) => (error) => error instanceof ClientError && error.code === code;
const msOf = (seconds) => seconds * 1000;

const checks = {
  async 'whoami knows the project'(sim, client) {
    const answer = await client.debug.whoami();
    assert.equal(answer.project_id, sim.project_id);
    assert.equal(answer.status_code, 200);
  },

  async 'wrong credentials are refused'(sim) {
    const refused = (more, type) =>
      assert.rejects(sim.client(more).debug.whoami(), stytchError(401, type));
    await refused({ secret: 'secret-test-wrong' }, 'unauthorized_credentials');
    await refused({ secret: 'wrong' }, 'invalid_secret_authentication');
    await refused({ project_id: 'project-live-x' }, 'live_id_used_in_test_environment');
  },

  async 'oauth.authenticate without a session'(sim, client) {
    const back = await sim.signIn();
    assert.equal(back.searchParams.get('tx'), 'login');
    assert.equal(back.searchParams.get('stytch_token_type'), 'oauth');
    const answer = await client.oauth.authenticate({ token: back.searchParams.get('token') });
    assert.equal(answer.user.emails[0].email, 'alice@example.com');
    assert.equal(answer.user.user_id, answer.user_id);
    assert.deepEqual([answer.session_token, answer.session_jwt], ['', '']);
    assert.equal(answer.user_session, null);
  },

  async 'a new user comes back at the sign-up URL'(sim, client) {
    const back = await sim.signIn({ action: 'approve-new', user: 'carol' });
    assert.equal(back.searchParams.get('tx'), 'signup');
    const answer = await client.oauth.authenticate({ token: back.searchParams.get('token') });
    assert.equal(answer.user.emails[0].email, 'carol@example.com');
  },

  async 'PKCE has four cases'(sim, client) {
    const verifier = randomBytes(32).toString('base64url');
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const token = await sim.token({ challenge });
    const refused = (body, type) =>
      assert.rejects(client.oauth.authenticate(body), stytchError(400, type));
    await refused({ token }, 'pkce_expected_code_verifier');
    await refused({ token, code_verifier: 'x'.repeat(43) }, 'pkce_mismatch');
    await client.oauth.authenticate({ token, code_verifier: verifier });
    await refused(
      { token: await sim.token(), code_verifier: verifier },
      'pkce_did_not_expect_code_verifier',
    );
  },

  async 'a token works once and not for ever'(sim, client) {
    const token = await sim.token();
    const late = await sim.token();
    await client.oauth.authenticate({ token });
    const refused = stytchError(404, 'oauth_token_not_found');
    await assert.rejects(client.oauth.authenticate({ token }), refused);
    await sim.switch('clock', { advance_s: 300 });
    await assert.rejects(client.oauth.authenticate({ token: late }), refused);
  },

  async 'a session JWT is verified locally'(sim, client) {
    const answer = await client.oauth.authenticate({
      token: await sim.token(),
      session_duration_minutes: 60,
      session_custom_claims: { room: 'a' },
    });
    const session_jwt = answer.session_jwt;
    const local = await client.sessions.authenticateJwtLocal({ session_jwt });
    assert.equal(local.session_id, answer.user_session.session_id);
    assert.equal(local.user_id, answer.user_id);
    assert.deepEqual(local.custom_claims, { room: 'a' });
    assert.equal(local.authentication_factors[0].delivery_method, 'oauth_google');
    await assert.rejects(
      client.sessions.authenticateJwtLocal({
        session_jwt,
        current_date: new Date(Date.now() + msOf(301)),
      }),
      clientError('jwt_invalid'),
    );
    await assert.rejects(
      client.sessions.authenticateJwtLocal({ session_jwt, max_token_age_seconds: 0 }),
      clientError('jwt_too_old'),
    );
  },

  async 'authenticateJwt falls back to the service'(sim, client) {
    const answer = await client.oauth.authenticate({
      token: await sim.token(),
      session_duration_minutes: 60,
    });
    const remote = await client.sessions.authenticateJwt({
      session_jwt: answer.session_jwt,
      max_token_age_seconds: 0,
    });
    assert.equal(remote.session.session_id, answer.user_session.session_id);
    const log = await (await fetch(`${sim.api_url}/sim/log`)).json();
    assert.equal(log.requests.at(-1).path, '/v1/sessions/authenticate');
    assert.equal(log.requests.at(-1).user_agent, 'Stytch Node v14.2.0');
  },

  async 'sessions are authenticated, listed and revoked'(sim, client) {
    const answer = await client.oauth.authenticate({
      token: await sim.token(),
      session_duration_minutes: 60,
    });
    const { session_token, session_jwt, user_id } = answer;
    const again = await client.sessions.authenticate({ session_token });
    assert.equal(again.session.session_id, answer.user_session.session_id);
    assert.equal((await client.sessions.authenticate({ session_jwt })).user.user_id, user_id);
    assert.equal((await client.sessions.get({ user_id })).sessions.length, 1);
    assert.equal((await client.users.get({ user_id })).emails.length, 1);
    await client.sessions.revoke({ session_token });
    await assert.rejects(
      client.sessions.authenticate({ session_token }),
      stytchError(404, 'session_not_found'),
    );
    await client.sessions.authenticateJwtLocal({ session_jwt });
  },

  async 'a rotated key set still verifies, a strange key does not'(sim, client) {
    const sign = async () => {
      const answer = await client.oauth.authenticate({
        token: await sim.token(),
        session_duration_minutes: 5,
      });
      return answer.session_jwt;
    };
    const before = await sign();
    await sim.switch('rotate-keys');
    const after = await sign();
    const { keys } = await client.sessions.getJWKS({ project_id: sim.project_id });
    assert.equal(keys.length, 2);
    for (const session_jwt of [before, after]) {
      await sim.client().sessions.authenticateJwtLocal({ session_jwt });
    }
    const { jwt } = await sim.switch('mint-jwt', { key: 'stranger' });
    const { jwt: untyped } = await sim.switch('mint-jwt', { header: { typ: null } });
    for (const session_jwt of [jwt, untyped]) {
      await assert.rejects(
        sim.client().sessions.authenticateJwtLocal({ session_jwt }),
        clientError('jwt_invalid'),
      );
    }
  },

  async 'the project domain is an issuer of its own'(sim) {
    const domain = sim.api_url.replace('127.0.0.1', 'localhost');
    const client = sim.client({ env: domain });
    const { session_jwt } = await client.oauth.authenticate({
      token: await sim.token(),
      session_duration_minutes: 5,
    });
    await client.sessions.authenticateJwtLocal({ session_jwt });
    await assert.rejects(
      sim.client().sessions.authenticateJwtLocal({ session_jwt }),
      clientError('jwt_invalid'),
    );
  },

  async 'sandbox values answer as documented'(sim, client) {
    const plain = await client.oauth.authenticate({ token: SANDBOX_OAUTH });
    assert.deepEqual([plain.user_id, plain.session_jwt], [SANDBOX_USER, '']);
    const { session_jwt } = await client.oauth.authenticate({
      token: SANDBOX_OAUTH,
      session_duration_minutes: 5,
    });
    await client.sessions.authenticateJwtLocal({ session_jwt });
    await assert.rejects(
      client.oauth.authenticate({ token: SANDBOX_NOT_FOUND }),
      stytchError(400, 'oauth_token_not_found'),
    );
    const session = await client.sessions.authenticate({ session_token: SANDBOX_SESSION });
    assert.equal(session.session.started_at, '2021-08-28T00:41:58.935673Z');
    await assert.rejects(
      client.sessions.authenticate({ session_token: SANDBOX_NOT_FOUND }),
      stytchError(404, 'session_not_found'),
    );
    const link = await client.magicLinks.authenticate({ token: SANDBOX_LINK });
    assert.equal(link.user_id, SANDBOX_USER);
    const sent = await client.otps.email.loginOrCreate({ email: 'sandbox@stytch.com' });
    await client.otps.authenticate({ method_id: sent.email_id, code: '000000' });
  },

  async 'magic links and codes come through the outbox'(sim, client) {
    const mail = async () =>
      (await (await fetch(`${sim.api_url}/sim/outbox`)).json()).messages.at(-1);
    const email = 'dora@example.com';
    const sent = await client.magicLinks.email.loginOrCreate({
      email,
      login_magic_link_url: LOGIN_URL,
      signup_magic_link_url: SIGNUP_URL,
    });
    assert.equal(sent.user_created, true);
    const back = await fetch((await mail()).link, { redirect: 'manual' });
    const { searchParams } = new URL(back.headers.get('location'));
    assert.equal(searchParams.get('stytch_token_type'), 'magic_links');
    const token = searchParams.get('token');
    assert.equal((await client.magicLinks.authenticate({ token })).user_id, sent.user_id);
    await assert.rejects(
      client.magicLinks.authenticate({ token }),
      stytchError(401, 'unable_to_auth_magic_link'),
    );
    const { email_id } = await client.otps.email.loginOrCreate({ email });
    await client.otps.authenticate({ method_id: email_id, code: (await mail()).code });
  },

  async 'a magic link is bound to its start by PKCE'(sim, client) {
    const mail = async () =>
      (await (await fetch(`${sim.api_url}/sim/outbox`)).json()).messages.at(-1);
    const verifier = randomBytes(32).toString('base64url');
    await client.magicLinks.email.loginOrCreate({
      email: 'dora@example.com',
      login_magic_link_url: LOGIN_URL,
      signup_magic_link_url: SIGNUP_URL,
      login_expiration_minutes: 5,
      signup_expiration_minutes: 5,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    });
    const { token } = await mail();
    const refused = (body, type) =>
      assert.rejects(client.magicLinks.authenticate(body), stytchError(400, type));
    await refused({ token }, 'pkce_expected_code_verifier');
    await refused({ token, code_verifier: 'x'.repeat(43) }, 'pkce_mismatch');
    const answer = await client.magicLinks.authenticate({ token, code_verifier: verifier });
    assert.equal(answer.user.emails[0].email, 'dora@example.com');
    assert.deepEqual([answer.session_token, answer.session_jwt], ['', '']);
    await assert.rejects(
      client.magicLinks.email.loginOrCreate({
        email: 'dora@example.com',
        login_magic_link_url: 'http://127.0.0.1:1/',
      }),
      stytchError(400, 'no_match_for_provided_magic_link_url'),
    );
    await assert.rejects(
      client.magicLinks.authenticate({ token: '3pzjQpgksDlGKWEwUq2Up--hCHC_0oamfLHyfspKDFU=' }),
      stytchError(401, 'unable_to_auth_magic_link'),
    );
    await assert.rejects(
      client.magicLinks.authenticate({ token: 'CprTtwhnRNiMBiUS2jSLcWYrfuO2POeBNdo5HhW6qTM=' }),
      stytchError(404, 'magic_link_not_found'),
    );
  },

  async 'a code is refused in three ways'(sim, client) {
    const send = async (email) => {
      const sent = await client.otps.email.loginOrCreate({ email, expiration_minutes: 10 });
      const box = await (await fetch(`${sim.api_url}/sim/outbox`)).json();
      return { method_id: sent.email_id, code: box.messages.at(-1).code };
    };
    const refused = (body, status, type) =>
      assert.rejects(client.otps.authenticate(body), stytchError(status, type));
    await assert.rejects(send('nobody'), stytchError(400, 'invalid_email'));
    const old = await send('dora@example.com');
    const late = await send('dora@example.com');
    assert.equal(old.method_id, late.method_id);
    if (old.code !== late.code) await refused(old, 404, 'otp_code_not_found');
    await sim.switch('clock', { advance_s: 600 });
    await refused(late, 401, 'unable_to_auth_otp_code');
    const good = await send('dora@example.com');
    const answer = await client.otps.authenticate(good);
    assert.equal(answer.user.emails[0].verified, true);
    await refused(good, 401, 'unable_to_auth_otp_code');
    await refused({ method_id: good.method_id, code: '12' }, 400, 'invalid_code');
    const sandbox = await client.otps.email.loginOrCreate({ email: 'sandbox@stytch.com' });
    await refused({ method_id: sandbox.email_id, code: '000001' }, 404, 'otp_code_not_found');
  },

  async 'faults look to the SDK like the real thing'(sim, client) {
    const call = async () => client.oauth.authenticate({ token: await sim.token() });
    await sim.fault('429');
    await assert.rejects(call(), stytchError(429, 'too_many_requests'));
    await sim.fault('user-locked');
    await assert.rejects(call(), stytchError(429, 'user_lock_limit_reached'));
    await sim.fault('500');
    await assert.rejects(call(), stytchError(500, 'internal_server_error'));
    for (const name of ['not-json', 'truncated', 'dropped']) {
      await sim.fault(name);
      await assert.rejects(call(), requestError, name);
    }
    await sim.fault('emails-empty');
    assert.deepEqual((await call()).user.emails, []);
    await sim.fault('slow');
    const slow = call();
    await fetch(`${sim.api_url}/sim/held?at_least=1`);
    await sim.switch('release');
    assert.equal((await slow).status_code, 200);
  },

  async 'M2M tokens and the OAuth2 family of errors'(sim, client) {
    const own = { client_id: sim.m2m_client_id, client_secret: sim.m2m_client_secret };
    const { access_token } = await client.m2m.token({ ...own, scopes: ['read:biomcp'] });
    const verified = await client.m2m.authenticateToken({
      access_token,
      required_scopes: ['read:biomcp'],
    });
    assert.equal(verified.client_id, own.client_id);
    await assert.rejects(
      client.m2m.token({ ...own, client_secret: 'wrong' }),
      stytchError(401, 'invalid_client'),
    );
    await assert.rejects(
      client.m2m.token({ ...own, scopes: ['admin:all'] }),
      stytchError(400, 'invalid_scope'),
    );
    const active = await client.idp.introspectTokenNetwork({ token: access_token, ...own });
    assert.equal(active.scope, 'read:biomcp');
    await assert.rejects(
      client.idp.introspectTokenNetwork({ token: 'nothing', ...own }),
      clientError('token_invalid'),
    );
  },

  async 'a registered client is a Connected App'(sim, client) {
    const url = `${sim.api_url}/v1/public/${sim.project_id}/oauth2/register`;
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ redirect_uris: ['http://127.0.0.1/callback'] }),
    });
    const { client_id } = await answer.json();
    const confidential = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        redirect_uris: ['https://app.example/cb'],
        token_endpoint_auth_method: 'client_secret_basic',
      }),
    });
    const registered = await confidential.json();
    const kept = await client.connectedApp.clients.get({ client_id: registered.client_id });
    assert.equal(kept.connected_app.client_type, 'third_party');
    assert.equal(kept.connected_app.status, 'active');
    assert.equal(kept.connected_app.client_secret_last_four, registered.client_secret.slice(-4));
    assert.equal(kept.connected_app.client_secret, undefined);
    const { connected_app } = await client.connectedApp.clients.get({ client_id });
    assert.deepEqual(connected_app.redirect_urls, ['http://127.0.0.1/callback']);
    await client.connectedApp.clients.delete({ client_id });
    await assert.rejects(
      client.connectedApp.clients.get({ client_id }),
      stytchError(404, 'connected_app_not_found'),
    );
  },
};

console.warn = () => {}; // the SDK warns about every `env` that is not its own
const sim = await Simulator.start();
let failed = 0;
for (const [name, check] of Object.entries(checks)) {
  try {
    await sim.switch('reset');
    await check(sim, sim.client());
    console.log(`ok - ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`not ok - ${name}\n${error.stack}`);
  }
}
await sim.stop();
console.log(`${Object.keys(checks).length - failed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
