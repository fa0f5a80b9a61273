// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// An MCP server made of @modelcontextprotocol/server for the official conformance suite: sessions
// and resumable streams for the protocols up to 2025-11-25, createMcpHandler for 2026-07-28. Tells
// its parent the port.
import { randomUUID } from 'node:crypto';
import http from 'node:http';
import { Readable } from 'node:stream';
import { load } from '../lib/packages.mjs';
import { registerInputRequired, stateCodec } from './input-required.mjs';
import { registerAll } from './tools.mjs';

const {
  McpServer, WebStandardStreamableHTTPServerTransport, createMcpHandler, isLegacyRequest,
} = load('modern', '@modelcontextprotocol/server');

const RETRY_MS = 300;

function newServer() {
  const server = new McpServer(
    { name: 'both-eras', version: '1' },
    {
      capabilities: {
        tools: { listChanged: true },
        resources: { subscribe: true, listChanged: true },
        prompts: { listChanged: true },
        logging: {},
        completions: {},
      },
      requestState: { verify: stateCodec.verify },
    });
  registerAll(server, {
    tools: () => modern.notify.toolsChanged(),
    prompts: () => modern.notify.promptsChanged(),
  });
  registerInputRequired(server);
  server.server.setRequestHandler('resources/subscribe', async () => ({}));
  server.server.setRequestHandler('resources/unsubscribe', async () => ({}));
  return server;
}

// Event ids are STREAM_NUMBER, so that a client can say after which one it wants to go on.
class MemoryEvents {
  #events = [];

  async storeEvent(streamId, message) {
    const id = `${streamId}_${this.#events.length}`;
    this.#events.push({ id, streamId, message });
    return id;
  }

  async getStreamIdForEventId(id) {
    return this.#events.find((event) => event.id === id)?.streamId;
  }

  async replayEventsAfter(lastId, { send }) {
    const at = this.#events.findIndex(({ id }) => id === lastId);
    const { streamId } = this.#events[at];
    for (const event of this.#events.slice(at + 1))
      if (event.streamId === streamId) await send(event.id, event.message);
    return streamId;
  }
}

const sessions = new Map();

async function newSession() {
  const transport = new WebStandardStreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    eventStore: new MemoryEvents(),
    retryInterval: RETRY_MS,
    onsessioninitialized: (id) => sessions.set(id, transport),
    onsessionclosed: (id) => sessions.delete(id),
  });
  await newServer().connect(transport);
  return transport;
}

async function serveSession(request) {
  const id = request.headers.get('mcp-session-id');
  const transport = id === null ? await newSession() : sessions.get(id);
  if (transport) return transport.handleRequest(request);
  const error = { code: -32001, message: 'Session not found' };
  return Response.json({ jsonrpc: '2.0', error, id: null }, { status: 404 });
}

const modern = createMcpHandler(newServer, { legacy: 'reject' });

async function serve(request) {
  const { hostname } = new URL(request.url);
  if (!['127.0.0.1', 'localhost'].includes(hostname)) return new Response(null, { status: 403 });
  return (await isLegacyRequest(request)) ? serveSession(request) : modern.fetch(request);
}

function toWeb(request, signal) {
  const hasBody = !['GET', 'HEAD'].includes(request.method);
  return new Request(`http://${request.headers.host}${request.url}`, {
    method: request.method,
    headers: Object.entries(request.headers),
    signal,
    ...(hasBody ? { body: Readable.toWeb(request), duplex: 'half' } : {}),
  });
}

const server = http.createServer(async (request, response) => {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const answer = await serve(toWeb(request, gone.signal));
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  if (answer.body === null) {
    response.end();
    return;
  }
  response.flushHeaders();
  const body = Readable.fromWeb(answer.body);
  body.on('error', () => response.destroy());
  body.pipe(response);
  response.on('close', () => body.destroy());
});

server.listen(0, '127.0.0.1', () => process.send({ listening: server.address().port }));
process.once('disconnect', () => process.exit());
