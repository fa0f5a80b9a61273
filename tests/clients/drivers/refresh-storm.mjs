// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Two hundred threads of one program find their access token expired and refresh it at the same
// moment, each over a connection of its own. One family of tokens comes out of it and nobody is
// signed out.
import http from 'node:http';
import { check } from '../lib/check.mjs';
import { runDriver } from '../lib/driver.mjs';
import { StrictClient } from '../lib/strict-client.mjs';

const THREADS = 200;

function post(url, form) {
  return new Promise((resolve, reject) => {
    const request = http.request(url, {
      method: 'POST',
      agent: false,
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    });
    request.once('error', reject);
    request.once('response', async (response) => {
      const chunks = await response.toArray();
      resolve({ status: response.statusCode, body: JSON.parse(Buffer.concat(chunks)) });
    });
    request.end(String(new URLSearchParams(form)));
  });
}

function summary(answers) {
  const counts = {};
  for (const { status, body } of answers) {
    const word = `${status} ${body.error ?? 'ok'}`;
    counts[word] = (counts[word] ?? 0) + 1;
  }
  return JSON.stringify(counts);
}

await runDriver('refresh-storm', async (driver) => {
  const client = await StrictClient.register(driver, 'refresh-storm');
  const login = await client.begin();
  await driver.signIn(login.url);
  const first = await login.finish();

  const form = {
    grant_type: 'refresh_token',
    client_id: client.id,
    refresh_token: first.refresh_token,
    resource: driver.mcpUrl.href,
  };
  const answers = await Promise.all(
    Array.from({ length: THREADS }, () => post(client.server.token_endpoint, form)));
  check(answers.every(({ status }) => status === 200), `they were answered ${summary(answers)}`);
  const successors = new Set(answers.map(({ body }) => body.refresh_token));
  check(successors.size === 1, `${successors.size} different refresh tokens came out`);

  const [{ body: last }] = answers.slice(-1);
  await client.useServer(last.access_token);
  const again = await client.refresh(last.refresh_token);
  const tools = await client.useServer(again.access_token);
  const grants = await driver.owner.grants();
  const own = grants.filter((grant) => grant['client-id'] === client.id);
  check(own.length === 1, `${own.length} grants are left`);
  return { tools, threads: THREADS };
});
