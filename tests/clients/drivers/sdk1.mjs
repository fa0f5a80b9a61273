// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// @modelcontextprotocol/sdk 1.x
import { runDriver } from '../lib/driver.mjs';
import { load } from '../lib/packages.mjs';
import { runSdkFlow } from '../lib/sdk-flow.mjs';

const loadPart = (part) => load('clients', `@modelcontextprotocol/sdk/client/${part}.js`);

await runDriver('sdk1', (driver) =>
  runSdkFlow(driver, {
    name: 'sdk1',
    Client: loadPart('index').Client,
    Transport: loadPart('streamableHttp').StreamableHTTPClientTransport,
    UnauthorizedError: loadPart('auth').UnauthorizedError,
    clientOptions: {},
    finishArgument: (params) => params.get('code'),
  }));
