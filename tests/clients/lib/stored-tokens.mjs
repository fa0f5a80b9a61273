// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Spoils the access tokens a client keeps on disk, so that its next run has to refresh.
import fs from 'node:fs';
import path from 'node:path';
import { STEP_MS, within } from './timeout.mjs';

// As JSON, or as JSON inside a JSON string.
const ACCESS_TOKEN = /(access_token\\*"\s*:\s*\\*")([^"\\]+)/g;
const SPOILED = 'spoiled.access.token';
// The Inspector's record of what it sent and got, which it never reads tokens from.
const RECORD = /^inspector-session-/;

function storedFiles(folder) {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(({ name }) => name.endsWith('.json') && !RECORD.test(name))
    .filter((entry) => entry.isFile())
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

// A page may store what it got a while after it used it.
export async function waitUntilUnspoiled(folder) {
  const watcher = fs.watch(folder, { recursive: true });
  try {
    await within(STEP_MS, 'new token in the store', new Promise((resolve) => {
      const look = () => !hasSpoiledTokens(folder) && resolve();
      watcher.on('change', look);
      look();
    }));
  } finally {
    watcher.close();
  }
}

export function hasSpoiledTokens(folder) {
  return storedFiles(folder).some((file) => fs.readFileSync(file, 'utf8').includes(SPOILED));
}
