// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Finds what ./lab installed. The packages live outside the source tree, so a plain import cannot
// see them; require() resolves from the folder of a group, and loads ES modules just as well.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';

const cacheDir =
  process.env.BMA_TEST_CACHE ??
  path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'biomcp-auth-tests');

export const labDir = process.env.BMA_CLIENTS_LAB ?? path.join(cacheDir, 'clients');

// Children run with another HOME, where the folder could not be found again.
process.env.BMA_CLIENTS_LAB = labDir;

export const clientsDir = path.dirname(import.meta.dirname);

export function load(group, specifier) {
  return createRequire(path.join(labDir, group, 'package.json'))(specifier);
}

export function packageFile(group, name, ...rest) {
  const file = path.join(labDir, group, 'node_modules', name, ...rest);
  if (!fs.existsSync(file)) throw new Error(`${file} is missing: run tests/clients/lab`);
  return file;
}

export function packageVersion(group, name) {
  return JSON.parse(fs.readFileSync(packageFile(group, name, 'package.json'), 'utf8')).version;
}
