// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// oauth4webapi: every answer is checked against its RFC, with the issuer and "iss" checks on. Ends
// with the refusals a client has to be able to tell apart.
import { listenForCallback } from '../lib/callback.mjs';
import { check, checkEcho, checkTools } from '../lib/check.mjs';
import { runDriver } from '../lib/driver.mjs';
import { load } from '../lib/packages.mjs';
import { RawMcp } from '../lib/raw-mcp.mjs';

const oauth = load('clients', 'oauth4webapi');
const HTTP_IS_FINE = { [oauth.allowInsecureRequests]: true };

async function discover(mcpUrl) {
  const challenge = await challengeOf(mcpUrl, undefined);
  const resource = await oauth.processResourceDiscoveryResponse(
    mcpUrl, await oauth.resourceDiscoveryRequest(mcpUrl, HTTP_IS_FINE));
  const issuer = new URL(resource.authorization_servers[0]);
  const server = await oauth.processDiscoveryResponse(
    issuer, await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...HTTP_IS_FINE }));
  check(server.authorization_response_iss_parameter_supported, '"iss" is not advertised');
  return { resource, server, scope: challenge.scope };
}

// The parameters of the Bearer challenge, from the library's own parser.
async function challengeOf(mcpUrl, token) {
  const headers = new Headers({ 'Content-Type': 'application/json' });
  try {
    if (token === undefined) {
      const response = await fetch(mcpUrl, { method: 'POST', headers, body: '{}' });
      check(response.status === 401, `without a token: ${response.status} instead of 401`);
      const match = response.headers.get('www-authenticate')?.match(/^Bearer (.*)$/);
      check(match, 'the 401 has no Bearer challenge');
      return { scope: match[1].match(/scope="([^"]*)"/)?.[1] };
    }
    await oauth.protectedResourceRequest(token, 'POST', mcpUrl, headers, '{}', HTTP_IS_FINE);
  } catch (error) {
    if (!(error instanceof oauth.WWWAuthenticateChallengeError)) throw error;
    return error.cause[0].parameters;
  }
  throw new Error('a bad token was accepted');
}

async function register(server, redirectUri) {
  const response = await oauth.dynamicClientRegistrationRequest(
    server,
    {
      client_name: 'biomcp-auth test oauth4webapi',
      redirect_uris: [redirectUri],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    },
    HTTP_IS_FINE);
  return oauth.processDynamicClientRegistrationResponse(response);
}

async function authorize(driver, callback, { server, resource, scope }, client) {
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const url = new URL(server.authorization_endpoint);
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: client.client_id,
    redirect_uri: callback.redirectUri,
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    resource: resource.resource,
    ...(scope ? { scope } : {}),
  });
  await driver.signIn(url);
  const parameters = oauth.validateAuthResponse(server, client, await callback.next(), state);
  return { parameters, verifier };
}

// { redeem (), refresh (token) }
function tokenRequests({ server, resource }, client, redirectUri, { parameters, verifier }) {
  const options = { additionalParameters: { resource: resource.resource }, ...HTTP_IS_FINE };
  return {
    async redeem() {
      const response = await oauth.authorizationCodeGrantRequest(
        server, client, oauth.None(), parameters, redirectUri, verifier, options);
      return oauth.processAuthorizationCodeResponse(server, client, response);
    },
    async refresh(token) {
      const response = await oauth.refreshTokenGrantRequest(
        server, client, oauth.None(), token, options);
      return oauth.processRefreshTokenResponse(server, client, response);
    },
  };
}

async function useServer(mcpUrl, token) {
  const mcp = new RawMcp((headers, body) =>
    oauth.protectedResourceRequest(token, 'POST', mcpUrl, headers, body, HTTP_IS_FINE));
  await mcp.connect('oauth4webapi');
  const tools = await mcp.listTools();
  checkTools(tools);
  await checkEcho(mcp.callTool);
  return tools.length;
}

async function checkRefusal(what, code, request) {
  try {
    await request();
  } catch (error) {
    check(error instanceof oauth.ResponseBodyError, `${what}: ${error.message}`);
    check(error.error === code, `${what}: ${error.error} instead of ${code}`);
    return;
  }
  throw new Error(`${what} was accepted`);
}

await runDriver('oauth4webapi', async (driver) => {
  const callback = await listenForCallback();
  driver.defer(() => callback.close());
  const found = await discover(driver.mcpUrl);
  const client = await register(found.server, callback.redirectUri);
  const grant = await authorize(driver, callback, found, client);
  const requests = tokenRequests(found, client, callback.redirectUri, grant);

  const tokens = await requests.redeem();
  check(tokens.refresh_token, 'no refresh token was issued');
  const tools = await useServer(driver.mcpUrl, tokens.access_token);
  const refreshed = await requests.refresh(tokens.refresh_token);
  await useServer(driver.mcpUrl, refreshed.access_token);

  const badToken = await challengeOf(driver.mcpUrl, 'not-a-token');
  check(badToken.error === 'invalid_token', `a bad token gives ${badToken.error}`);
  await checkRefusal('a used code', 'invalid_grant', requests.redeem);
  const rotated = refreshed.refresh_token !== tokens.refresh_token;
  return { tools, echo: true, refreshed: true, rotated, scope: found.scope };
});
