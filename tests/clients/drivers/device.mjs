// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// openid-client on a device without a browser: the person opens the page elsewhere, by the link and
// by typing the code, and allows it or not.
import { check, checkEcho, checkTools } from '../lib/check.mjs';
import { runDriver } from '../lib/driver.mjs';
import { load } from '../lib/packages.mjs';
import { gatherPeople } from '../lib/person.mjs';
import { RawMcp } from '../lib/raw-mcp.mjs';

const oidc = load('clients', 'openid-client');
const GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const NAME = 'biomcp-auth test device';

async function register(driver) {
  const metadata = {
    client_name: NAME, grant_types: [GRANT, 'refresh_token'], response_types: [],
    token_endpoint_auth_method: 'none',
  };
  return oidc.dynamicClientRegistration(new URL(driver.mcpUrl.origin), metadata, oidc.None(), {
    algorithm: 'oauth2',
    execute: [oidc.allowInsecureRequests],
  });
}

function begin(driver, config) {
  const parameters = { resource: driver.mcpUrl.href, scope: 'mcp' };
  return oidc.initiateDeviceAuthorization(config, parameters);
}

// What the person does: opens the link, or types the code in their own way.
async function answer(person, device, { byLink, button }) {
  if (byLink) {
    await person.visit(device.verification_uri_complete);
  } else {
    await person.visit(device.verification_uri);
    await person.type('#user-code', ` ${device.user_code.toLowerCase().replace('-', '')}`);
  }
  await person.press('#continue');
  check((await person.text('#user-code')) === device.user_code, 'the page shows another code');
  check((await person.text('#device-warning')).includes(NAME), 'the warning names nobody');
  await person.press(button);
  await person.text('#message');
}

async function useServer(driver, config, accessToken) {
  const mcp = new RawMcp((headers, body) =>
    oidc.fetchProtectedResource(config, accessToken, driver.mcpUrl, 'POST', body, headers));
  await mcp.connect('device');
  const tools = await mcp.listTools();
  checkTools(tools);
  await checkEcho(mcp.callTool);
  return tools.length;
}

async function checkDenied(config, device) {
  try {
    await oidc.pollDeviceAuthorizationGrant(config, device);
  } catch (error) {
    check(error.error === 'access_denied', `who was not allowed got: ${error.message}`);
    return;
  }
  throw new Error('who was not allowed got tokens');
}

await runDriver('device', async (driver) => {
  const config = await register(driver);
  const server = config.serverMetadata();
  check(server.grant_types_supported.includes(GRANT), 'the device grant is not advertised');
  const people = await gatherPeople(driver.person.browser);
  driver.defer(() => people.close());
  const person = await people.person();

  const device = await begin(driver, config);
  const polled = oidc.pollDeviceAuthorizationGrant(config, device, { resource: driver.mcpUrl.href });
  await answer(person, device, { byLink: true, button: '#allow' });
  const tokens = await polled;
  const tools = await useServer(driver, config, tokens.access_token);
  const fresh = await oidc.refreshTokenGrant(config, tokens.refresh_token);
  await useServer(driver, config, fresh.access_token);

  const other = await begin(driver, config);
  await answer(person, other, { byLink: false, button: '#deny' });
  await checkDenied(config, other);
  return { tools, echo: true, refreshed: true, denied: true };
});
