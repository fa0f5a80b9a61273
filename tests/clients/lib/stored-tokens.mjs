// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Spoils the access tokens a client keeps on disk, so that its next run has to refresh.
import fs from 'node:fs';
import path from 'node:path';

// As JSON, or as JSON inside a JSON string.
const ACCESS_TOKEN = /(access_token\\*"\s*:\s*\\*")([^"\\]+)/g;
const SPOILED = 'spoiled.access.token';

function storedFiles(folder) {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
    .map((entry) => path.join(entry.parentPath, entry.name));
}

export function spoilAccessTokens(folder) {
  let count = 0;
  for (const file of storedFiles(folder)) {
    const text = fs.readFileSync(file, 'utf8');
    const spoiled = text.replace(ACCESS_TOKEN, (_whole, key) => {
      count += 1;
      return key + SPOILED;
    });
    if (spoiled !== text) fs.writeFileSync(file, spoiled);
  }
  if (count === 0) throw new Error(`no access token is stored under ${folder}`);
}

export function hasSpoiledTokens(folder) {
  return storedFiles(folder).some((file) => fs.readFileSync(file, 'utf8').includes(SPOILED));
}
