// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The MCP Inspector 1.x: a web page that itself talks to the MCP server and to the authorization
// server, across origins. Only its page is served here, so nothing else could talk for it.
//   connect  one button; sign-in in the same tab
//   guided   step by step, with the code copied by hand
//   stranger the page has an origin that is not allowed: it gets nowhere
import { launchChromium, ChromiumPerson } from '../lib/browser.mjs';
import { check, checkEchoed, randomMessage } from '../lib/check.mjs';
import { runDriver } from '../lib/driver.mjs';
import { packageFile } from '../lib/packages.mjs';
import { approve, pressThrough } from '../lib/person.mjs';
import { Preflights } from '../lib/preflights.mjs';
import { Child } from '../lib/process.mjs';
import { freePort } from '../lib/servers.mjs';

// The origin that the service was told to allow.
const PORT = process.env.BMA_WEB_PAGE_PORT;
const ORIGIN = `http://127.0.0.1:${PORT}`;

async function servePage(driver, port) {
  const program = packageFile(
    'inspector1', '@modelcontextprotocol/inspector', 'client', 'bin', 'client.js');
  const env = {
    ...process.env, HOST: '127.0.0.1', CLIENT_PORT: port, MCP_AUTO_OPEN_ENABLED: 'false',
  };
  const child = new Child(process.execPath, [program], { env });
  driver.defer(() => child.stop());
  await child.waitForOutput(/up and running/);
}

async function openPage(driver, person, origin) {
  const query = new URLSearchParams({
    serverUrl: driver.mcpUrl.href, transport: 'streamable-http',
  });
  await person.visit(`${origin}/?${query}`);
  await person.page.locator('#connection-type-select').click();
  await person.page.getByRole('option', { name: 'Direct' }).click();
}

const button = (person, name) => person.page.getByRole('button', { name, exact: true });

async function connect(driver, person) {
  const { page } = person;
  await button(person, 'Connect').click();
  await person.arrive(`${driver.mcpUrl.origin}/authorize`);
  await pressThrough(person, ORIGIN, driver.person);
  await person.arrive(ORIGIN);
  await page.getByText('Connected', { exact: true }).waitFor();
  await page.getByRole('tab', { name: 'Tools' }).click();
  await button(person, 'List Tools').click();
  await page.getByText('Echo Tool', { exact: true }).first().click();
  const message = randomMessage();
  await page.getByRole('textbox', { name: 'message' }).fill(message);
  await button(person, 'Run Tool').click();
  const result = page.getByText(/Echo: /).first();
  checkEchoed((await result.innerText()).replace(/^"|"$/g, '').trim(), message);
  return { echo: true };
}

// Presses Continue, and waits until the page shows another step or an error.
async function goOn(person) {
  const { page } = person;
  const before = await page.locator('body').innerText();
  await button(person, 'Continue').click();
  await page.waitForFunction((text) => document.body.innerText !== text, before);
  const after = await page.locator('body').innerText();
  check(!/^Error:?$/m.test(after), `the page shows an error: ${after}`);
  return after;
}

async function guided(driver, person, browser) {
  const { page } = person;
  await button(person, 'Open Auth Settings').click();
  await page.getByRole('button', { name: /Guided OAuth Flow/ }).click();
  const code = page.getByPlaceholder(/Enter the code/);
  let text = '';
  while (!(await code.isVisible())) text = await goOn(person);

  const [authorizeUrl] = text.match(/http\S+response_type=code\S+/);
  const otherTab = await ChromiumPerson.in(browser);
  await approve(otherTab, authorizeUrl, driver.person);
  await otherTab.arrive(`${ORIGIN}/oauth/callback/debug`);
  await code.fill(new URL(otherTab.page.url()).searchParams.get('code'));

  while (!/Access Tokens?:/.test(text)) text = await goOn(person);
  check(/"token_type": "Bearer"/.test(await shownToken(page)), 'the page shows no token');
  return { guided: true };
}

async function shownToken(page) {
  for (const summary of await page.locator('summary').all()) await summary.click();
  return page.locator('body').innerText();
}

async function stranger(driver, person) {
  await button(person, 'Connect').click();
  await person.page.getByText(/Failed to fetch/).first().waitFor();
  check((await driver.owner.clients()).length === 0, 'a page that is not allowed registered');
  return { refused: true };
}

const DISCOVERY = [
  '/.well-known/oauth-protected-resource/mcp', '/.well-known/oauth-authorization-server', '/register',
];
const PREFLIGHTED = { connect: [...DISCOVERY, '/mcp'], guided: DISCOVERY };
const ALLOWED = new Set(Object.keys(PREFLIGHTED));

function checkPreflights(answers, expected) {
  for (const { path, status, headers } of answers) {
    const origin = headers.get('Access-Control-Allow-Origin');
    check(status === 204 || status === 200, `the preflight of ${path} was answered with ${status}`);
    check(origin === ORIGIN, `the preflight of ${path} allows ${origin}`);
    check(!headers.has('Access-Control-Allow-Credentials'), `${path} allows credentials`);
  }
  const paths = answers.map(({ path }) => path);
  for (const path of expected) check(paths.includes(path), `no preflight of ${path}: ${paths}`);
}

const SCENARIOS = { connect, guided, stranger };

await runDriver('inspector1', async (driver) => {
  check(PORT, 'the service was told no origin to allow');
  const port = ALLOWED.has(driver.scenario) ? PORT : String(await freePort());
  await servePage(driver, port);
  const browser = await launchChromium();
  driver.defer(() => browser.close());
  const person = await ChromiumPerson.in(browser);
  const preflights = await Preflights.watch(person.page);
  try {
    await openPage(driver, person, `http://127.0.0.1:${port}`);
    const result = await SCENARIOS[driver.scenario](driver, person, browser);
    if (!ALLOWED.has(driver.scenario)) return result;
    checkPreflights(preflights.answers, PREFLIGHTED[driver.scenario]);
    return { ...result, preflights: preflights.answers.length };
  } catch (error) {
    console.error(preflights.answers, await person.page.innerText('body').catch(() => ''));
    throw error;
  }
});
