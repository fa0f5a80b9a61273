// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// For clients that open the desktop's browser themselves: points $BROWSER at ../fake-browser and
// reports what it did.
import fs from 'node:fs';
import path from 'node:path';
import { clientsDir } from './packages.mjs';

export class DesktopBrowser {
  #log;

  constructor(driver) {
    this.#log = path.join(driver.home, 'browser.log');
    fs.writeFileSync(this.#log, '');
    this.env = {
      BROWSER: path.join(clientsDir, 'fake-browser'),
      BMA_CLIENTS_PERSON: JSON.stringify(driver.person),
      BMA_CLIENTS_BROWSER_LOG: this.#log,
    };
  }

  #lines(word) {
    const lines = fs.readFileSync(this.#log, 'utf8').split('\n');
    return lines.filter((line) => line.startsWith(word));
  }

  get timesOpened() {
    return this.#lines('open ').length;
  }

  // What goes wrong in front of the browser ends the wait for the client, and is more to the point
  // than what the client makes of it.
  async unlessItFails(work) {
    const watching = new AbortController();
    const failed = this.#nextFailure(watching.signal);
    failed.catch(() => {});
    try {
      return await Promise.race([work, failed]);
    } catch (error) {
      const failure = this.#failure();
      if (failure) console.error(error);
      throw failure ?? error;
    } finally {
      watching.abort();
      work.catch(() => {});
    }
  }

  #failure() {
    const [line] = this.#lines('failed ');
    return line && new Error(`browser: ${line.slice('failed '.length)}`);
  }

  #nextFailure(signal) {
    return new Promise((_resolve, reject) => {
      fs.watch(this.#log, { signal }, () => {
        const failure = this.#failure();
        if (failure) reject(failure);
      }).on('error', reject);
    });
  }
}
