// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The person at the keyboard: opens the address a client gave, reads the consent page, presses the
// buttons, and ends at the client's redirect URI.
import { ChromiumPerson, launchChromium } from './browser.mjs';
import { HttpPerson } from './http-consent.mjs';

// Several people who share nothing: { person(), close() }.
export async function gatherPeople(kind) {
  if (kind === 'http') return { person: async () => new HttpPerson(), close: async () => {} };
  const browser = await launchChromium();
  return { person: () => ChromiumPerson.in(browser), close: () => browser.close() };
}

// how: { presses, sim, narrate }. Presses the buttons in order, without waiting for the callback.
export async function approve(person, authorizeUrl, how) {
  how.narrate?.('A browser opens the sign-in page.');
  await person.visit(String(authorizeUrl));
  await pressThrough(person, new URL(authorizeUrl).searchParams.get('redirect_uri'), how);
}

// The same for a person whose browser was already sent to our page.
export async function pressThrough(person, redirectUri, { presses, sim, narrate = () => {} }) {
  for (const selector of presses) {
    if (selector === '#allow') await checkConsentPage(person, redirectUri, narrate);
    await person.press(await buttonFor(person, selector, sim));
    narrate(selector === '#allow' ? 'The person presses Allow.' : `Then ${selector}.`);
    if (sim && selector === '#allow') await person.arrive(sim);
  }
}

// Whoever is signed in already is not sent to the identity provider again, unless they want to be
// somebody else.
async function buttonFor(person, selector, sim) {
  const wantsProvider = sim && selector === '#allow';
  return wantsProvider && (await person.has('#other-account')) ? '#other-account' : selector;
}

async function checkConsentPage(person, redirectUri, narrate) {
  const shown = await person.text('#redirect-host');
  const { hostname } = new URL(redirectUri);
  narrate(`The page asks whether to allow it, and says who gets the answer: ${shown}.`);
  if (!shown.includes(hostname))
    throw new Error(`the consent page names "${shown}" instead of ${hostname}`);
}

// All of it, for a client that only needs the callback to arrive.
export async function signIn(authorizeUrl, how) {
  const people = await gatherPeople(how.browser);
  try {
    const person = await people.person();
    await approve(person, authorizeUrl, how);
    await person.arrive(new URL(authorizeUrl).searchParams.get('redirect_uri'));
  } finally {
    await people.close();
  }
}
