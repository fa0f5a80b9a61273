// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Runs of the MCP Inspector's command line that share its store.
import { check, checkEchoed, randomMessage } from './check.mjs';
import { DesktopBrowser } from './desktop-browser.mjs';
import { inspectorEnv, inspectorProgram } from './inspector.mjs';
import { Child } from './process.mjs';
import { freePort } from './servers.mjs';
import { STEP_MS } from './timeout.mjs';

export class InspectorCli {
  #driver;
  #env;
  #callback;
  browser;

  static async prepare(driver) {
    const cli = new InspectorCli();
    cli.#driver = driver;
    cli.browser = new DesktopBrowser(driver);
    cli.#env = inspectorEnv(driver, { ...cli.browser.env, MCP_AUTO_OPEN_ENABLED: 'true' });
    const url = `http://127.0.0.1:${await freePort()}/oauth/callback`;
    cli.#callback = ['--callback-url', url];
    return cli;
  }

  // The names of the tools; the person may be asked.
  async listTools() {
    const listed = await this.#run([...this.#callback, '--method', 'tools/list']);
    return listed.tools.map(({ name }) => name);
  }

  // mayAsk: else the person may not be asked.
  async echo({ mayAsk = false } = {}) {
    const message = randomMessage();
    const result = await this.#run([
      ...(mayAsk ? this.#callback : ['--stored-auth-only']),
      '--method', 'tools/call', '--tool-name', 'echo',
      '--tool-args-json', JSON.stringify({ message }),
    ]);
    checkEchoed(result.content?.[0]?.text, message);
  }

  #run(args) {
    return this.browser.unlessItFails(this.#inspect(args));
  }

  async #inspect(args) {
    const { mcpUrl } = this.#driver;
    const server = ['--server-url', mcpUrl.href, '--transport', 'http', '--format', 'json'];
    const child = new Child(
      process.execPath, [inspectorProgram(), '--cli', ...server, ...args], { env: this.#env });
    this.#driver.defer(() => child.stop());
    const { code } = await child.waitForExit(2 * STEP_MS);
    check(code === 0, `inspector ended with ${code}: ${child.tail(1)}`);
    const { result, ...rest } = JSON.parse(child.stdout);
    return result ?? rest;
  }
}
