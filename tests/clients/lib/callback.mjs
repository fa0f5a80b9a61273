// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// A client's loopback redirect URI.
import http from 'node:http';
import { STEP_MS, within } from './timeout.mjs';

export async function listenForCallback({ path = '/callback' } = {}) {
  const arrived = [];
  let wake = () => {};

  const server = http.createServer((request, response) => {
    const url = new URL(request.url, redirectUri);
    response.setHeader('Connection', 'close');
    if (url.pathname !== path) {
      response.writeHead(404).end();
      return;
    }
    response.setHeader('Content-Type', 'text/plain');
    response.end('Signed in. You may close this window.\n');
    arrived.push(url);
    wake();
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const redirectUri = `http://127.0.0.1:${server.address().port}${path}`;

  return {
    redirectUri,
    get count() {
      return arrived.length;
    },
    // The next callback URL, in order of arrival.
    async next(ms = STEP_MS) {
      if (arrived.length === 0)
        await within(ms, `callback at ${redirectUri}`, new Promise((resolve) => (wake = resolve)));
      return arrived.shift();
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
