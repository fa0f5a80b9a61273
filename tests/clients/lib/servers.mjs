// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The MCP servers that stand behind the service under test.
import net from 'node:net';
import path from 'node:path';
import { clientsDir, packageFile } from './packages.mjs';
import { Child } from './process.mjs';

// For programs that want a port number and cannot report the one they got.
export async function freePort() {
  const probe = net.createServer();
  await new Promise((resolve, reject) => {
    probe.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

export function startEverything() {
  const program = packageFile(
    'servers', '@modelcontextprotocol/server-everything', 'dist', 'index.js');
  return start(['--require', path.join(clientsDir, 'loopback.cjs'), program, 'streamableHttp']);
}

// Speaks the protocols with sessions and the one without.
export function startBothEras() {
  return start([path.join(clientsDir, 'servers', 'both-eras.mjs')]);
}

async function start(args) {
  const child = new Child(
    process.execPath, args, { env: { ...process.env, PORT: '0' }, ipc: true });
  try {
    const { listening } = await child.waitForMessage();
    return { url: `http://127.0.0.1:${listening}/mcp`, child, stop: () => child.stop() };
  } catch (error) {
    await child.stop();
    throw error;
  }
}
