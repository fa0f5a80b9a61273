// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// What a program written with an MCP SDK does: connects, is sent to sign in, connects again, works,
// and goes on working when its access token is no longer good.
import { randomUUID } from 'node:crypto';
import { check, checkTools } from './check.mjs';
import { narratingFetch } from './narrating-fetch.mjs';
import { SdkProgram } from './sdk-program.mjs';

export async function runSdkFlow(driver, sdk) {
  const program = await SdkProgram.start(driver, sdk, { fetch: narratingFetch(driver.narrate) });
  await program.signInAndConnect();
  const tools = await program.listTools();
  checkTools(tools);
  driver.narrate(`The client is in and lists ${tools.length} tools.`);
  await program.echo();
  driver.narrate('The client calls the tool "echo" and gets its words back.');

  driver.narrate('Later the access token is no longer good (spoiled here on purpose).');
  const rotated = await surviveBadToken(program.provider, () => program.echo());
  driver.narrate('The same call works again.');
  return { tools: tools.length, echo: true, refreshed: true, rotated };
}

// The SDK must refresh by itself and repeat the call. Returns whether the refresh token changed.
async function surviveBadToken(provider, work) {
  const before = provider.tokens();
  check(before.refresh_token, 'no refresh token was issued');
  provider.saveTokens({ ...before, access_token: `spoiled.${randomUUID()}` });
  await work();
  const after = provider.tokens();
  check(provider.authorizeUrl === null, 'the SDK wanted the person again instead of refreshing');
  check(!after.access_token.startsWith('spoiled.'), 'a spoiled access token was accepted');
  return after.refresh_token !== before.refresh_token;
}
