// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The lines a suite prints: "ok NAME (...)", "not ok NAME reason", "skip NAME reason", and the
// counts at the end.

export class Report {
  #counts = { passed: 0, failed: 0, skipped: 0 };

  pass(name, what) {
    this.#counts.passed += 1;
    console.log(`ok ${name} (${what})`);
  }

  // log: what the client said, for whoever looks for the reason.
  fail(name, reason, log = '') {
    this.#counts.failed += 1;
    console.log(`not ok ${name} ${reason}`);
    if (log) console.log(log.replace(/^/gm, '# '));
  }

  skip(name, reason) {
    this.#counts.skipped += 1;
    console.log(`skip ${name} ${reason}`);
  }

  // Gives the exit code.
  finish() {
    const { passed, failed, skipped } = this.#counts;
    console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
    return failed > 0 || passed === 0 ? 1 : 0;
  }
}
