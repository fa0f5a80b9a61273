// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The SDKs' stdio transports with `biomcp-auth connect`, in front of
//   sessions  a server of the protocols with sessions
//   modern    one that speaks the protocol without sessions too
import { check, checkTools } from '../lib/check.mjs';
import { countPages } from '../lib/activated-service.mjs';
import { runDriver } from '../lib/driver.mjs';
import { StdioHost } from '../lib/stdio-host.mjs';
import { turnSwitch } from '../lib/upstream-switch.mjs';

const MODERN = '2026-07-28';

async function useTools(host) {
  const tools = await host.listTools();
  checkTools(tools);
  await host.echo();
  return tools.length;
}

// The server asks the program in the middle of a call.
async function checkProgress(host) {
  const seen = [];
  await host.call('trigger-long-running-operation', { duration: 1, steps: 3 }, {
    onprogress: (progress) => seen.push(progress.progress),
  });
  check(seen.length === 3, `saw ${seen.length} of 3 steps`);
}

const SCENARIOS = {
  async sessions(host) {
    const tools = await useTools(host);
    await checkProgress(host);
    return { tools, echo: true };
  },
  async modern(host, driver) {
    const version = host.client.getNegotiatedProtocolVersion?.();
    if (driver.client === 'sdk2') check(version === MODERN, `the protocol is ${version}`);
    const tools = await host.listTools();
    check(tools.includes('test_simple_text'), `the tools are ${tools}`);
    const result = await host.call('test_simple_text', {});
    check(result.content[0].text.length > 0, 'the tool said nothing');
    // Its argument has to be in a header too, of which a program of lines knows nothing.
    const place = await host.call('test_custom_header', { region: 'Zürich' });
    check(place.content[0].text === 'Zürich', `it said ${place.content[0].text}`);
    return { tools: tools.length };
  },
};
const SERVERS = { sessions: 'everything', modern: 'both-eras' };

await runDriver('connect-sdk', async (driver) => {
  await turnSwitch(`use/${SERVERS[driver.scenario]}`);
  const pages = countPages();
  const host = await StdioHost.start(driver.client, driver.desktop);
  const result = await SCENARIOS[driver.scenario](host, driver);
  check(host.troubles.length === 0, `the program noticed: ${host.troubles}`);
  await host.close();
  check(countPages() - pages <= 1, 'the person was asked more than once');
  return result;
});
