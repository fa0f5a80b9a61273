// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The Stytch simulator of ../../stytch-sim, and a service's settings for using it.
import { generateKeyPairSync } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { clientsDir } from './packages.mjs';
import { Child } from './process.mjs';

const PROGRAM = path.join(path.dirname(clientsDir), 'stytch-sim', 'stytch-sim');

// origin is the service's, folder a private one. Gives { url, env, stop () }.
export async function startStytchSim(origin, folder) {
  const credentialsFile = path.join(folder, 'stytch-sim.json');
  const callback = `${origin}/callback?tx={}`;
  const child = new Child(PROGRAM, [
    '--write-credentials', credentialsFile,
    '--redirect-url', `login=${callback}`,
    '--redirect-url', `signup=${callback}`,
  ]);
  try {
    await child.waitForOutput(/^listening (\S+)$/m);
  } catch (error) {
    await child.stop();
    throw error;
  }
  const credentials = JSON.parse(fs.readFileSync(credentialsFile, 'utf8'));
  return {
    url: credentials.api_url,
    env: serviceSettings(credentials, folder),
    stop: () => child.stop(),
  };
}

// The secret goes where systemd would put it: a service takes none from its environment.
function serviceSettings(credentials, folder) {
  const directory = path.join(folder, 'credentials');
  fs.mkdirSync(directory, { mode: 0o700 });
  // No keyring here: the service takes all its secrets from this folder, and writes none.
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = JSON.stringify({ ...privateKey.export({ format: 'jwk' }), alg: 'ES256' });
  fs.writeFileSync(path.join(directory, 'signing-key'), key, { mode: 0o600 });
  fs.writeFileSync(path.join(directory, 'stytch-secret'), credentials.secret, { mode: 0o600 });
  return {
    CREDENTIALS_DIRECTORY: directory,
    IDENTITY_PROVIDER: 'stytch',
    STYTCH_API_URL: credentials.api_url,
    STYTCH_PROJECT_ID: credentials.project_id,
    STYTCH_PUBLIC_TOKEN: credentials.public_token,
  };
}
