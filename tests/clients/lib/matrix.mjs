// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Which clients there are, and how to run one of them and say how it went.
import path from 'node:path';
import { clientsDir } from './packages.mjs';
import { Child } from './process.mjs';
import { SETS } from './sets.mjs';

const CLIENT_MS = 120_000;

const CLIENTS = [
  'sdk1', 'sdk2', 'mcp-remote', 'inspector-cli', 'inspector-web', 'oauth4webapi', 'openid-client',
].map((name) => ({ name, driver: name, args: [] }));

const STYTCH = ['new', 'existing', 'refusal', 'together'].map((scenario) => ({
  name: `stytch-${scenario}`, driver: 'stytch', args: ['--scenario', scenario],
}));

const NEEDS_CHROMIUM = new Set(['inspector-web']);

export function entriesFor({ identity, set }) {
  if (set !== 'usual') return SETS[set].entries;
  return identity === 'stytch' ? [...CLIENTS, ...STYTCH] : CLIENTS;
}

export function reasonToSkip({ name }, { browser }) {
  return NEEDS_CHROMIUM.has(name) && browser !== 'chromium' ? 'needs Chromium' : null;
}

// The children of one run, so that an interrupted run can stop the one under way.
export class Runner {
  #child = null;

  constructor(options, env) {
    this.options = options;
    this.env = env;
  }

  #argumentsFor({ driver, args }) {
    const { mcpUrl, browser, press, sim, demo } = this.options;
    return [
      path.join(clientsDir, 'drivers', `${driver}.mjs`), mcpUrl, ...args,
      '--browser', browser, '--press', press,
      ...(sim ? ['--sim', sim] : []), ...(demo ? ['--narrate'] : []),
    ];
  }

  // { ok, reason, log, ... }
  async run(entry) {
    const child = new Child(process.execPath, this.#argumentsFor(entry), {
      env: this.env,
      onStderr: this.options.demo ? (text) => process.stderr.write(text) : undefined,
    });
    this.#child = child;
    try {
      await child.waitForExit(CLIENT_MS);
      const result = JSON.parse(child.stdout.trim().split('\n').at(-1));
      return { ...result, log: child.tail(30) };
    } catch (error) {
      return { ok: false, reason: error.message, log: child.tail(30) };
    } finally {
      await child.stop();
      this.#child = null;
    }
  }

  async stop() {
    await this.#child?.stop();
  }
}

const WORDS = {
  echo: 'echo',
  refreshed: 'refresh',
  expired: 'refreshed when expired',
  revoked: 'asked the person when revoked',
  reregistered: 'registered again',
  guided: 'token shown',
  refused: 'kept out',
  document: 'no registration',
  steppedUp: 'asked for more scopes',
  unattended: 'nobody was asked',
  gaveUp: 'gave up on more scopes',
};

const NUMBERS = {
  tools: 'tools',
  preflights: 'preflights',
  threads: 'threads',
  refusals: 'refused',
  rotations: 'rotations',
  calls: 'calls',
};

export function describe(result) {
  const numbers = Object.entries(NUMBERS)
    .filter(([key]) => result[key] !== undefined)
    .map(([key, word]) => `${result[key]} ${word}`);
  const words = Object.entries(WORDS).filter(([key]) => result[key]).map(([, word]) => word);
  return [...numbers, ...words].join(', ');
}
