// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// What every client must manage once it is in.
import { randomUUID } from 'node:crypto';

export function check(condition, message) {
  if (!condition) throw new Error(message);
}

export function randomMessage() {
  return `hello ${randomUUID()} äöü "<&>"`;
}

// callTool (name, arguments) gives the result of tools/call.
export async function checkEcho(callTool, message = randomMessage()) {
  const result = await callTool('echo', { message });
  checkEchoed(result.content?.[0]?.text, message);
}

export function checkEchoed(text, message) {
  check(text === `Echo: ${message}`, `echo said ${JSON.stringify(text)}, not "Echo: ${message}"`);
}

export function checkTools(names) {
  check(names.includes('echo'), `no echo among the tools: ${names.join(', ')}`);
}
