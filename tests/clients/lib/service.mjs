// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The service under test, from a shell command that finds its settings in the environment under
// the names its configuration knows.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { makeActivatable } from './activated-service.mjs';
import { prepareClock } from './moved-clock.mjs';
import { startOpenidProvider } from './openid-provider.mjs';
import { Child } from './process.mjs';
import { freePort } from './servers.mjs';
import { startStytchSim } from './stytch-sim.mjs';
import { STEP_MS } from './timeout.mjs';

const POLL_MS = 50;

// Ready is when it answers over HTTP and has a key to sign with; there is nothing else to wait on.
async function waitUntilReady(service, origin) {
  const deadline = Date.now() + STEP_MS;
  while (service.isRunning && Date.now() < deadline) {
    const response = await fetch(`${origin}/.well-known/jwks.json`).catch(() => null);
    if (response?.ok && (await response.json()).keys.length > 0) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error(`the service is not up at ${origin}:\n${service.tail(30)}`);
}

function privateHome(cleanups) {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'bma-service-'));
  cleanups.add(() => fs.rmSync(home, { recursive: true, force: true, maxRetries: 5 }));
  const env = { HOME: home };
  for (const kind of ['CONFIG', 'CACHE', 'DATA', 'STATE'])
    env[`XDG_${kind}_HOME`] = path.join(home, kind.toLowerCase());
  return { home, env };
}

function writeConfig(env, text) {
  const folder = path.join(env.XDG_CONFIG_HOME, 'biomcp-auth');
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  fs.writeFileSync(path.join(folder, 'config.ini'), text, { mode: 0o600 });
}

// set: see sets.mjs. Gives { mcpUrl, simUrl, log (), forDrivers }; the last is what its drivers need
// to find in their environment.
export async function startService({ command, upstream, identity, set = {} }, cleanups) {
  const listen = `127.0.0.1:${await freePort()}`;
  const origin = `http://${listen}`;
  const { home, env } = privateHome(cleanups);
  Object.assign(env, { BIOMCP_AUTH_LISTEN: listen, REMOTE_MCP_SERVER_URL: upstream });
  const forDrivers = {};
  // Whoever is started last says who people are.
  const others = [];
  const startOther = async (other) => {
    cleanups.add(() => other.stop());
    Object.assign(env, other.env);
    Object.assign(forDrivers, other.forDrivers);
    others.push(other.url);
  };
  if (identity === 'stytch' || set.hasStytch) await startOther(await startStytchSim(origin, home));
  if (set.openidClient)
    await startOther(await startOpenidProvider(origin, home, set.openidClient));
  if (set.isClockMoved) {
    const clock = prepareClock(home);
    Object.assign(env, clock.env);
    Object.assign(forDrivers, clock.forDrivers);
  }
  if (set.config) {
    const pagePort = await freePort();
    writeConfig(env, set.config({ pagePort, openid: env.OAUTH_ISSUER }));
    forDrivers.BMA_WEB_PAGE_PORT = String(pagePort);
  }
  if (set.isActivated) {
    const service = makeActivatable(command, env, home);
    cleanups.add(() => service.stop());
    Object.assign(forDrivers, service.forDrivers);
    return { mcpUrl: `${origin}/mcp`, log: service.log, forDrivers };
  }
  const service = new Child('/bin/sh', ['-c', command], { env: { ...process.env, ...env } });
  cleanups.add(() => service.stop());
  await waitUntilReady(service, origin);
  return { mcpUrl: `${origin}/mcp`, simUrl: others.at(-1), log: () => service.tail(200), forDrivers };
}
