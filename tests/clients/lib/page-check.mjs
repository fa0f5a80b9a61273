// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// What holds for every page: axe-core finds nothing, in light and dark, wide and 320 px narrow; nothing
// is wider than the window, nothing is loaded from elsewhere, no script is there, and the keyboard is
// enough.
import fs from 'node:fs';
import path from 'node:path';
import { check } from './check.mjs';
import { packageFile } from './packages.mjs';

const AXE = fs.readFileSync(packageFile('browser', 'axe-core', 'axe.min.js'), 'utf8');
const SIZES = [{ width: 320, height: 640 }, { width: 1280, height: 800 }];
const SCHEMES = ['light', 'dark'];

// What the page that is open in the end asked for, itself first.
export function watchRequests(page) {
  const requested = [];
  page.on('request', (request) => {
    if (request.isNavigationRequest()) requested.length = 0;
    requested.push(request.url());
  });
  return requested;
}

async function runAxe(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate('axe.run({ resultTypes: ["violations"] })');
  const told = violations.map(({ id, help, nodes }) =>
    `${id}: ${help} (${nodes.map(({ target }) => target.join(' ')).join(', ')})`);
  check(told.length === 0, `axe-core: ${told.join('; ')}`);
}

async function checkLayout(page, { width }) {
  const content = await page.evaluate(() => document.scrollingElement.scrollWidth);
  check(content <= width, `${content} px wide in a window of ${width} px`);
}

async function checkContent(page) {
  const found = await page.evaluate(() => ({
    lang: document.documentElement.lang,
    title: document.title,
    scripts: document.scripts.length,
    headings: document.querySelectorAll('h1').length,
  }));
  check(/^[a-z]{2}/.test(found.lang), `the language is "${found.lang}"`);
  check(found.title.length > 0, 'there is no title');
  check(found.scripts === 0, `${found.scripts} scripts`);
  check(found.headings === 1, `${found.headings} first headings`);
}

// Every control can be reached with the Tab key, and shows that it has the focus.
async function checkKeyboard(page) {
  const wanted = await page.evaluate(() => {
    const selector = 'a[href], button, input:not([type=hidden]), select, textarea, summary';
    const names = new Set();
    for (const element of document.querySelectorAll(selector)) {
      // A group of radio buttons is one stop.
      names.add(element.type === 'radio' ? `radio ${element.name}` : element.outerHTML);
    }
    return names.size;
  });
  const reached = new Set();
  await page.evaluate(() => document.activeElement?.blur());
  for (let i = 0; i < wanted + 2; i += 1) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return null;
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      return {
        name: element.type === 'radio' ? `radio ${element.name}` : element.outerHTML,
        isVisible: outlineStyle !== 'none' && outlineWidth !== '0px',
      };
    });
    if (!at) continue;
    check(at.isVisible, `the focus is not to be seen on ${at.name.slice(0, 80)}`);
    reached.add(at.name);
  }
  check(reached.size >= wanted, `the keyboard reaches ${reached.size} of ${wanted} controls`);
}

// Looks at the page that is open, and leaves a picture of each form in the folder.
export async function checkPage(page, name, requested, folder) {
  const { origin } = new URL(page.url());
  await checkContent(page);
  for (const size of SIZES) {
    for (const colorScheme of SCHEMES) {
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme });
      await runAxe(page);
      await checkLayout(page, size);
      const picture = `${name}-${size.width}-${colorScheme}.png`;
      await page.screenshot({ path: path.join(folder, picture), fullPage: true });
    }
  }
  await checkKeyboard(page);
  const strangers = requested.filter((url) => !url.startsWith(`${origin}/`));
  check(strangers.length === 0, `it loads ${strangers.join(', ')}`);
}
