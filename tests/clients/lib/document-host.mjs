// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// A web server with the documents of clients, inside the namespace of ../../tools/in-namespace. It
// counts who comes.
import { once } from 'node:events';
import fs from 'node:fs';
import https from 'node:https';

const HTTPS_PORT = 443;

export class DocumentHost {
  #server;
  #answers = new Map();
  connections = 0;
  requests = [];

  // address: one of those that are ours inside.
  static async listen(driver, address) {
    const host = new DocumentHost();
    const options = {
      key: fs.readFileSync(process.env.BMA_HOST_KEY),
      cert: fs.readFileSync(process.env.BMA_HOST_CERTIFICATE),
    };
    host.#server = https.createServer(options, (request, response) => host.#answer(request, response));
    host.#server.on('connection', () => (host.connections += 1));
    host.#server.listen(HTTPS_PORT, address);
    await once(host.#server, 'listening');
    driver.defer(() => host.#close());
    return host;
  }

  // Publishes a document that says of itself that it is at this URL; more is merged into it.
  publish(url, more, { status = 200, headers = {}, padding = '' } = {}) {
    const document = {
      client_id: url,
      client_name: 'biomcp-auth test document',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      ...more,
    };
    this.#answers.set(new URL(url).pathname, {
      status,
      headers: { 'Content-Type': 'application/json', 'Cache-Control': 'max-age=300', ...headers },
      body: JSON.stringify(document) + padding,
    });
  }

  #answer(request, response) {
    this.requests.push(request.url);
    const answer = this.#answers.get(request.url) ?? { status: 404, headers: {}, body: '' };
    response.writeHead(answer.status, { ...answer.headers, Connection: 'close' });
    response.end(answer.body);
  }

  async #close() {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
