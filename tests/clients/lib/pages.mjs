// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The pages that a person can meet, and the way to each.
import { createHash, randomBytes } from 'node:crypto';
import { check } from './check.mjs';
import { promptUrl } from './prompt-programs.mjs';

const REDIRECT = 'http://127.0.0.1:9/callback';
// As bad as a name may be.
const NAME = 'A client with a very long name <b>& "quotes"</b> — Ünïcödé 客户端 '.padEnd(80, 'x');

async function post(service, where, body) {
  const response = await fetch(new URL(where, service.mcpUrl), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  check(response.ok, `${where} answered ${response.status}`);
  return response.json();
}

async function authorizeUrl(service, changes = {}) {
  const { client_id: clientId } = await post(service, '/register', {
    client_name: NAME, redirect_uris: [REDIRECT], client_uri: 'https://client.example/about',
    logo_uri: 'https://client.example/logo.png',
  });
  const url = new URL('/authorize', service.mcpUrl);
  const parameters = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: REDIRECT,
    state: 'state',
    code_challenge: createHash('sha256').update(randomBytes(32)).digest('base64url'),
    code_challenge_method: 'S256',
    scope: 'mcp openid profile email offline_access',
    ...changes,
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}

function at(path) {
  return (page, service) => page.goto(new URL(path, service.mcpUrl).href);
}

function atAuthorize(changes) {
  return async (page, service) => page.goto(await authorizeUrl(service, changes));
}

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

// The link that a device shows.
async function deviceLink(service) {
  const { client_id: clientId } = await post(service, '/register', {
    client_name: NAME, grant_types: [DEVICE_GRANT], token_endpoint_auth_method: 'none',
  });
  const response = await fetch(new URL('/device_authorization', service.mcpUrl), {
    method: 'POST',
    body: new URLSearchParams({ client_id: clientId }),
  });
  check(response.ok, `/device_authorization answered ${response.status}`);
  return (await response.json()).verification_uri_complete;
}

function atDevice(...presses) {
  return async (page, service) => {
    await page.goto(await deviceLink(service));
    for (const selector of presses)
      await Promise.all([page.waitForNavigation(), page.click(selector)]);
  };
}

// What programs on the bus ask; and what follows a press.
function atPrompt(count, ...presses) {
  return async (page) => {
    await page.goto(await promptUrl(count));
    for (const selector of presses)
      await Promise.all([page.waitForNavigation(), page.click(selector)]);
  };
}

const LOCAL = [
  { name: 'home', open: at('/') },
  { name: 'consent', open: atAuthorize() },
  { name: 'unknown-client', open: atAuthorize({ client_id: 'unknown' }) },
  { name: 'bad-redirect-uri', open: atAuthorize({ redirect_uri: 'https://evil.example/' }) },
  { name: 'device', open: at('/device') },
  { name: 'device-unknown', open: at('/device?user_code=BCDF-GHJK') },
  { name: 'device-link', open: atDevice() },
  { name: 'device-consent', open: atDevice('#continue') },
  { name: 'device-allowed', open: atDevice('#continue', '#allow') },
  { name: 'device-denied', open: atDevice('#continue', '#deny') },
  { name: 'prompt-one', open: atPrompt(1) },
  { name: 'prompt-several', open: atPrompt(3) },
  { name: 'prompt-answered', open: atPrompt(3, '#answer') },
  { name: 'prompt-not-now', open: atPrompt(1, '#later') },
  { name: 'prompt-never', open: atPrompt(1, '#never') },
  { name: 'callback-out-of-place', open: at('/callback?tx=unknown&token=x') },
];

// From the consent page on, by pressing these one after the other; an address or a code is typed
// where one is asked for.
function beyondConsent(...presses) {
  return async (page, service) => {
    await page.goto(await authorizeUrl(service));
    for (const selector of ['#allow', ...presses]) {
      if (selector === '#send') await page.fill('#email', 'sandbox@stytch.com');
      if (selector === '#check') await page.fill('#code', '123456');
      await Promise.all([page.waitForNavigation(), page.click(selector)]);
    }
  };
}

const BY_CODE = '[data-method=email-otp]';
const BY_LINK = '[data-method=magic-link]';
const STYTCH = [
  { name: 'stytch-home', open: at('/') },
  { name: 'stytch-consent', open: atAuthorize() },
  { name: 'sign-in', open: beyondConsent() },
  { name: 'sign-in-address', open: beyondConsent(BY_CODE) },
  { name: 'sign-in-code', open: beyondConsent(BY_CODE, '#send') },
  { name: 'sign-in-wrong-code', open: beyondConsent(BY_CODE, '#send', '#check') },
  { name: 'sign-in-link', open: beyondConsent(BY_LINK, '#send') },
];

export const PAGES = [
  { identity: { identity: 'local' }, pages: LOCAL },
  {
    identity: {
      identity: 'stytch',
      set: {
        config: () => '[stytch]\nmethods=google;github;microsoft;email-otp;magic-link\n',
      },
    },
    pages: STYTCH,
  },
];
