// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The pages that a person can meet, and the way to each.
import { createHash, randomBytes } from 'node:crypto';
import { check } from './check.mjs';

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

const LOCAL = [
  { name: 'home', open: at('/') },
  { name: 'consent', open: atAuthorize() },
  { name: 'unknown-client', open: atAuthorize({ client_id: 'unknown' }) },
  { name: 'bad-redirect-uri', open: atAuthorize({ redirect_uri: 'https://evil.example/' }) },
  { name: 'callback-out-of-place', open: at('/callback?tx=unknown&token=x') },
];

export const PAGES = [
  { identity: { identity: 'local' }, pages: LOCAL },
];
