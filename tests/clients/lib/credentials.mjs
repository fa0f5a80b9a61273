// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Secrets go where systemd would put them: a service takes none from its environment. There is no
// keyring then, so the service takes all its secrets from this folder, and writes none.
import { generateKeyPairSync } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

const MODE = { mode: 0o600 };

// secrets: { KIND: text }; gives the environment. Can be called again to add some.
export function writeCredentials(folder, secrets) {
  const directory = path.join(folder, 'credentials');
  const signingKey = path.join(directory, 'signing-key');
  fs.mkdirSync(directory, { mode: 0o700, recursive: true });
  if (!fs.existsSync(signingKey)) {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const key = JSON.stringify({ ...privateKey.export({ format: 'jwk' }), alg: 'ES256' });
    fs.writeFileSync(signingKey, key, MODE);
  }
  for (const [kind, text] of Object.entries(secrets))
    fs.writeFileSync(path.join(directory, kind), text, MODE);
  return { CREDENTIALS_DIRECTORY: directory };
}
