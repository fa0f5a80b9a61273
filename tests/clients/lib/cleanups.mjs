// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// What has to be undone at the end, in reverse order, also when somebody stops the program.
import os from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

export class Cleanups {
  #steps = [];

  constructor() {
    for (const name of SIGNALS) {
      process.once(name, async () => {
        await this.run();
        process.exit(128 + os.constants.signals[name]);
      });
    }
  }

  add(step) {
    this.#steps.push(step);
  }

  async run() {
    while (this.#steps.length > 0) await this.#steps.pop()();
  }
}
