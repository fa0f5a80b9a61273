// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Adds an access token to every request on its way to the service, for programs that cannot send
// one. Nothing else changes: a wrong Host or Origin arrives as it was sent.
import http from 'node:http';

function outgoingHeaders(rawHeaders, own, target, token) {
  const headers = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const value = rawHeaders[i + 1];
    const isHost = /^host$/i.test(rawHeaders[i]);
    const isOrigin = /^origin$/i.test(rawHeaders[i]);
    if (isHost && value === own.host) headers.push(rawHeaders[i], target.host);
    else if (isOrigin && value === own.origin) headers.push(rawHeaders[i], target.origin);
    else headers.push(rawHeaders[i], value);
  }
  headers.push('Authorization', `Bearer ${token}`);
  return headers;
}

// Gives { url, stop () } with the path of the target.
export async function startRelay(targetUrl, token) {
  const target = new URL(targetUrl);
  let own;
  const server = http.createServer((request, response) => {
    const outgoing = http.request({
      host: target.hostname,
      port: target.port,
      method: request.method,
      path: request.url,
      headers: outgoingHeaders(request.rawHeaders, own, target, token),
      setHost: false,
    });
    outgoing.on('response', (answer) => {
      response.writeHead(answer.statusCode, answer.statusMessage, answer.rawHeaders);
      response.flushHeaders();
      answer.pipe(response);
      answer.on('aborted', () => response.destroy());
    });
    outgoing.on('error', () => response.destroy());
    response.on('close', () => outgoing.destroy());
    request.pipe(outgoing);
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  own = new URL(target.pathname, `http://127.0.0.1:${server.address().port}`);
  return {
    url: own.href,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
