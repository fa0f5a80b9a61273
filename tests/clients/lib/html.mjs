// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// As much of HTML as our own pages and the simulator's need: elements with their attributes, the
// forms they stand in, and what a form sends. Not a general parser.

const ATTRIBUTE = /([^\s=>/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+)))?/g;
const TAG = /<(\/?)([a-z][a-z0-9-]*)((?:"[^"]*"|'[^']*'|[^>"'])*)>/gi;
const NAMED = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };
const FIELDS = new Set(['input', 'button', 'select', 'textarea']);

function decode(text) {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|([a-z]+));/gi, (whole, hex, decimal, name) => {
    if (hex) return String.fromCodePoint(Number.parseInt(hex, 16));
    if (decimal) return String.fromCodePoint(Number(decimal));
    return NAMED[name.toLowerCase()] ?? whole;
  });
}

function attributesOf(text) {
  return new Map(
    [...text.matchAll(ATTRIBUTE)].map(([, name, ...values]) =>
      [name.toLowerCase(), decode(values.find((value) => value !== undefined) ?? '')]));
}

// All elements in order; .text is what follows the start tag, without tags, up to its end tag.
export function elementsOf(html) {
  const source = html.replace(/<!--[\s\S]*?-->/g, '');
  const elements = [];
  let form = null;
  for (const match of source.matchAll(TAG)) {
    const [whole, slash, rawName, rawAttributes] = match;
    const name = rawName.toLowerCase();
    if (slash) {
      if (name === 'form') form = null;
      continue;
    }
    const element = { name, attributes: attributesOf(rawAttributes), form };
    const rest = source.slice(match.index + whole.length);
    const end = rest.search(new RegExp(`</${name}\\s*>`, 'i'));
    element.text = decode(rest.slice(0, Math.max(end, 0)).replace(/<[^>]*>/g, '')).trim();
    if (name === 'form') form = element;
    elements.push(element);
  }
  return elements;
}

// Selectors: #ID and [ATTRIBUTE=VALUE].
export function find(elements, selector) {
  const byId = selector.match(/^#([\w-]+)$/);
  const byAttribute = selector.match(/^\[([\w-]+)=["']?([\w-]+)["']?\]$/);
  if (!byId && !byAttribute) throw new Error(`selector ${selector} is not #ID or [NAME=VALUE]`);
  const [name, value] = byId ? ['id', byId[1]] : byAttribute.slice(1);
  return elements.find(({ attributes }) => attributes.get(name) === value);
}

// What pressing a button sends: { method, action, fields }.
export function submissionOf(elements, button) {
  const owner = button.attributes.get('form');
  const form = owner
    ? elements.find(({ name, attributes }) => name === 'form' && attributes.get('id') === owner)
    : button.form;
  if (!form) throw new Error(`button ${button.attributes.get('id')} stands in no form`);
  const fields = new URLSearchParams();
  for (const element of elements) {
    const { name, attributes } = element;
    const belongs = element.form === form || attributes.get('form') === form.attributes.get('id');
    if (!FIELDS.has(name) || !belongs || !attributes.get('name')) continue;
    if (isSent(element, button)) fields.append(attributes.get('name'), valueOf(element));
  }
  const pick = (key) => button.attributes.get(`form${key}`) ?? form.attributes.get(key) ?? '';
  return { method: pick('method').toUpperCase() || 'GET', action: pick('action'), fields };
}

function isSent(element, button) {
  if (element === button) return true;
  if (element.name === 'button' || element.attributes.has('disabled')) return false;
  const type = element.attributes.get('type');
  if (type === 'checkbox' || type === 'radio') return element.attributes.has('checked');
  return type !== 'submit' && type !== 'image';
}

function valueOf({ name, attributes, text }) {
  return name === 'textarea' ? text : (attributes.get('value') ?? '');
}
