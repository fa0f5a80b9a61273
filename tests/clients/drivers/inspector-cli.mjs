// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The command line of the MCP Inspector: three runs that share its store. The first signs in, the
// others may not ask the person; before the last one the access token is spoiled.
import { check, checkTools } from '../lib/check.mjs';
import { runDriver } from '../lib/driver.mjs';
import { InspectorCli } from '../lib/inspector-cli.mjs';
import { inspectorStorage } from '../lib/inspector.mjs';
import { hasSpoiledTokens, spoilAccessTokens } from '../lib/stored-tokens.mjs';

await runDriver('inspector-cli', async (driver) => {
  const cli = await InspectorCli.prepare(driver);
  const tools = await cli.listTools();
  checkTools(tools);
  check(cli.browser.timesOpened === 1, `the browser was opened ${cli.browser.timesOpened} times`);
  await cli.echo();

  spoilAccessTokens(inspectorStorage(driver));
  await cli.echo();
  check(!hasSpoiledTokens(inspectorStorage(driver)), 'the new token was not stored');
  return { tools: tools.length, echo: true, refreshed: true };
});
