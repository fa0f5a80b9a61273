// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Clients that meet a service of a particular kind, beside the usual ones of matrix.mjs.

// entries: what is run; isClockMoved: the service's clock can be moved forward; config (ports): what
// its configuration says beside the usual.
const scenarios = (client, driver, names) =>
  names.map((name) => ({
    name: `${client}-${name}`, driver, args: ['--client', client, '--scenario', name],
  }));

// What happens some time after a sign-in.
const LATER = [
  ...scenarios('sdk1', 'sdk-later', ['expired', 'revoked', 'removed']),
  ...scenarios('sdk2', 'sdk-later', ['expired', 'revoked', 'removed']),
  ...scenarios('mcp-remote', 'mcp-remote-later', ['expired', 'revoked', 'removed', 'stale']),
];

export const SETS = {
  later: { entries: LATER, isClockMoved: true },
};
