// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// What every driver shares: its arguments, a home of its own, one line of JSON as the result.
//
//   node drivers/NAME.mjs MCP_URL [--browser chromium|http] [--press SELECTOR,...] [--sim URL]
//                                 [--client NAME] [--scenario NAME] [--narrate]
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs, stripVTControlCharacters } from 'node:util';
import { Cleanups } from './cleanups.mjs';
import { Owner } from './owner.mjs';
import './packages.mjs';
import { signIn } from './person.mjs';

const OPTIONS = {
  browser: { type: 'string', default: 'chromium' },
  press: { type: 'string', default: '#allow' },
  sim: { type: 'string' },
  client: { type: 'string' },
  scenario: { type: 'string' },
  narrate: { type: 'boolean', default: false },
};
const SHARED_WITH_THE_DESKTOP = ['DBUS_SESSION_BUS_ADDRESS', 'DISPLAY', 'WAYLAND_DISPLAY'];
const PROXIES = ['http_proxy', 'https_proxy', 'all_proxy'];

class Driver {
  #cleanups = new Cleanups();

  constructor(argv) {
    const { values, positionals } = parseArgs({
      args: argv, options: OPTIONS, allowPositionals: true,
    });
    if (positionals.length !== 1) throw new Error('give one MCP URL');
    this.mcpUrl = new URL(positionals[0]);
    this.client = values.client;
    this.scenario = values.scenario;
    this.person = {
      browser: values.browser,
      presses: values.press.split(',').filter(Boolean),
      sim: values.sim,
    };
    this.narrate = values.narrate ? (text) => console.error(`  ${text}`) : () => {};
    this.owner = new Owner({ ...process.env });
    // For a program that belongs to the desktop on which the service runs.
    this.desktop = { DBUS_SESSION_BUS_ADDRESS: process.env.DBUS_SESSION_BUS_ADDRESS };
    this.home = this.#ownHome();
  }

  // No client reads or leaves anything in the real home, or meets the real desktop.
  #ownHome() {
    const home = fs.mkdtempSync(path.join(os.tmpdir(), 'bma-client-'));
    this.defer(() => fs.rmSync(home, { recursive: true, force: true, maxRetries: 5 }));
    const folders = {
      HOME: '', TMPDIR: 'tmp', XDG_RUNTIME_DIR: 'run', MCP_REMOTE_CONFIG_DIR: 'mcp-remote',
    };
    for (const kind of ['CONFIG', 'CACHE', 'DATA', 'STATE'])
      folders[`XDG_${kind}_HOME`] = kind.toLowerCase();
    for (const [name, folder] of Object.entries(folders)) {
      process.env[name] = path.join(home, folder);
      fs.mkdirSync(process.env[name], { recursive: true, mode: 0o700 });
    }
    for (const name of SHARED_WITH_THE_DESKTOP) delete process.env[name];
    for (const name of PROXIES) {
      delete process.env[name];
      delete process.env[name.toUpperCase()];
    }
    return home;
  }

  // For the end, whatever happens; the last comes first.
  defer(cleanup) {
    this.#cleanups.add(cleanup);
  }

  cleanUp() {
    return this.#cleanups.run();
  }

  signIn(authorizeUrl) {
    return signIn(authorizeUrl, { ...this.person, narrate: this.narrate });
  }
}

// body (driver) does the work and returns what is worth reporting.
export async function runDriver(client, body) {
  const startedMs = performance.now();
  const result = { client };
  let driver;
  try {
    driver = new Driver(process.argv.slice(2));
    Object.assign(result, { ok: true }, await body(driver));
  } catch (error) {
    Object.assign(result, { ok: false, reason: reasonOf(error) });
    console.error(error);
  } finally {
    await driver?.cleanUp();
  }
  result.ms = Math.round(performance.now() - startedMs);
  console.log(JSON.stringify(result));
  // Clients leave timers and sockets behind.
  process.exit(result.ok ? 0 : 1);
}

const isText = (value) => typeof value === 'string';

function reasonOf(error) {
  const parts = [];
  for (let at = error; at instanceof Error && parts.length < 4; at = at.cause)
    parts.push([at.code, at.error, at.message].filter(isText).join(' '));
  const reason = parts.join(': ') || String(error);
  return stripVTControlCharacters(reason).replace(/\s+/g, ' ').slice(0, 500);
}
