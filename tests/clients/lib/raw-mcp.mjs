// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// MCP over streamable HTTP by hand, for OAuth libraries that know nothing of MCP.
import { check } from './check.mjs';

const PROTOCOL = '2025-11-25';

export class RawMcp {
  #send;
  #session = null;
  #nextId = 1;

  // send (headers, body) posts to the MCP URL with the access token and gives the Response.
  constructor(send) {
    this.#send = send;
  }

  async connect(name) {
    await this.#request('initialize', {
      protocolVersion: PROTOCOL,
      capabilities: {},
      clientInfo: { name, version: '1' },
    });
    const accepted = await this.#post({ jsonrpc: '2.0', method: 'notifications/initialized' });
    check(accepted.status === 202, `a notification was answered with ${accepted.status}`);
    await accepted.body?.cancel();
  }

  async listTools() {
    const names = [];
    let cursor;
    do {
      const page = await this.#request('tools/list', cursor ? { cursor } : {});
      names.push(...page.tools.map(({ name }) => name));
      cursor = page.nextCursor;
    } while (cursor);
    return names;
  }

  callTool = (name, args) => this.#request('tools/call', { name, arguments: args });

  async #post(message) {
    const headers = new Headers({
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
      'MCP-Protocol-Version': PROTOCOL,
    });
    if (this.#session) headers.set('Mcp-Session-Id', this.#session);
    const response = await this.#send(headers, JSON.stringify(message));
    this.#session ??= response.headers.get('mcp-session-id');
    return response;
  }

  async #request(method, params) {
    const id = this.#nextId++;
    const response = await this.#post({ jsonrpc: '2.0', id, method, params });
    const text = await response.text();
    check(response.ok, `${method} was answered with ${response.status} ${text.slice(0, 200)}`);
    const messages = response.headers.get('content-type').startsWith('text/event-stream')
      ? eventsOf(text)
      : [JSON.parse(text)];
    const answer = messages.find((message) => message.id === id);
    check(answer?.result, `${method}: ${JSON.stringify(answer?.error ?? messages)}`);
    return answer.result;
  }
}

function eventsOf(text) {
  return text
    .split(/\r?\n\r?\n/)
    .map((event) =>
      event
        .split(/\r?\n/)
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice('data:'.length).trim())
        .join('\n'))
    .filter(Boolean)
    .map((data) => JSON.parse(data));
}
