// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The MCP TypeScript SDKs, as sdk-flow.mjs wants them.
import { load } from './packages.mjs';

const loadPart = (part) => load('clients', `@modelcontextprotocol/sdk/client/${part}.js`);

// @modelcontextprotocol/sdk 1.x
function sdk1() {
  return {
    name: 'sdk1',
    Client: loadPart('index').Client,
    Transport: loadPart('streamableHttp').StreamableHTTPClientTransport,
    UnauthorizedError: loadPart('auth').UnauthorizedError,
    clientOptions: {},
    finishArgument: (params) => params.get('code'),
  };
}

// @modelcontextprotocol/client 2.x, which checks the issuer and starts with the newest protocol.
function sdk2() {
  const sdk = load('clients', '@modelcontextprotocol/client');
  return {
    name: 'sdk2',
    Client: sdk.Client,
    Transport: sdk.StreamableHTTPClientTransport,
    UnauthorizedError: sdk.UnauthorizedError,
    clientOptions: { versionNegotiation: { mode: 'auto' } },
    finishArgument: (params) => params,
  };
}

const SDKS = { sdk1, sdk2 };

export function loadSdk(name) {
  if (!(name in SDKS)) throw new Error(`no SDK ${name}`);
  return SDKS[name]();
}
