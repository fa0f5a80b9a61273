// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Waits until somebody listens at the address of a URL. There is no event for that.
import { once } from 'node:events';
import net from 'node:net';
import { STEP_MS } from './timeout.mjs';

const POLL_MS = 20;

async function isListening({ hostname, port }) {
  const socket = net.connect(Number(port), hostname);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

export async function untilListening(url) {
  const deadline = Date.now() + STEP_MS;
  while (!(await isListening(new URL(url)))) {
    if (Date.now() > deadline) throw new Error(`nobody listens at ${url}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
