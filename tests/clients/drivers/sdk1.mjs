// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// @modelcontextprotocol/sdk 1.x
import { runDriver } from '../lib/driver.mjs';
import { runSdkFlow } from '../lib/sdk-flow.mjs';
import { loadSdk } from '../lib/sdks.mjs';

await runDriver('sdk1', (driver) => runSdkFlow(driver, loadSdk('sdk1')));
