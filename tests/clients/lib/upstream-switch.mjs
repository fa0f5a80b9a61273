// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The network between the service and several MCP servers, which a driver can cut, mend and lead
// elsewhere.
import http from 'node:http';
import net from 'node:net';

const listen = (server) =>
  new Promise((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', () => resolve(server.address().port));
  });

class Relay {
  #sockets = new Set();
  #server = net.createServer((socket) => this.#join(socket));
  port;

  constructor(servers) {
    this.servers = servers;
    this.target = Object.keys(servers)[0];
  }

  #join(near) {
    const far = net.connect(new URL(this.servers[this.target]).port, '127.0.0.1');
    for (const [one, other] of [[near, far], [far, near]]) {
      this.#sockets.add(one);
      one.setNoDelay(true).pipe(other);
      one.on('error', () => {});
      one.on('close', () => {
        this.#sockets.delete(one);
        other.destroy();
      });
    }
  }

  #drop() {
    for (const socket of this.#sockets) socket.destroy();
  }

  async mend() {
    if (this.#server.listening) return;
    await new Promise((resolve, reject) => {
      this.#server.once('error', reject).listen(this.port ?? 0, '127.0.0.1', resolve);
    });
    this.port = this.#server.address().port;
  }

  async cut() {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#drop();
    await closed;
  }

  async use(name) {
    if (!(name in this.servers)) throw new Error(`no server ${name}`);
    this.target = name;
    this.#drop();
  }
}

// servers: { name: URL }, the first is used at first. Gives { url, forDrivers, stop () }.
export async function startSwitch(servers) {
  const relay = new Relay(servers);
  await relay.mend();
  const control = http.createServer(async (request, response) => {
    const [, verb, name] = request.url.split('/');
    try {
      await relay[verb](name);
      response.end();
    } catch (error) {
      response.writeHead(500).end(error.message);
    }
  });
  const port = await listen(control);
  return {
    url: `http://127.0.0.1:${relay.port}/mcp`,
    forDrivers: { BMA_UPSTREAM_SWITCH: `http://127.0.0.1:${port}` },
    async stop() {
      control.close();
      control.closeAllConnections();
      await relay.cut();
    },
  };
}

// For drivers: cut, mend, or use/NAME.
export async function turnSwitch(what) {
  const response = await fetch(`${process.env.BMA_UPSTREAM_SWITCH}/${what}`, { method: 'POST' });
  if (!response.ok) throw new Error(`the switch refuses ${what}: ${await response.text()}`);
}
