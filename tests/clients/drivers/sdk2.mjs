// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// @modelcontextprotocol/client 2.x, which checks the issuer and starts with the newest protocol.
import { runDriver } from '../lib/driver.mjs';
import { runSdkFlow } from '../lib/sdk-flow.mjs';
import { loadSdk } from '../lib/sdks.mjs';

await runDriver('sdk2', (driver) => runSdkFlow(driver, loadSdk('sdk2')));
