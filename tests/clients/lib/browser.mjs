// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The distribution's Chromium, headless, with a fresh profile, and a person in front of it.
import fs from 'node:fs';
import { load } from './packages.mjs';
import { STEP_MS, within } from './timeout.mjs';

const CHROMIUM = process.env.BMA_CHROMIUM ?? '/usr/bin/chromium';
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Nothing but this machine can be reached.
  '--no-proxy-server',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE ::1',
];

// How Chromium says that a policy of the page's server stopped it.
const POLICY = /Content Security Policy|Refused to/i;

export async function launchChromium() {
  if (!fs.existsSync(CHROMIUM))
    throw new Error(`${CHROMIUM} is missing: install the distribution's package chromium`);
  const { chromium } = load('browser', 'playwright-core');
  return chromium.launch({ executablePath: CHROMIUM, headless: true, args: FLAGS });
}

// A person with cookies and windows of their own: people in one browser share nothing.
export class ChromiumPerson {
  #context;
  #page;
  #document = null;
  #complaints = [];

  static async in(browser) {
    const person = new ChromiumPerson();
    person.#context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
    person.#context.setDefaultTimeout(STEP_MS);
    person.#page = await person.#context.newPage();
    person.#page.on('response', (response) => {
      if (person.#isDocument(response)) person.#document = response;
    });
    person.#page.on('console', (message) => {
      if (POLICY.test(message.text())) person.#complaints.push(message.text());
    });
    person.#page.on('requestfailed', (request) => {
      if (request.isNavigationRequest()) person.#complaints.push(request.failure().errorText);
    });
    return person;
  }

  get page() {
    return this.#page;
  }

  async visit(url) {
    await this.#page.goto(url, { waitUntil: 'domcontentloaded' });
  }

  async type(selector, text) {
    const field = this.#page.locator(selector);
    await this.#unlessRefused(field.waitFor({ state: 'visible' }), selector);
    await field.fill(text);
  }

  async press(selector) {
    const button = this.#page.locator(selector);
    await this.#unlessRefused(button.waitFor({ state: 'visible' }), selector);
    // Not waiting for the navigation here: the next step knows what it waits for.
    await button.click({ noWaitAfter: true });
  }

  async has(selector) {
    return (await this.#page.locator(selector).count()) > 0;
  }

  async text(selector) {
    const element = this.#page.locator(selector);
    await this.#unlessRefused(element.waitFor(), selector);
    return (await element.innerText()).trim();
  }

  async arrive(prefix) {
    const there = this.#page.waitForURL((url) => url.href.startsWith(prefix), {
      waitUntil: 'domcontentloaded',
    });
    await this.#unlessRefused(there, prefix);
  }

  // The error page the last press led to.
  async errorPage() {
    let check;
    const seen = new Promise((resolve) => {
      check = (response) => {
        if (this.#isDocument(response) && response.status() >= 400) resolve(response);
      };
      this.#page.on('response', check);
      if (this.#document) check(this.#document);
    });
    try {
      const response = await within(STEP_MS, 'error page', seen);
      return {
        url: response.url(),
        status: response.status(),
        contentType: response.headers()['content-type'] ?? '',
        text: await response.text(),
      };
    } finally {
      this.#page.off('response', check);
    }
  }

  async close() {
    await this.#context.close();
  }

  #isDocument(response) {
    return response.request().isNavigationRequest() && response.frame() === this.#page.mainFrame();
  }

  // An error page ends the wait at once, with what it says.
  async #unlessRefused(wait, what) {
    let check;
    const refused = new Promise((_resolve, reject) => {
      check = async (response) => {
        if (!this.#isDocument(response) || response.status() < 400) return;
        const text = await response.text().catch(() => '');
        const page = `${response.status()} ${response.url()} ${text.slice(0, 300)}`;
        reject(new Error(`no ${what}: ${page}`));
      };
      this.#page.on('response', check);
      if (this.#document) check(this.#document);
    });
    wait.catch(() => {});
    refused.catch(() => {});
    try {
      return await Promise.race([wait, refused]);
    } catch (error) {
      const [headline] = error.message.split('\n');
      // A round trip, so that what Chromium has said by now has arrived.
      await this.#page.evaluate('0').catch(() => {});
      const complaints = this.#complaints.join(' ');
      const page = new URL(this.#page.url());
      throw new Error(`${headline} at ${page.origin}${page.pathname} ${complaints}`.trim());
    } finally {
      this.#page.off('response', check);
    }
  }
}
