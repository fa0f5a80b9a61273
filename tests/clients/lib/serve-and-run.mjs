// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Takes the options of run but --mcp-url. Starts server-everything and then the service with the
// shell command $BMA_DAEMON_COMMAND, which finds its listener and its upstream in the environment
// under the names its configuration knows. Stops both at the end.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Cleanups } from './cleanups.mjs';
import { clientsDir } from './packages.mjs';
import { Child } from './process.mjs';
import { freePort, startEverything } from './servers.mjs';
import { STEP_MS } from './timeout.mjs';

const EX_USAGE = 64;
const POLL_MS = 50;

// Ready is when it says so over HTTP; there is nothing else to wait on.
async function waitUntilHealthy(service, origin) {
  const deadline = Date.now() + STEP_MS;
  while (service.isRunning && Date.now() < deadline) {
    const response = await fetch(`${origin}/healthz`).catch(() => null);
    if (response?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error(`the service is not up at ${origin}:\n${service.tail(30)}`);
}

function privateHome() {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'bma-service-'));
  const env = { HOME: home };
  for (const kind of ['CONFIG', 'CACHE', 'DATA', 'STATE'])
    env[`XDG_${kind}_HOME`] = path.join(home, kind.toLowerCase());
  return { env, remove: () => fs.rmSync(home, { recursive: true, force: true, maxRetries: 5 }) };
}

async function startService(command, upstream, env, cleanups) {
  const listen = `127.0.0.1:${await freePort()}`;
  const service = new Child('/bin/sh', ['-c', command], {
    env: { ...process.env, ...env, BIOMCP_AUTH_LISTEN: listen, REMOTE_MCP_SERVER_URL: upstream },
  });
  cleanups.add(() => service.stop());
  await waitUntilHealthy(service, `http://${listen}`);
  return { mcpUrl: `http://${listen}/mcp`, service };
}

// Gives the exit code. The service's own log is worth reading when a client failed.
async function runClients({ mcpUrl, service }, cleanups) {
  const args = [path.join(clientsDir, 'lib', 'run.mjs'), '--mcp-url', mcpUrl];
  const run = spawn(process.execPath, [...args, ...process.argv.slice(2)], { stdio: 'inherit' });
  const exited = once(run, 'exit');
  cleanups.add(async () => {
    run.kill('SIGTERM');
    await exited;
  });
  const [code] = await exited;
  if (code !== 0) console.error(service.tail(200).replace(/^/gm, '# service: '));
  return code ?? 1;
}

const command = process.env.BMA_DAEMON_COMMAND;
if (!command) {
  console.error('serve-and-run: $BMA_DAEMON_COMMAND does not say how to start the service');
  process.exit(EX_USAGE);
}

const cleanups = new Cleanups();
try {
  const upstream = await startEverything();
  cleanups.add(() => upstream.stop());
  const home = privateHome();
  cleanups.add(home.remove);
  const service = await startService(command, upstream.url, home.env, cleanups);
  process.exitCode = await runClients(service, cleanups);
} catch (error) {
  console.error(`serve-and-run: ${error.message}`);
  process.exitCode = 1;
} finally {
  await cleanups.run();
}
