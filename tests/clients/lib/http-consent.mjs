// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// A person without a browser: plain HTTP with a cookie jar, who reads the forms on a page and sends
// them as a browser would. The same methods as ChromiumPerson in browser.mjs.
import { CookieJar } from './cookie-jar.mjs';
import { elementsOf, find, submissionOf } from './html.mjs';
import { STEP_MS } from './timeout.mjs';

const MAX_HOPS = 10;

export class HttpPerson {
  #jar = new CookieJar();
  #page = null;
  #typed = new Map();

  async visit(url) {
    await this.#navigate(url, { method: 'GET' });
  }

  async type(selector, text) {
    if (!(await this.has(selector))) throw new Error(`no ${selector} on ${this.#describe()}`);
    this.#typed.set(selector, text);
  }

  async press(selector) {
    const elements = elementsOf(this.#page.text);
    for (const [field, text] of this.#typed) find(elements, field).attributes.set('value', text);
    this.#typed.clear();
    const target = find(elements, selector);
    if (!target) throw new Error(`no ${selector} on ${this.#describe()}`);
    const base = this.#page.url;
    if (target.name === 'a') {
      await this.#navigate(new URL(target.attributes.get('href'), base).href, { method: 'GET' });
      return;
    }
    const { method, action, fields } = submissionOf(elements, target);
    const url = new URL(action || base, base);
    if (method === 'GET') {
      url.search = fields;
      await this.#navigate(url.href, { method });
    } else {
      await this.#navigate(url.href, { method, body: fields, origin: this.#originOfForm() });
    }
  }

  async has(selector) {
    return Boolean(find(elementsOf(this.#page.text), selector));
  }

  async text(selector) {
    const element = find(elementsOf(this.#page.text), selector);
    if (!element) throw new Error(`no ${selector} on ${this.#describe()}`);
    return element.text;
  }

  // Checks that the redirect led to a page of this address.
  async arrive(prefix) {
    if (!this.#page.url.startsWith(prefix) || this.#page.status >= 400)
      throw new Error(`not at ${prefix} but on ${this.#describe()}`);
  }

  // The error page the last press led to.
  async errorPage() {
    if (this.#page.status < 400) throw new Error(`no error page but ${this.#describe()}`);
    return this.#page;
  }

  async close() {}

  // A page that keeps its address to itself makes browsers send an opaque origin.
  #originOfForm() {
    const policy = this.#page.headers.get('referrer-policy') ?? '';
    return policy.endsWith('no-referrer') ? 'null' : new URL(this.#page.url).origin;
  }

  async #navigate(start, { method, body, origin }) {
    let url = start;
    let request = { method, body };
    for (let hop = 0; hop < MAX_HOPS; hop++) {
      const response = await this.#fetch(url, request, origin);
      const location = response.headers.get('location');
      if (response.status < 300 || response.status >= 400 || !location) {
        this.#page = {
          url,
          status: response.status,
          headers: response.headers,
          contentType: response.headers.get('content-type') ?? '',
          text: await response.text(),
        };
        return;
      }
      await response.body?.cancel();
      if (request.method === 'POST' && (response.status === 307 || response.status === 308))
        throw new Error(`${response.status} from ${url} would send the form on to ${location}`);
      url = new URL(location, url).href;
      request = { method: 'GET' };
    }
    throw new Error(`more than ${MAX_HOPS} redirects from ${start}`);
  }

  async #fetch(url, { method, body }, origin) {
    const headers = { Accept: 'text/html,*/*;q=0.8', 'Upgrade-Insecure-Requests': '1' };
    const cookie = this.#jar.header(url);
    if (cookie) headers.Cookie = cookie;
    if (method === 'POST') headers.Origin = origin;
    const response = await fetch(url, {
      method, body, headers, redirect: 'manual', signal: AbortSignal.timeout(STEP_MS),
    });
    this.#jar.store(url, response);
    return response;
  }

  #describe() {
    const { status, url, text } = this.#page;
    const words = text.replace(/<style[\s\S]*?<\/style>|<[^>]*>/g, ' ').replace(/\s+/g, ' ');
    return `${status} ${url}: ${words.trim().slice(0, 300)}`;
  }
}
