// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Child processes whose output is kept, that can be waited for, and that are stopped by pid.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { STEP_MS, within } from './timeout.mjs';

const GRACE_MS = 3_000;

export class Child {
  #child;
  #exited;
  #listeners = new Set();
  output = '';

  constructor(command, args, { env = process.env, ipc = false, onStderr } = {}) {
    const stdio = ['ignore', 'pipe', 'pipe', ...(ipc ? ['ipc'] : [])];
    // A group of its own: a client's helpers end together with the client.
    this.#child = spawn(command, args, { env, stdio, detached: true });
    this.stdout = '';
    this.#child.stdout.setEncoding('utf8').on('data', (text) => this.#collect(text, true));
    this.#child.stderr.setEncoding('utf8').on('data', (text) => {
      this.#collect(text, false);
      onStderr?.(text);
    });
    this.#exited = new Promise((resolve) => {
      this.#child.once('error', (error) => resolve({ code: null, error }));
      this.#child.once('close', (code, signal) => resolve({ code, signal }));
    });
  }

  // { code, signal }, or { error } if it could not be started.
  get exited() {
    return this.#exited;
  }

  get pid() {
    return this.#child.pid;
  }

  #collect(text, isStdout) {
    this.output += text;
    if (isStdout) this.stdout += text;
    for (const listener of this.#listeners) listener();
  }

  tail(lines = 12) {
    return this.output.trim().split('\n').slice(-lines).join('\n');
  }

  // Resolves with the match once the output has it; fails when the process ends first.
  async waitForOutput(pattern, ms = STEP_MS) {
    let listener;
    const seen = new Promise((resolve) => {
      listener = () => {
        const match = this.output.match(pattern);
        if (match) resolve(match);
      };
      this.#listeners.add(listener);
      listener();
    });
    const ended = this.#exited.then(({ code, signal }) => {
      throw new Error(`ended (${signal ?? code}) before ${pattern}: ${this.tail()}`);
    });
    try {
      return await within(ms, `output ${pattern}`, Promise.race([seen, ended]));
    } finally {
      this.#listeners.delete(listener);
    }
  }

  async waitForMessage(ms = STEP_MS) {
    const ended = this.#exited.then(({ code, error }) => {
      throw new Error(`ended (${error?.message ?? code}) before it was ready: ${this.tail()}`);
    });
    const ready = Promise.race([once(this.#child, 'message'), ended]);
    const [message] = await within(ms, 'ready', ready);
    return message;
  }

  waitForExit(ms = STEP_MS) {
    return within(ms, 'end of process', this.#exited);
  }

  get isRunning() {
    return this.#child.exitCode === null && this.#child.signalCode === null && this.pid;
  }

  #signal(name) {
    try {
      process.kill(-this.pid, name);
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
  }

  async stop() {
    if (!this.pid) return;
    this.#signal('SIGTERM');
    try {
      await this.waitForExit(GRACE_MS);
    } catch {
      // It does not listen, or a helper of it keeps our pipes open.
    }
    this.#signal('SIGKILL');
  }
}
