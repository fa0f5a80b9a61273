// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Runs server-everything until told to stop.
import { Cleanups } from './cleanups.mjs';
import { startEverything } from './servers.mjs';

const cleanups = new Cleanups();
const server = await startEverything();
cleanups.add(() => server.stop());
console.log(`listening ${server.url}`);

await server.child.exited;
console.error(`serve-everything: it ended:\n${server.child.tail()}`);
process.exit(1);
