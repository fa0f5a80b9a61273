// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Cookies as a browser keeps them: by host name and path; ports do not separate them.

export class CookieJar {
  #cookies = [];

  store(url, response) {
    for (const line of response.headers.getSetCookie()) this.#storeOne(new URL(url), line);
  }

  #storeOne(url, line) {
    const [pair, ...attributes] = line.split(';').map((part) => part.trim());
    const [name, ...value] = pair.split('=');
    const options = new Map(
      attributes.map((attribute) => {
        const [key, ...rest] = attribute.split('=');
        return [key.toLowerCase(), rest.join('=')];
      }));
    if (options.has('domain') && options.get('domain') !== url.hostname) return;
    const path = options.get('path')?.startsWith('/') ? options.get('path') : '/';
    this.#cookies = this.#cookies.filter(
      (old) => !(old.host === url.hostname && old.path === path && old.name === name));
    const isRemoval =
      Number(options.get('max-age')) <= 0 || Date.parse(options.get('expires')) <= Date.now();
    if (!(options.has('max-age') || options.has('expires')) || !isRemoval)
      this.#cookies.push({ host: url.hostname, path, name, value: value.join('=') });
  }

  header(url) {
    const { hostname, pathname } = new URL(url);
    return this.#cookies
      .filter(({ host, path }) => host === hostname && isUnder(pathname, path))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
  }
}

function isUnder(pathname, path) {
  return pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`);
}
