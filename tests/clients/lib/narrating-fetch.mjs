// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// A fetch that says in plain words what a client does, for ./dev demo.

const WORDS = [
  [/^POST .*\/mcp$/, 401, 'The client calls the MCP server, which answers: sign in first (401).'],
  [/oauth-protected-resource/, 200, 'The client reads which authorization server protects it.'],
  [/oauth-authorization-server/, 200, 'The client reads what that authorization server can do.'],
  [/^POST .*\/register$/, 201, 'The client registers itself; nobody had to set anything up.'],
];

// Each thing is told the first time only.
export function narratingFetch(narrate) {
  const told = new Set();
  return async (url, init) => {
    const response = await fetch(url, init);
    const request = `${init?.method ?? 'GET'} ${url}`;
    const known = WORDS.find(
      ([pattern, status]) => status === response.status && pattern.test(request));
    if (known && !told.has(known)) {
      told.add(known);
      narrate(known[2]);
    }
    if (/\/token$/.test(String(url)) && response.ok) narrate(tokenWords(init?.body));
    return response;
  };
}

function tokenWords(body) {
  return String(body).includes('grant_type=refresh_token')
    ? 'The client trades its refresh token for a new access token; no person is needed.'
    : 'The client trades the one-time code for an access token.';
}
