// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Clients that meet a service of a particular kind, beside the usual ones of matrix.mjs.
//
// entries: what is run; isClockMoved: the service's clock can be moved forward; config ({ pagePort,
// openid }): its configuration file; openidClient: who it is at an OpenID provider, with which people
// sign in; hasStytch: there is a Stytch project too; press: the buttons of a person.
import { packageFile } from './packages.mjs';
import { stepUpConfig } from './step-up-rules.mjs';

const scenarios = (client, driver, names) =>
  names.map((name) => ({
    name: `${client}-${name}`, driver, args: ['--client', client, '--scenario', name],
  }));

// What happens some time after a sign-in.
const LATER = [
  // The first ones need a clock that is right: a client signs what it sends, and until when.
  { name: 'device', driver: 'device', args: [] },
  ...['basic', 'post', 'key'].map((way) => ({
    name: `machine-${way}`, driver: 'machine', args: ['--scenario', way],
  })),
  ...scenarios('sdk1', 'sdk-later', ['expired', 'revoked', 'removed']),
  ...scenarios('sdk2', 'sdk-later', ['expired', 'revoked', 'removed']),
  ...scenarios('mcp-remote', 'mcp-remote-later', ['expired', 'revoked', 'removed', 'stale']),
  ...scenarios('inspector-cli', 'inspector-cli-later', ['expired', 'revoked']),
  { name: 'mcp-remote-device', driver: 'mcp-remote-device', args: [] },
  { name: 'mcp-remote-itself', driver: 'mcp-remote-itself', args: [] },
  { name: 'refresh-storm', driver: 'refresh-storm', args: [] },
  { name: 'key-rotation', driver: 'key-rotation', args: [] },
];

// A page of another origin, which this service allows.
const WEB = scenarios('inspector1', 'inspector1', ['stranger', 'connect', 'guided']);

// Ways to sign in that begin with an e-mail address.
const MAIL = scenarios('stytch', 'stytch-mail', ['code', 'link', 'elsewhere', 'together']);

// Clients that are kept at Stytch.
const RELAY = [
  { name: 'relay', driver: 'stytch-relay', args: [] },
  ...['sdk1', 'sdk2', 'mcp-remote'].map((name) => ({ name: `relay-${name}`, driver: name, args: [] })),
];

// Clients with metadata documents, inside ../../tools/in-namespace.
const DOCUMENTS = [
  { name: 'sdk1-document', driver: 'document', args: ['--client', 'sdk1'] },
  { name: 'sdk2-document', driver: 'document', args: ['--client', 'sdk2'] },
  { name: 'document-guard', driver: 'document-guard', args: [] },
];

// One tool needs more than the others.
const STEP_UP = ['sdk1', 'sdk2', 'mcp-remote'].map((client) => ({
  name: `${client}-step-up`, driver: 'step-up', args: ['--client', client],
}));

// Sign-in with an OpenID provider, at which the service has a secret.
const OPENID = [
  ...['sdk1', 'sdk2', 'openid-client'].map((name) => ({
    name: `openid-${name}`, driver: name, args: [],
  })),
  ...scenarios('openid', 'openid', ['accounts', 'refusal']),
];

// The same without a secret.
const PUBLIC = [
  { name: 'public-sdk2', driver: 'sdk2', args: [] },
  { name: 'public-accounts', driver: 'openid', args: ['--scenario', 'accounts'] },
];

// Tokens of others.
const TRUSTED = scenarios('trusted', 'trusted', ['stytch', 'issuer']);

// Programs that only start programs, and ours in between.
const CONNECT = [
  ...['sdk1', 'sdk2'].flatMap((client) => ['sessions', 'modern'].map((scenario) => ({
    name: `connect-${client}-${scenario}`, driver: 'connect-sdk',
    args: ['--client', client, '--scenario', scenario],
  }))),
  { name: 'connect-inspector', driver: 'connect-inspector', args: [] },
  ...['sdk1', 'sdk2'].map((client) => ({
    name: `connect-${client}-session`, driver: 'connect-session', args: ['--client', client],
  })),
];

// The service starts the MCP server itself.
const command = (name, clients) => clients.map((client) => ({
  name: `${name}-${client}`, driver: client, args: [],
}));
const everything = (transport) => {
  const file = packageFile('servers', '@modelcontextprotocol/server-everything', 'dist', 'index.js');
  return `'${process.execPath}' '${file}' ${transport}`;
};

export const SETS = {
  'command': {
    entries: command('stdio', ['sdk1', 'sdk2', 'mcp-remote', 'inspector-cli']),
    config: () => `[resource]\ncommand=${everything('stdio')}\n`,
  },
  'command-http': {
    entries: command('http', ['sdk1', 'sdk2']),
    config: () => `[resource]\ncommand=env PORT={port} ${everything('streamableHttp')}\n`,
  },
  connect: {
    entries: CONNECT,
    isActivated: true,
    isClockMoved: true,
    hasSwitch: true,
    config: () => '[tokens]\naccess-lifetime-s=600\n',
  },
  openid: {
    entries: OPENID,
    openidClient: 'biomcp-secret',
    press: '#allow,#sign-in',
  },
  'openid-public': {
    entries: [...PUBLIC, ...TRUSTED],
    openidClient: 'biomcp-public',
    hasStytch: true,
    isClockMoved: true,
    press: '#allow,#sign-in',
    config: ({ openid }) => `[resource]\ntrusted-issuers=stytch;${openid}\n`,
  },
  documents: { entries: DOCUMENTS },
  mail: {
    entries: MAIL,
    config: () => '[stytch]\nmethods=google;email-otp;magic-link\n',
  },
  relay: { entries: RELAY, config: () => '[stytch]\nregistration=stytch\n' },
  'step-up': { entries: STEP_UP, config: stepUpConfig },
  later: { entries: LATER, isClockMoved: true },
  web: {
    entries: WEB,
    config: ({ pagePort }) => `[cors]\nallowed-origins=http://127.0.0.1:${pagePort}\n`,
  },
};
