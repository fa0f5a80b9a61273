// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// A program that only speaks stdio, with `biomcp-auth connect` as its MCP server.
import { checkEcho } from './check.mjs';
import { load } from './packages.mjs';
import { STEP_MS, within } from './timeout.mjs';

// @modelcontextprotocol/sdk 1.x
function sdk1() {
  return {
    Client: load('clients', '@modelcontextprotocol/sdk/client/index.js').Client,
    Transport: load('clients', '@modelcontextprotocol/sdk/client/stdio.js').StdioClientTransport,
    options: {},
    call: (client, params, options) => client.callTool(params, undefined, options),
  };
}

// @modelcontextprotocol/client 2.x, which starts with the newest protocol.
function sdk2() {
  return {
    Client: load('clients', '@modelcontextprotocol/client').Client,
    Transport: load('clients', '@modelcontextprotocol/client/stdio').StdioClientTransport,
    options: { versionNegotiation: { mode: 'auto' } },
    call: (client, params, options) => client.callTool(params, options),
  };
}

const SDKS = { sdk1, sdk2 };
const LATE_PROGRESS = /progress notification for an unknown token/;

export class StdioHost {
  // What the program notices that it should not.
  troubles = [];
  log = '';
  #call;

  static async start(sdkName, env) {
    const { Client, Transport, options, call } = SDKS[sdkName]();
    const host = new StdioHost();
    host.#call = call;
    host.transport = new Transport({
      command: 'biomcp-auth', args: ['connect'], stderr: 'pipe',
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    });
    host.transport.stderr.on('data', (chunk) => (host.log += chunk));
    host.client = new Client({ name: 'stdio-host', version: '1' }, options);
    host.client.onerror = ({ message }) => {
      // The SDKs look at a result before the progress that came just before it.
      if (!LATE_PROGRESS.test(message)) host.troubles.push(message);
    };
    host.client.onclose = () => host.troubles.push('closed');
    await host.#watched('connection', host.client.connect(host.transport));
    return host;
  }

  get pid() {
    return this.transport.pid;
  }

  async listTools() {
    const { tools } = await this.#watched('list', this.client.listTools());
    return tools.map(({ name }) => name);
  }

  // options: those of the SDK.
  call(name, args, options) {
    return this.#watched(name, this.#call(this.client, { name, arguments: args }, options));
  }

  echo() {
    return checkEcho((name, args) => this.call(name, args));
  }

  async close() {
    this.client.onclose = undefined;
    await this.client.close();
  }

  async #watched(what, work) {
    try {
      return await within(2 * STEP_MS, what, work);
    } catch (error) {
      console.error(this.log);
      throw error;
    }
  }
}
