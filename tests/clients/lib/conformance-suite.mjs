// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The official conformance suite. As an authorization server we have to pass all of it. For MCP
// servers it is run twice, directly and through the service, and every check has to come out the
// same. The service is started with the shell command $BMA_DAEMON_COMMAND.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { check } from './check.mjs';
import { Cleanups } from './cleanups.mjs';
import { ConformanceRun } from './conformance.mjs';
import { packageVersion } from './packages.mjs';
import { signIn } from './person.mjs';
import { startRelay } from './relay.mjs';
import { Report } from './report.mjs';
import { freePort, startBothEras, startEverything } from './servers.mjs';
import { startService } from './service.mjs';
import { StrictClient } from './strict-client.mjs';

const BACKENDS = [
  { name: 'both-eras', start: startBothEras, revisions: ['2025-11-25', '2026-07-28'] },
  { name: 'everything', start: startEverything, revisions: ['2025-11-25'], hasGaps: true },
];

// Where we are stricter than a server behind us: these pass here whatever they do there.
const OURS = new Set(['localhost-host-rebinding-rejected']);

// For a busy machine; the suite itself gives a scenario 30 s.
const SCENARIO_MS = '90000';

// In the namespace of ../../tools/in-namespace there is a network.
const IN_NAMESPACE = Boolean(process.env.BMA_PUBLIC_ADDRESS);

const ALLOW = { presses: ['#allow'] };

const statusesOf = (checks) => checks.map(({ id, status }) => `${id} ${status}`);

function expectedOf(checks) {
  return statusesOf(checks.map((c) => (OURS.has(c.id) ? { ...c, status: 'SUCCESS' } : c)));
}

// What is different, in words; null if nothing is.
function differenceOf(direct = [], through = []) {
  const expected = expectedOf(direct);
  const actual = statusesOf(through);
  if (expected.length === 0 || actual.length === 0)
    return `${expected.length} checks directly, ${actual.length} through the service`;
  const at = expected.findIndex((status, i) => status !== actual[i]);
  if (at >= 0) return `${actual[at]}, but directly ${expected[at]}: ${through[at]?.errorMessage}`;
  return expected.length === actual.length ? null : `also ${actual.slice(expected.length)}`;
}

class Suite {
  constructor(scratch, cleanups) {
    this.scratch = scratch;
    this.cleanups = cleanups;
    this.report = new Report();
  }

  folder(...names) {
    return path.join(this.scratch, names.join('-'));
  }

  async authorization(service) {
    const issuer = new URL(service.mcpUrl).origin;
    const port = await freePort();
    const client = await registerClient(issuer, `http://127.0.0.1:${port}/callback`);
    const run = new ConformanceRun(
      'authorization',
      ['--url', issuer, '--resource', service.mcpUrl, '--client-id', client, '-p', String(port)],
      this.folder('authorization'));
    this.cleanups.add(() => run.child.stop());
    const [url] = await run.child.waitForOutput(/http\S+response_type=code\S+(?=\s)/);
    await run.child.waitForOutput(/Callback server started/);
    await signIn(url, { ...ALLOW, browser: 'chromium' });
    const { code, scenarios } = await run.finish();
    this.reportAuthorization(code, scenarios);
  }

  // The suite ends with 0 even if it skips, and warns where there is no network and so no metadata
  // document can be read.
  reportAuthorization(code, scenarios) {
    const checks = [...scenarios.values()].flat();
    const complaints = checks.filter(({ id, status }) =>
      status !== 'SUCCESS' && (IN_NAMESPACE || id !== 'authorization-server-metadata-cimd'));
    const problem =
      (code !== 0 && `exit code ${code}`) ||
      (scenarios.size !== 2 && `${scenarios.size} scenarios instead of 2`) ||
      (checks.length !== 3 && `${checks.length} checks instead of 3`) ||
      (complaints.length > 0 && JSON.stringify(complaints));
    if (problem) this.report.fail('authorization', problem);
    else this.report.pass('authorization', `${checks.length} checks`);
  }

  async server(backend, revision, directUrl, relayUrl) {
    const runs = [['direct', directUrl], ['through', relayUrl]].map(([how, url]) => {
      const args = ['--url', url, '--requirements', revision, '--timeout', SCENARIO_MS];
      const run = new ConformanceRun('server', args, this.folder(backend.name, revision, how));
      this.cleanups.add(() => run.child.stop());
      return run.finish();
    });
    const [direct, through] = await Promise.all(runs);
    const name = `${backend.name}/${revision}`;
    if (!backend.hasGaps) this.checkPassed(name, direct.code, through.code);
    const scenarios = new Set([...direct.scenarios.keys(), ...through.scenarios.keys()]);
    for (const scenario of [...scenarios].sort()) {
      const checks = through.scenarios.get(scenario);
      const difference = differenceOf(direct.scenarios.get(scenario), checks);
      if (difference) this.report.fail(`${name}/${scenario}`, difference);
      else this.report.pass(`${name}/${scenario}`, `${checks.length} checks come out the same`);
    }
  }

  // Two that fail alike would prove little.
  checkPassed(name, direct, through) {
    if (direct !== 0) this.report.fail(name, `the server itself fails: exit code ${direct}`);
    else if (through !== 0) this.report.fail(name, `exit code ${through} through the service`);
    else this.report.pass(name, 'passed directly and through the service');
  }
}

async function readJson(url, init) {
  const response = await fetch(url, init);
  check(response.ok, `${url} answered ${response.status}`);
  return response.json();
}

async function registerClient(issuer, redirectUri) {
  const { client_id: id } = await readJson(`${issuer}/register`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      client_name: 'biomcp-auth test conformance',
      redirect_uris: [redirectUri],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    }),
  });
  return id;
}

// An access token as a client gets it: somebody signed in and pressed Allow.
async function logIn(mcpUrl, cleanups) {
  const driver = { mcpUrl: new URL(mcpUrl), defer: (step) => cleanups.add(step) };
  const client = await StrictClient.register(driver, 'conformance');
  const login = await client.begin();
  await signIn(login.url, { ...ALLOW, browser: 'http' });
  return (await login.finish()).access_token;
}

async function runBackend(suite, backend, isFirst) {
  const cleanups = new Cleanups();
  suite.cleanups.add(() => cleanups.run());
  const upstream = await backend.start();
  cleanups.add(() => upstream.stop());
  const command = process.env.BMA_DAEMON_COMMAND;
  const service = await startService({ command, upstream: upstream.url }, cleanups);
  try {
    if (isFirst) await suite.authorization(service);
    const relay = await startRelay(service.mcpUrl, await logIn(service.mcpUrl, cleanups));
    cleanups.add(() => relay.stop());
    for (const revision of backend.revisions)
      await suite.server(backend, revision, upstream.url, relay.url);
  } catch (error) {
    suite.report.fail(backend.name, error.message, service.log());
  } finally {
    await cleanups.run();
  }
}

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'bma-conformance-'));
const cleanups = new Cleanups();
cleanups.add(() => fs.rmSync(scratch, { recursive: true, force: true, maxRetries: 5 }));
try {
  console.log(`conformance ${packageVersion('conformance', '@modelcontextprotocol/conformance')}`);
  const suite = new Suite(scratch, cleanups);
  for (const [index, backend] of BACKENDS.entries()) await runBackend(suite, backend, index === 0);
  process.exitCode = suite.report.finish();
} finally {
  await cleanups.run();
}
