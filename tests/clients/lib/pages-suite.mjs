// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// pages [--pictures FOLDER] [--only NAME]: opens every page of the service as a person meets it and
// looks at it (page-check.mjs).
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { launchChromium } from './browser.mjs';
import { Cleanups } from './cleanups.mjs';
import { checkPage, watchRequests } from './page-check.mjs';
import { PAGES } from './pages.mjs';
import { endPrograms } from './prompt-programs.mjs';
import { startService } from './service.mjs';

const { values: options } = parseArgs({
  options: { pictures: { type: 'string' }, only: { type: 'string' } },
});
const command = process.env.BMA_DAEMON_COMMAND;
const cleanups = new Cleanups();
const counts = { passed: 0, failed: 0 };

function makeFolder() {
  if (options.pictures) {
    fs.mkdirSync(options.pictures, { recursive: true });
    return options.pictures;
  }
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bma-pages-'));
  cleanups.add(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function look(browser, { name, open }, service, folder) {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const requested = watchRequests(page);
    await open(page, service);
    await checkPage(page, name, requested, folder);
    counts.passed += 1;
    console.log(`ok ${name}`);
  } catch (error) {
    counts.failed += 1;
    console.log(`not ok ${name} ${error.message.split('\n')[0]}`);
  } finally {
    await context.close();
  }
}

async function lookAll(browser, identity, pages, folder) {
  const house = new Cleanups();
  try {
    // Nothing is called behind the service.
    const upstream = 'http://127.0.0.1:9/mcp';
    const service = await startService({ command, upstream, ...identity }, house);
    for (const page of pages) await look(browser, page, service, folder);
  } finally {
    await endPrograms();
    await house.run();
  }
}

try {
  const folder = makeFolder();
  const browser = await launchChromium();
  cleanups.add(() => browser.close());
  for (const { identity, pages } of PAGES) {
    const chosen = pages.filter(({ name }) => !options.only || name === options.only);
    if (chosen.length > 0) await lookAll(browser, identity, chosen, folder);
  }
} finally {
  await cleanups.run();
}
console.log(`${counts.passed} passed, ${counts.failed} failed, 0 skipped`);
process.exitCode = counts.failed > 0 ? 1 : 0;
