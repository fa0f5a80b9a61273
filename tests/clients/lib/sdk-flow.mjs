// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// A program written with one of the MCP TypeScript SDKs: connects, is sent to sign in, connects
// again, works, and goes on working when its access token is no longer good.
import { randomUUID } from 'node:crypto';
import { listenForCallback } from './callback.mjs';
import { check, checkEcho, checkTools } from './check.mjs';
import { narratingFetch } from './narrating-fetch.mjs';

// What an application stores for the SDK.
class MemoryProvider {
  authorizeUrl = null;
  #stored = {};

  constructor(clientName, redirectUri) {
    this.redirectUrl = redirectUri;
    this.clientMetadata = {
      client_name: clientName,
      redirect_uris: [redirectUri],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    };
  }

  state = () => (this.expectedState = randomUUID());
  clientInformation = () => this.#stored.client;
  saveClientInformation = (client) => (this.#stored.client = client);
  tokens = () => this.#stored.tokens;
  saveTokens = (tokens) => (this.#stored.tokens = tokens);
  saveCodeVerifier = (verifier) => (this.#stored.verifier = verifier);
  codeVerifier = () => this.#stored.verifier;
  saveDiscoveryState = (discovery) => (this.#stored.discovery = discovery);
  discoveryState = () => this.#stored.discovery;
  redirectToAuthorization = (url) => (this.authorizeUrl = url);
}

// sdk: { name, Client, Transport, UnauthorizedError, clientOptions, finishArgument (params) }
export async function runSdkFlow(driver, sdk) {
  const callback = await listenForCallback();
  driver.defer(() => callback.close());
  const provider = new MemoryProvider(`biomcp-auth test ${sdk.name}`, callback.redirectUri);
  const fetch = narratingFetch(driver.narrate);
  const open = () => new sdk.Transport(driver.mcpUrl, { authProvider: provider, fetch });
  const newClient = () => new sdk.Client({ name: sdk.name, version: '1' }, sdk.clientOptions);

  const refused = open();
  await connectRefused(newClient(), refused, sdk.UnauthorizedError);
  await signInAndFinish(driver, provider, callback, (params) =>
    refused.finishAuth(sdk.finishArgument(params)));

  const client = newClient();
  await client.connect(open());
  driver.defer(() => client.close());
  const callTool = (name, args) => client.callTool({ name, arguments: args });
  const tools = (await client.listTools()).tools.map(({ name }) => name);
  checkTools(tools);
  driver.narrate(`The client is in and lists ${tools.length} tools.`);
  await checkEcho(callTool);
  driver.narrate('The client calls the tool "echo" and gets its words back.');

  driver.narrate('Later the access token is no longer good (spoiled here on purpose).');
  const rotated = await surviveBadToken(provider, () => checkEcho(callTool));
  driver.narrate('The same call works again.');
  return { tools: tools.length, echo: true, refreshed: true, rotated };
}

async function connectRefused(client, transport, UnauthorizedError) {
  try {
    await client.connect(transport);
  } catch (error) {
    if ([error, error.cause, error.data?.cause].some((e) => e instanceof UnauthorizedError)) return;
    throw error;
  }
  throw new Error('the MCP server let the client in without a token');
}

async function signInAndFinish(driver, provider, callback, finish) {
  check(provider.authorizeUrl, 'the SDK gave no authorization URL');
  await driver.signIn(provider.authorizeUrl);
  const { searchParams } = await callback.next();
  check(!searchParams.has('error'), `refused: ${searchParams}`);
  // The SDKs leave this to the application.
  check(searchParams.get('state') === provider.expectedState, 'the callback has another state');
  driver.narrate('The browser brings a one-time code back to the client.');
  await finish(searchParams);
  provider.authorizeUrl = null;
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
