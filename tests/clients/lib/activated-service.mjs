// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// A service that the private bus starts when somebody calls it, as on a desktop. Where it shows a
// page, the person presses "Allow" at once.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { clientsDir } from './packages.mjs';

const NAME = 'org.biomcp.Auth';
const PRESS = path.join(clientsDir, '..', 'tools', 'press-allow');

const quote = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

function script(file, lines) {
  fs.writeFileSync(file, ['#!/bin/sh', ...lines, ''].join('\n'), { mode: 0o700 });
  return file;
}

function callBus(method, ...args) {
  return execFileSync('gdbus', [
    'call', '--session', '--timeout', '20', '--dest', 'org.freedesktop.DBus', '--object-path', '/',
    '--method', `org.freedesktop.DBus.${method}`, ...args,
  ], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

// command, env, home: of the service. Gives { log (), forDrivers, stop () }.
export function makeActivatable(command, env, home) {
  const [, bus] = process.env.DBUS_SESSION_BUS_ADDRESS.match(/^unix:path=([^,]+)/);
  const log = path.join(home, 'service.log');
  const pages = path.join(home, 'pages.log');
  fs.writeFileSync(pages, '');
  const browser = script(path.join(home, 'browser'), [
    `echo "$1" >>${quote(pages)}`, `exec ${quote(PRESS)} "$1"`,
  ]);
  const start = script(path.join(home, 'start'), [
    `cd ${quote(process.cwd())}`,
    ...Object.entries({ ...env, BROWSER: browser })
      .map(([name, value]) => `export ${name}=${quote(value)}`),
    `exec >>${quote(log)} 2>&1`,
    command,
  ]);
  fs.writeFileSync(
    path.join(path.dirname(bus), 'services', `${NAME}.service`),
    `[D-BUS Service]\nName=${NAME}\nExec=${start}\n`);
  callBus('ReloadConfig');
  return {
    log: () => fs.readFileSync(log, 'utf8'),
    forDrivers: { BMA_PAGES_LOG: pages },
    stop: () => signalService('SIGTERM'),
  };
}

function findService() {
  try {
    return Number(callBus('GetConnectionUnixProcessID', NAME).match(/uint32 (\d+)/)[1]);
  } catch {
    return null;
  }
}

// Resolves when the process is gone.
export async function signalService(signal) {
  const pid = findService();
  if (pid === null) return;
  process.kill(pid, signal);
  while (isThere(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
}

function isThere(pid) {
  try {
    // One that ended is a zombie until the bus collects it.
    return !/^State:\s+Z/m.test(fs.readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

export function countPages() {
  return fs.readFileSync(process.env.BMA_PAGES_LOG, 'utf8').split('\n').filter(Boolean).length;
}
