// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// A program written with one of the MCP TypeScript SDKs: what it stores, how it connects, and how
// it sends the person to sign in.
import { randomUUID } from 'node:crypto';
import { listenForCallback } from './callback.mjs';
import { check, checkEcho } from './check.mjs';

// What an application stores for the SDK.
class MemoryProvider {
  authorizeUrl = null;
  stored = {};

  constructor(clientName, redirectUri, clientMetadataUrl) {
    this.redirectUrl = redirectUri;
    if (clientMetadataUrl) this.clientMetadataUrl = clientMetadataUrl;
    this.clientMetadata = {
      client_name: clientName,
      redirect_uris: [redirectUri],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    };
  }

  state = () => (this.expectedState = randomUUID());
  clientInformation = () => this.stored.client;
  saveClientInformation = (client) => (this.stored.client = client);
  tokens = () => this.stored.tokens;
  saveTokens = (tokens) => (this.stored.tokens = tokens);
  saveCodeVerifier = (verifier) => (this.stored.verifier = verifier);
  codeVerifier = () => this.stored.verifier;
  saveDiscoveryState = (discovery) => (this.stored.discovery = discovery);
  discoveryState = () => this.stored.discovery;
  redirectToAuthorization = (url) => (this.authorizeUrl = url);

  invalidateCredentials = (what) => {
    if (what === 'all') this.stored = {};
    else delete this.stored[what];
  };
}

// The answers a program got, for a test to look at.
class Traffic {
  answers = [];

  constructor(fetchBelow) {
    this.fetch = async (url, init) => {
      const response = await fetchBelow(url, init);
      const { pathname } = new URL(url);
      this.answers.push({
        method: init?.method ?? 'GET',
        pathname,
        status: response.status,
        challenge: response.headers.get('www-authenticate'),
        body: pathname === '/token' ? String(init.body) : null,
      });
      return response;
    };
  }

  clear() {
    this.answers = [];
  }

  find(method, pathname, status) {
    return this.answers.filter((answer) =>
      answer.method === method && answer.pathname === pathname && answer.status === status);
  }
}

export class SdkProgram {
  #driver;
  #sdk;
  #callback;
  #transport;
  client = null;

  // sdk: see sdks.mjs; options: { fetch, clientMetadataUrl }
  static async start(driver, sdk, { fetch: below = fetch, clientMetadataUrl, callback } = {}) {
    const program = new SdkProgram();
    program.#driver = driver;
    program.#sdk = sdk;
    program.#callback = callback ?? (await listenForCallback());
    driver.defer(() => program.#callback.close());
    program.provider = new MemoryProvider(
      `biomcp-auth test ${sdk.name}`, program.#callback.redirectUri, clientMetadataUrl);
    program.traffic = new Traffic(below);
    return program;
  }

  get tokens() {
    return this.provider.tokens();
  }

  // Is refused, has the person sign in, and connects.
  async signInAndConnect() {
    await this.#connectRefused();
    await this.signIn();
    await this.connect();
  }

  async connect() {
    this.client = this.#newClient();
    await this.client.connect(this.#open());
    this.#driver.defer(() => this.client.close());
  }

  callTool = (name, args) => this.client.callTool({ name, arguments: args });

  echo() {
    return checkEcho(this.callTool);
  }

  async listTools() {
    return (await this.client.listTools()).tools.map(({ name }) => name);
  }

  // What the SDK has to do when nothing but a person can help. Gives the error it throws, or null.
  async expectUnauthorized(work) {
    try {
      await work();
    } catch (error) {
      if (this.#isUnauthorized(error)) return error;
      throw error;
    }
    return null;
  }

  // The person signs in at the address the SDK gave, and the SDK gets the code.
  async signIn() {
    const { provider } = this;
    check(provider.authorizeUrl, 'the SDK gave no authorization URL');
    await this.#driver.signIn(provider.authorizeUrl);
    const { searchParams } = await this.#callback.next();
    check(!searchParams.has('error'), `refused: ${searchParams}`);
    // The SDKs leave this to the application.
    check(searchParams.get('state') === provider.expectedState, 'the callback has another state');
    this.#driver.narrate('The browser brings a one-time code back to the client.');
    await this.#transport.finishAuth(this.#sdk.finishArgument(searchParams));
    provider.authorizeUrl = null;
  }

  #open() {
    const { provider: authProvider, traffic } = this;
    this.#transport = new this.#sdk.Transport(
      this.#driver.mcpUrl, { authProvider, fetch: traffic.fetch });
    return this.#transport;
  }

  #newClient() {
    return new this.#sdk.Client({ name: this.#sdk.name, version: '1' }, this.#sdk.clientOptions);
  }

  async #connectRefused() {
    const error = await this.expectUnauthorized(() => this.#newClient().connect(this.#open()));
    check(error, 'the MCP server let the client in without a token');
  }

  #isUnauthorized(error) {
    return [error, error.cause, error.data?.cause].some(
      (e) => e instanceof this.#sdk.UnauthorizedError);
  }
}
