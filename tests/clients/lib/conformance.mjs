// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Runs the official suite and reads the result files it leaves.
import fs from 'node:fs';
import path from 'node:path';
import { packageFile } from './packages.mjs';
import { Child } from './process.mjs';

const SUITE_MS = 240_000;

export class ConformanceRun {
  #folder;
  child;

  constructor(mode, args, folder) {
    this.#folder = folder;
    const program = packageFile(
      'conformance', '@modelcontextprotocol/conformance', 'dist', 'index.js');
    this.child = new Child(process.execPath, [program, mode, ...args, '-o', folder]);
  }

  // { code, scenarios: Map of name to checks in their order }
  async finish() {
    const { code } = await this.child.waitForExit(SUITE_MS);
    const scenarios = new Map();
    for (const entry of fs.readdirSync(this.#folder).sort()) {
      const checks = JSON.parse(
        fs.readFileSync(path.join(this.#folder, entry, 'checks.json'), 'utf8'));
      scenarios.set(entry.replace(/-\d{4}-\d\d-\d\dT[\d-]+Z$/, ''), checks);
    }
    return { code, scenarios };
  }
}
