// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// openid-client as a program that acts for itself: the owner makes a client with biomcp-auth clients
// add, with a secret or with a key of its own; nobody signs in. It asks about its token, which the
// owner sees and takes back.
import fs from 'node:fs';
import path from 'node:path';
import { check, checkEcho, checkTools } from '../lib/check.mjs';
import { runDriver } from '../lib/driver.mjs';
import { load } from '../lib/packages.mjs';
import { RawMcp } from '../lib/raw-mcp.mjs';

const oidc = load('clients', 'openid-client');

// { id, authenticate }: made by the owner.
const MAKERS = {
  async basic(owner) {
    const made = await owner.run('clients', 'add', '--name', 'A robot');
    return { id: made['client-id'], authenticate: oidc.ClientSecretBasic(made['client-secret']) };
  },
  async post(owner) {
    const made = await owner.run('clients', 'add', '--name', 'A robot', '--scope', 'mcp');
    return { id: made['client-id'], authenticate: oidc.ClientSecretPost(made['client-secret']) };
  },
  async key(owner, home) {
    const pair = await crypto.subtle.generateKey(
      { name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
    const jwk = { ...(await crypto.subtle.exportKey('jwk', pair.publicKey)), kid: 'k1', alg: 'ES256' };
    const file = path.join(home, 'jwks.json');
    fs.writeFileSync(file, JSON.stringify({ keys: [jwk] }));
    const made = await owner.run('clients', 'add', '--name', 'A robot', '--jwks', file);
    check(!('client-secret' in made), 'a client with a key got a secret');
    const authenticate = oidc.PrivateKeyJwt({ key: pair.privateKey, kid: 'k1' });
    return { id: made['client-id'], authenticate };
  },
};

async function useServer(driver, config, accessToken) {
  const mcp = new RawMcp((headers, body) =>
    oidc.fetchProtectedResource(config, accessToken, driver.mcpUrl, 'POST', body, headers));
  await mcp.connect('machine');
  const tools = await mcp.listTools();
  checkTools(tools);
  await checkEcho(mcp.callTool);
  return tools.length;
}

await runDriver('machine', async (driver) => {
  const { id, authenticate } = await MAKERS[driver.scenario](driver.owner, driver.home);
  const config = await oidc.discovery(new URL(driver.mcpUrl.origin), id, undefined, authenticate, {
    algorithm: 'oauth2',
    execute: [oidc.allowInsecureRequests],
  });
  const tokens = await oidc.clientCredentialsGrant(config, { resource: driver.mcpUrl.href });
  check(!tokens.refresh_token, 'there is a refresh token');
  const tools = await useServer(driver, config, tokens.access_token);

  const told = await oidc.tokenIntrospection(config, tokens.access_token);
  check(told.active && told.sub === id && told.client_id === id, JSON.stringify(told));
  const [grant] = (await driver.owner.grants()).filter((one) => one['client-id'] === id);
  check(grant, 'the owner does not see the grant');
  await driver.owner.run('grants', 'revoke', grant.id);
  const after = await oidc.tokenIntrospection(config, tokens.access_token);
  check(JSON.stringify(after) === '{"active":false}', JSON.stringify(after));

  const again = await oidc.clientCredentialsGrant(config);
  await oidc.tokenRevocation(config, again.access_token);
  const revoked = await oidc.tokenIntrospection(config, again.access_token);
  check(!revoked.active, 'a token that was revoked is active');
  return { tools, echo: true };
});
