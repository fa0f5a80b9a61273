// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Programs that ask for a token over the bus at the same time: copies of our command line, which
// the service knows by their paths.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { check } from './check.mjs';
import { STEP_MS } from './timeout.mjs';

const TOOL = process.env.BMA_CLI ?? 'build/src/cli/biomcp-auth';
// As bad as the name of a file may be.
const NAME = '<b>& "quotes" Ünïcödé 客户端 '.padEnd(60, 'x');
let running = [];

async function endAll() {
  const ended = running.map(({ child, folder }) => new Promise((resolve) => {
    child.once('exit', resolve);
    if (child.exitCode !== null || !child.kill()) resolve();
  }).then(() => fs.rmSync(folder, { recursive: true, force: true })));
  running = [];
  await Promise.all(ended);
}

// Resolves to the page that asks for it.
function start(name) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bma-program-'));
  const program = path.join(folder, name);
  fs.copyFileSync(TOOL, program);
  const child = spawn(program, ['token'], { stdio: ['ignore', 'ignore', 'pipe'] });
  running.push({ child, folder });
  return new Promise((resolve, reject) => {
    let told = '';
    const limit = setTimeout(() => reject(new Error(`no page: ${told}`)), STEP_MS);
    child.on('error', reject);
    child.on('exit', () => clearTimeout(limit));
    child.stderr.on('data', (text) => {
      told += text;
      const url = told.match(/^ {2}(http\S+)$/m)?.[1];
      if (!url) return;
      clearTimeout(limit);
      resolve(url);
    });
  });
}

// The page with the questions of so many programs.
export async function promptUrl(count) {
  await endAll();
  const names = Array.from({ length: count }, (_, number) => `${NAME}${number}`);
  const urls = new Set(await Promise.all(names.map(start)));
  check(urls.size === 1, `${urls.size} pages for ${count} programs`);
  return [...urls][0];
}

process.on('exit', () => running.forEach(({ child }) => child.kill()));
export { endAll as endPrograms };
