// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// An OAuth client made of openid-client with all its checks on, the issuer and "iss" among them. It
// can have several logins under way.
import { listenForCallback } from './callback.mjs';
import { check, checkEcho, checkTools } from './check.mjs';
import { load } from './packages.mjs';
import { RawMcp } from './raw-mcp.mjs';

const oidc = load('clients', 'openid-client');

// The library looks for an authorization server, not for a resource's metadata.
async function readResource(mcpUrl) {
  const url = new URL(`/.well-known/oauth-protected-resource${mcpUrl.pathname}`, mcpUrl);
  const response = await fetch(url);
  check(response.ok, `${url} answered ${response.status}`);
  const metadata = await response.json();
  check(metadata.resource === mcpUrl.href, `the metadata is for ${metadata.resource}`);
  return metadata;
}

export class StrictClient {
  #mcpUrl;
  #resource;
  #config;
  callback;

  // Discovers the server, registers there and listens on a redirect URI.
  static async register(driver, name) {
    const client = new StrictClient();
    client.callback = await listenForCallback();
    driver.defer(() => client.callback.close());
    client.#mcpUrl = driver.mcpUrl;
    client.#resource = await readResource(driver.mcpUrl);
    const metadata = {
      client_name: `biomcp-auth test ${name}`,
      redirect_uris: [client.callback.redirectUri],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    };
    const issuer = new URL(client.#resource.authorization_servers[0]);
    client.#config = await oidc.dynamicClientRegistration(issuer, metadata, oidc.None(), {
      algorithm: 'oauth2',
      execute: [oidc.allowInsecureRequests],
    });
    return client;
  }

  get server() {
    return this.#config.serverMetadata();
  }

  get id() {
    return this.#config.clientMetadata().client_id;
  }

  // { url, finish () }: the address for the browser, and what to do when it came back.
  // more: further parameters of the authorization request.
  async begin(more = {}) {
    const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
    const expectedState = oidc.randomState();
    const { resource, scopes_supported: scopes } = this.#resource;
    const url = oidc.buildAuthorizationUrl(this.#config, {
      redirect_uri: this.callback.redirectUri,
      code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
      state: expectedState,
      resource,
      ...(scopes ? { scope: scopes.join(' ') } : {}),
      ...more,
    });
    const checks = { pkceCodeVerifier, expectedState };
    const finish = async () =>
      oidc.authorizationCodeGrant(this.#config, await this.callback.next(), checks, { resource });
    return { url, finish };
  }

  refresh(refreshToken) {
    const { resource } = this.#resource;
    return oidc.refreshTokenGrant(this.#config, refreshToken, { resource });
  }

  revoke(refreshToken) {
    return oidc.tokenRevocation(this.#config, refreshToken, { token_type_hint: 'refresh_token' });
  }

  // Lists the tools, calls echo, and gives the number of tools.
  async useServer(accessToken) {
    const mcp = new RawMcp((headers, body) =>
      oidc.fetchProtectedResource(
        this.#config, accessToken, this.#mcpUrl, 'POST', body, headers));
    await mcp.connect('openid-client');
    const tools = await mcp.listTools();
    checkTools(tools);
    await checkEcho(mcp.callTool);
    return tools.length;
  }
}
