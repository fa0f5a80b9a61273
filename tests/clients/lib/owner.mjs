// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The owner of the service at a terminal: runs biomcp-auth.
import { check } from './check.mjs';
import { Child } from './process.mjs';

export class Owner {
  #env;

  // env: of the desktop on which the service runs.
  constructor(env) {
    this.#env = env;
  }

  // Gives what it prints with --json.
  async run(...words) {
    const child = new Child('biomcp-auth', [...words, '--json'], { env: this.#env });
    try {
      const { code, error } = await child.waitForExit();
      const said = error?.message ?? child.tail();
      check(code === 0, `biomcp-auth ${words.join(' ')} ended with ${code}: ${said}`);
      return JSON.parse(child.stdout);
    } finally {
      await child.stop();
    }
  }

  grants() {
    return this.run('grants', 'list');
  }

  clients() {
    return this.run('clients', 'list');
  }

  async clientNamed(name) {
    const found = (await this.clients()).filter((client) => client.name === name);
    check(found.length === 1, `${found.length} clients are named ${name}`);
    return found[0];
  }
}
