// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// What $BROWSER runs: the driver says in the environment how the person behaves, and finds one line
// for each opened address in a log.
import fs from 'node:fs';
import { untilListening } from './listening.mjs';
import { signIn } from './person.mjs';

const url = process.argv[2];
const how = JSON.parse(process.env.BMA_CLIENTS_PERSON);
const note = (text) => fs.appendFileSync(process.env.BMA_CLIENTS_BROWSER_LOG, `${text}\n`);

try {
  note(`open ${url}`);
  // Some clients open the browser first and listen for its return then: no person is that quick.
  await untilListening(new URL(url).searchParams.get('redirect_uri'));
  await signIn(url, how);
  note('done');
} catch (error) {
  note(`failed ${error.message.replaceAll('\n', ' ')}`);
  process.exitCode = 1;
}
