// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The Stytch simulator of ../../stytch-sim, and a service's settings for using it.
import fs from 'node:fs';
import path from 'node:path';
import { writeCredentials } from './credentials.mjs';
import { clientsDir } from './packages.mjs';
import { Child } from './process.mjs';

const PROGRAM = path.join(path.dirname(clientsDir), 'stytch-sim', 'stytch-sim');

// origin is the service's, folder a private one. Gives { url, env, forDrivers, stop () }.
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
    forDrivers: {
      BMA_STYTCH_SIM: credentials.api_url, BMA_STYTCH_PROJECT: credentials.project_id,
    },
    stop: () => child.stop(),
  };
}

function serviceSettings(credentials, folder) {
  return {
    ...writeCredentials(folder, { 'stytch-secret': credentials.secret }),
    IDENTITY_PROVIDER: 'stytch',
    STYTCH_API_URL: credentials.api_url,
    STYTCH_PROJECT_ID: credentials.project_id,
    STYTCH_PUBLIC_TOKEN: credentials.public_token,
  };
}
