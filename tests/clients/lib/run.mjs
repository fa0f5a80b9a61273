// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// run --mcp-url URL [--only NAME,...] [--browser chromium|http] [--identity local|stytch]
//     [--set usual|later|step-up|web|documents|mail|openid|openid-public] [--sim URL]
//     [--press SELECTOR,...] [--demo]
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Cleanups } from './cleanups.mjs';
import { describe, entriesFor, reasonToSkip, Runner } from './matrix.mjs';
import './packages.mjs';
import { Report } from './report.mjs';
import { SETS } from './sets.mjs';

const OPTIONS = {
  'mcp-url': { type: 'string' },
  only: { type: 'string' },
  browser: { type: 'string', default: 'chromium' },
  identity: { type: 'string', default: 'local' },
  set: { type: 'string', default: 'usual' },
  sim: { type: 'string' },
  press: { type: 'string' },
  demo: { type: 'boolean', default: false },
};
const PRESSES = { local: '#allow', stytch: '#allow,#approve-existing' };
const EX_USAGE = 64;

function readOptions() {
  const { values } = parseArgs({ options: OPTIONS });
  if (!URL.canParse(values['mcp-url'])) throw new Error('--mcp-url URL is missing');
  if (!['chromium', 'http'].includes(values.browser))
    throw new Error('--browser is chromium or http');
  if (!(values.identity in PRESSES)) throw new Error('--identity is local or stytch');
  if (values.set !== 'usual' && !(values.set in SETS)) throw new Error('--set names no set');
  const sim = values.sim && new URL(values.sim).origin;
  const press = values.press ?? SETS[values.set]?.press ?? PRESSES[values.identity];
  return { ...values, mcpUrl: values['mcp-url'], sim, press };
}

function choose({ only, ...options }) {
  const entries = entriesFor(options);
  const names = only?.split(',') ?? entries.map(({ name }) => name);
  return names.map((name) => {
    const entry = entries.find((candidate) => candidate.name === name);
    if (entry) return entry;
    throw new Error(`no client ${name}; there are ${entries.map((e) => e.name).join(', ')}`);
  });
}

async function runAll(entries, options, runner) {
  const report = new Report();
  for (const entry of entries) {
    const skip = reasonToSkip(entry, options);
    if (skip) {
      report.skip(entry.name, skip);
      continue;
    }
    if (options.demo) console.log(`The client ${entry.name} meets ${options.mcpUrl}:`);
    const result = await runner.run(entry);
    if (result.ok) report.pass(entry.name, describe(result));
    else report.fail(entry.name, result.reason, result.log);
  }
  return report.finish();
}

let options, entries;
try {
  options = readOptions();
  entries = choose(options);
} catch (error) {
  console.error(`run: ${error.message}`);
  process.exit(EX_USAGE);
}

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'bma-clients-'));
const cleanups = new Cleanups();
cleanups.add(() => fs.rmSync(scratch, { recursive: true, force: true, maxRetries: 5 }));
const runner = new Runner(options, { ...process.env, TMPDIR: scratch });
cleanups.add(() => runner.stop());
try {
  process.exitCode = await runAll(entries, options, runner);
} finally {
  await cleanups.run();
}
