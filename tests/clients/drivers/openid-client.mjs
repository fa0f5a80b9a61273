// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// openid-client: discovery, registration, code flow, refresh and revocation with all checks on.
import { check } from '../lib/check.mjs';
import { runDriver } from '../lib/driver.mjs';
import { StrictClient } from '../lib/strict-client.mjs';

async function checkRevoked(client, refreshToken) {
  await client.revoke(refreshToken);
  try {
    await client.refresh(refreshToken);
  } catch (error) {
    check(error.error === 'invalid_grant', `a revoked refresh token: ${error.message}`);
    return;
  }
  throw new Error('a revoked refresh token was accepted');
}

await runDriver('openid-client', async (driver) => {
  const client = await StrictClient.register(driver, 'openid-client');
  check(client.server.supportsPKCE(), 'PKCE S256 is not advertised');
  check(client.server.authorization_response_iss_parameter_supported, '"iss" is not advertised');

  const login = await client.begin();
  await driver.signIn(login.url);
  const tokens = await login.finish();
  check(tokens.refresh_token, 'no refresh token was issued');
  const tools = await client.useServer(tokens.access_token);

  const fresh = await client.refresh(tokens.refresh_token);
  await client.useServer(fresh.access_token);
  const rotated = fresh.refresh_token !== tokens.refresh_token;
  await checkRevoked(client, fresh.refresh_token);
  return { tools, echo: true, refreshed: true, rotated, revoked: true };
});
