// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The CORS preflights a page causes, which Chromium tells only over its debugging protocol.
export class Preflights {
  #answers = [];

  static async watch(page) {
    const preflights = new Preflights();
    const session = await page.context().newCDPSession(page);
    session.on('Network.responseReceived', ({ type, response }) => {
      if (type === 'Preflight') preflights.#answers.push(response);
    });
    await session.send('Network.enable');
    return preflights;
  }

  // [{ path, status, headers }]
  get answers() {
    return this.#answers.map(({ url, status, headers }) => ({
      path: new URL(url).pathname, status, headers: new Headers(headers),
    }));
  }
}
