// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Takes the options of run but --mcp-url and --sim. Starts server-everything, with --identity stytch
// the simulator, and the service with the shell command $BMA_DAEMON_COMMAND; stops them at the end.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Cleanups } from './cleanups.mjs';
import { clientsDir } from './packages.mjs';
import { startBothEras, startEverything } from './servers.mjs';
import { startService } from './service.mjs';
import { SETS } from './sets.mjs';
import { startSwitch } from './upstream-switch.mjs';

const EX_USAGE = 64;

// Gives the exit code. The service's own log is worth reading when a client failed.
async function runClients({ mcpUrl, simUrl, log, forDrivers }, args, cleanups) {
  const program = path.join(clientsDir, 'lib', 'run.mjs');
  const where = ['--mcp-url', mcpUrl, ...(simUrl ? ['--sim', simUrl] : [])];
  const run = spawn(process.execPath, [program, ...where, ...args], {
    env: { ...process.env, ...forDrivers }, stdio: 'inherit',
  });
  const exited = once(run, 'exit');
  cleanups.add(async () => {
    run.kill('SIGTERM');
    await exited;
  });
  const [code] = await exited;
  if (code !== 0) console.error(log().replace(/^/gm, '# service: '));
  return code ?? 1;
}

async function startUpstream({ hasSwitch } = {}, cleanups) {
  const start = async (how) => {
    const server = await how();
    cleanups.add(() => server.stop());
    return server;
  };
  const everything = await start(startEverything);
  if (!hasSwitch) return everything;
  const again = await start(startEverything);
  const bothEras = await start(startBothEras);
  return start(() => startSwitch({
    everything: everything.url, again: again.url, 'both-eras': bothEras.url,
  }));
}

const args = process.argv.slice(2);
const { identity, set } = parseArgs({
  args, strict: false, options: { identity: { type: 'string' }, set: { type: 'string' } },
}).values;
const command = process.env.BMA_DAEMON_COMMAND;
if (!command) {
  console.error('serve-and-run: $BMA_DAEMON_COMMAND does not say how to start the service');
  process.exit(EX_USAGE);
}

const cleanups = new Cleanups();
try {
  const upstream = await startUpstream(SETS[set], cleanups);
  const service = await startService(
    { command, upstream: upstream.url, identity, set: SETS[set] }, cleanups);
  Object.assign(service.forDrivers, upstream.forDrivers);
  process.exitCode = await runClients(service, args, cleanups);
} catch (error) {
  console.error(`serve-and-run: ${error.message}`);
  process.exitCode = 1;
} finally {
  await cleanups.run();
}
