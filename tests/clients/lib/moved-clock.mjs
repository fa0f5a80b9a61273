// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Moves the service's clock forward, so that what it issued really expires: libfaketime stands
// between the service and the C library and reads the time difference from a file. Monotonic
// time, and so every timer, goes on as usual; the clients see the true time.
import fs from 'node:fs';
import path from 'node:path';

const LIBRARY_DIR = '/usr/lib';
const LIBRARY = 'faketime/libfaketimeMT.so.1';

function findLibrary() {
  const folders = fs.readdirSync(LIBRARY_DIR).filter((name) => name.endsWith('-linux-gnu'));
  const file = folders.map((name) => path.join(LIBRARY_DIR, name, LIBRARY)).find(fs.existsSync);
  if (!file) throw new Error(`${LIBRARY} is missing: install the distribution's package faketime`);
  return file;
}

// For a service that is about to start: { env, forDrivers }.
export function prepareClock(folder) {
  const file = path.join(folder, 'clock');
  fs.writeFileSync(file, '+0');
  return {
    env: {
      LD_PRELOAD: findLibrary(),
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    },
    forDrivers: { BMA_TEST_CLOCK: file },
  };
}

export function moveClock(seconds) {
  const file = process.env.BMA_TEST_CLOCK;
  if (!file) throw new Error('the clock of this service cannot be moved');
  const moved = Number(fs.readFileSync(file, 'utf8')) + seconds;
  // The service reads it at any moment, and must not find it empty.
  fs.writeFileSync(`${file}.new`, `+${moved}`);
  fs.renameSync(`${file}.new`, file);
}
