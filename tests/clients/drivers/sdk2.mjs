// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// @modelcontextprotocol/client 2.x, which checks the issuer and starts with the newest protocol.
import { runDriver } from '../lib/driver.mjs';
import { load } from '../lib/packages.mjs';
import { runSdkFlow } from '../lib/sdk-flow.mjs';

await runDriver('sdk2', (driver) => {
  const sdk = load('clients', '@modelcontextprotocol/client');
  return runSdkFlow(driver, {
    name: 'sdk2',
    Client: sdk.Client,
    Transport: sdk.StreamableHTTPClientTransport,
    UnauthorizedError: sdk.UnauthorizedError,
    clientOptions: { versionNegotiation: { mode: 'auto' } },
    finishArgument: (params) => params,
  });
});
