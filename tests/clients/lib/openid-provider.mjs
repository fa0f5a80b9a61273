// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The OpenID provider of ../servers/openid-provider.mjs, and a service's settings for using it.
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { writeCredentials } from './credentials.mjs';
import { clientsDir } from './packages.mjs';
import { Child } from './process.mjs';

const PROGRAM = path.join(clientsDir, 'servers', 'openid-provider.mjs');

// origin is the service's, folder a private one, clientId what it is called there. Gives
// { url, env, forDrivers, stop () }.
export async function startOpenidProvider(origin, folder, clientId) {
  const secret = randomBytes(32).toString('base64url');
  const settings = { redirectUri: `${origin}/callback`, resource: `${origin}/mcp`, secret };
  const child = new Child(process.execPath, [PROGRAM], {
    env: { ...process.env, OPENID_PROVIDER: JSON.stringify(settings) },
  });
  let url;
  try {
    [, url] = await child.waitForOutput(/^listening (\S+)$/m);
  } catch (error) {
    await child.stop();
    throw error;
  }
  const isConfidential = clientId === 'biomcp-secret';
  return {
    url,
    env: {
      ...writeCredentials(folder, isConfidential ? { 'oidc-client-secret': secret } : {}),
      IDENTITY_PROVIDER: 'oauth',
      OAUTH_ISSUER: url,
      OAUTH_CLIENT_ID: clientId,
    },
    forDrivers: { BMA_OPENID_PROVIDER: url, BMA_OPENID_SECRET: secret },
    stop: () => child.stop(),
  };
}
