// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// npm's certified oidc-provider with strict settings: PKCE is required, ID tokens hold no more than
// they must. Reads { redirectUri, resource, secret } from $OPENID_PROVIDER and prints
// "listening ISSUER".
//
// The person's page has the field #user and the buttons #sign-in and #refuse. For tests:
// POST /test/rotate (new keys, the old ones go), POST /test/keys-down, POST /test/keys-up,
// GET /test/keys-asked (how often).
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import http from 'node:http';
import { load } from '../lib/packages.mjs';

const { Provider } = load('openid', 'oidc-provider');
const { redirectUri, resource, secret } = JSON.parse(process.env.OPENID_PROVIDER);
const PEOPLE = { alice: 'Alice Anders', bob: 'Bob Berg' };

function newKeys() {
  const kinds = [
    ['rsa', { modulusLength: 2048 }, 'RS256'], ['ec', { namedCurve: 'P-256' }, 'ES256'],
  ];
  return kinds.map(([kind, options, alg]) => ({
    ...generateKeyPairSync(kind, options).privateKey.export({ format: 'jwk' }),
    alg, use: 'sig', kid: randomUUID(),
  }));
}

const client = (id, method, more = {}) => ({
  client_id: id,
  redirect_uris: [redirectUri],
  response_types: ['code'],
  grant_types: ['authorization_code'],
  token_endpoint_auth_method: method,
  ...more,
});

const CLIENTS = [
  client('biomcp-secret', 'client_secret_basic', { client_secret: secret }),
  client('biomcp-public', 'none'),
  client('agent', 'client_secret_post', {
    client_secret: secret,
    redirect_uris: [],
    response_types: [],
    grant_types: ['client_credentials'],
    scope: 'mcp other',
  }),
];

const CONFIGURATION = {
  clients: CLIENTS,
  pkce: { required: () => true },
  conformIdTokenClaims: true,
  cookies: { keys: [randomUUID()] },
  claims: { openid: ['sub'], profile: ['name'], email: ['email', 'email_verified'] },
  scopes: ['openid', 'offline_access', 'mcp', 'other'],
  findAccount: (ctx, id) => ({
    accountId: id,
    claims: () => ({
      sub: id, name: PEOPLE[id], email: `${id}@example.org`, email_verified: id === 'alice',
    }),
  }),
  // Whoever signs in agrees: our own page has asked already.
  loadExistingGrant: async (ctx) => {
    const { Grant } = ctx.oidc.provider;
    const grant = new Grant({
      clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId,
    });
    grant.addOIDCScope('openid profile email');
    await grant.save();
    return grant;
  },
  interactions: { url: (ctx, interaction) => `/sign-in/${interaction.uid}` },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => undefined,
      useGrantedResource: () => false,
      getResourceServerInfo: () => ({
        scope: 'mcp other', audience: resource, accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'RS256' } },
      }),
    },
  },
  ttl: { ClientCredentials: 3600, AccessToken: 600, IdToken: 600 },
};

const page = (uid) => `<!doctype html><title>Sign in</title>
<form method="post" action="/sign-in/${uid}">
<input id="user" name="user" value="alice">
<button id="sign-in" name="choice" value="sign-in">Sign in</button>
<button id="refuse" name="choice" value="refuse">Refuse</button>
</form>`;

async function readForm(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return new URLSearchParams(Buffer.concat(chunks).toString());
}

let provider;
let areKeysDown = false;
let nKeysAsked = 0;

function startProvider() {
  provider = new Provider(issuer, { ...CONFIGURATION, jwks: { keys: newKeys() } });
  provider.on('server_error', (ctx, error) => console.error(error));
}

async function signIn(request, response) {
  const { uid } = await provider.interactionDetails(request, response);
  if (request.method === 'GET') {
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(page(uid));
    return;
  }
  const form = await readForm(request);
  const result = form.get('choice') === 'sign-in'
    ? { login: { accountId: form.get('user'), remember: true } }
    : { error: 'access_denied', error_description: 'the person refused' };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

const CONTROLS = {
  '/test/rotate': () => startProvider(),
  '/test/keys-down': () => (areKeysDown = true),
  '/test/keys-up': () => (areKeysDown = false),
  '/test/keys-asked': () => {},
};

async function answer(request, response) {
  const { pathname } = new URL(request.url, issuer);
  if (pathname in CONTROLS) {
    CONTROLS[pathname]();
    response.end(JSON.stringify({ asked: nKeysAsked }));
    return;
  }
  if (pathname === '/jwks') {
    nKeysAsked++;
    if (areKeysDown) {
      response.writeHead(503).end();
      return;
    }
  }
  if (pathname.startsWith('/sign-in/')) await signIn(request, response);
  else provider.callback()(request, response);
}

const server = http.createServer((request, response) => {
  answer(request, response).catch((error) => {
    console.error(error);
    if (!response.headersSent) response.writeHead(500);
    response.end();
  });
});
let issuer;
server.listen(0, '127.0.0.1', () => {
  issuer = `http://127.0.0.1:${server.address().port}`;
  startProvider();
  console.log(`listening ${issuer}`);
});
