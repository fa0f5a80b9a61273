// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// A program written with an MCP SDK that has a client id metadata document on a web server. It does
// not register; the service fetches the document, once for two sign-ins in a row.
import { listenForCallback } from '../lib/callback.mjs';
import { check, checkTools } from '../lib/check.mjs';
import { DocumentHost } from '../lib/document-host.mjs';
import { runDriver } from '../lib/driver.mjs';
import { SdkProgram } from '../lib/sdk-program.mjs';
import { loadSdk } from '../lib/sdks.mjs';

await runDriver('document', async (driver) => {
  const host = await DocumentHost.listen(driver, process.env.BMA_PUBLIC_ADDRESS);
  const url = `https://client.example.org/${driver.client}.json`;
  const callback = await listenForCallback();
  host.publish(url, { redirect_uris: [callback.redirectUri] });

  const program = await SdkProgram.start(
    driver, loadSdk(driver.client), { callback, clientMetadataUrl: url });
  await program.signInAndConnect();
  const tools = await program.listTools();
  checkTools(tools);
  await program.echo();
  check(program.provider.clientInformation().client_id === url, 'the client id is not the URL');
  check(program.traffic.find('POST', '/register', 201).length === 0, 'the client registered');
  check(host.requests.length === 1, `the document was fetched ${host.requests.length} times`);

  const clients = await driver.owner.clients();
  const [own] = clients.filter((client) => client['client-id'] === url);
  check(own?.origin === 'metadata-document', `the service knows ${JSON.stringify(clients)}`);

  delete program.provider.stored.tokens;
  await program.signInAndConnect();
  await program.echo();
  check(host.requests.length === 1, 'a document that is still fresh was fetched again');
  return { tools: tools.length, echo: true, document: true };
});
