// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The tools, resources and prompts that the official conformance suite calls by name.
import { load } from '../lib/packages.mjs';

const { ResourceTemplate, completable, fromJsonSchema } = load(
  'modern', '@modelcontextprotocol/server');
const { z } = load('modern', 'zod');

const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';
const WAV = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQAAAAA=';

const text = (words) => ({ type: 'text', text: words });
const image = { type: 'image', data: PNG, mimeType: 'image/png' };
const audio = { type: 'audio', data: WAV, mimeType: 'audio/wav' };
const resource = (uri, mimeType, words) => ({
  type: 'resource', resource: { uri, mimeType, text: words },
});
const said = (content) => ({ messages: [{ role: 'user', content }] });
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Tools without arguments that always answer the same.
const CONSTANT = {
  test_simple_text: [text('A simple text.')],
  test_image_content: [image],
  test_audio_content: [audio],
  test_embedded_resource: [resource('test://embedded-resource', 'text/plain', 'Embedded.')],
  test_multiple_content_types: [
    text('Several kinds:'), image, resource('test://mixed-content-resource', 'application/json', '{}'),
  ],
};

const DEFAULTS = {
  type: 'object',
  properties: {
    name: { type: 'string', default: 'John Doe' },
    age: { type: 'integer', default: 30 },
    score: { type: 'number', default: 95.5 },
    status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
    verified: { type: 'boolean', default: true },
  },
  required: [],
};

const titled = (words, title) => words.map((word) => ({ const: word, title: `${title} ${word}` }));
const OPTIONS = ['option1', 'option2', 'option3'];
const VALUES = titled(['value1', 'value2', 'value3'], 'The');
const ENUMS = {
  type: 'object',
  properties: {
    untitledSingle: { type: 'string', enum: OPTIONS },
    titledSingle: { type: 'string', oneOf: VALUES },
    legacyEnum: { type: 'string', enum: ['opt1', 'opt2'], enumNames: ['One', 'Two'] },
    untitledMulti: { type: 'array', items: { type: 'string', enum: OPTIONS } },
    titledMulti: { type: 'array', items: { anyOf: VALUES } },
  },
};

const RICH_SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  $defs: {
    address: {
      $anchor: 'addressDef', type: 'object',
      properties: { street: { type: 'string' }, city: { type: 'string' } },
    },
  },
  properties: {
    name: { type: 'string' },
    address: { $ref: '#/$defs/address' },
    contactMethod: { type: 'string', enum: ['phone', 'email'] },
    phone: { type: 'string' },
    email: { type: 'string' },
  },
  allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
  if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
  then: { required: ['phone'] },
  else: { required: ['email'] },
  additionalProperties: false,
};

// Clients repeat the argument in a header, Mcp-Param-Region.
const HEADER_SCHEMA = {
  type: 'object',
  properties: { region: { type: 'string', 'x-mcp-header': 'Region' } },
  required: ['region'],
};

async function logThreeTimes(ctx) {
  for (const data of ['started', 'at work', 'done']) {
    await ctx.mcpReq.notify({
      method: 'notifications/message', params: { level: 'info', data },
    });
    await pause(20);
  }
  return { content: [text('Said three things.')] };
}

// Says something only to whom wants to hear it.
async function logIfWanted(ctx) {
  await ctx.mcpReq.log('info', 'at work');
  return { content: [text('Done.')] };
}

async function progressInSteps(ctx) {
  const progressToken = ctx.mcpReq._meta?.progressToken ?? 0;
  for (const progress of [0, 50, 100]) {
    await ctx.mcpReq.notify({
      method: 'notifications/progress', params: { progressToken, progress, total: 100 },
    });
    await pause(20);
  }
  return { content: [text(String(progressToken))] };
}

// The client has to come back for the rest of the stream.
async function hangUp(ctx) {
  ctx.http?.closeSSE?.();
  await pause(100);
  return { content: [text('Here again.')] };
}

// The client may not have opened the stream for everything else yet.
const onItsStream = (ctx) => ({ relatedRequestId: ctx.mcpReq.id });

async function sample(ctx, prompt) {
  const { content } = await ctx.mcpReq.requestSampling({
    messages: [{ role: 'user', content: text(prompt) }], maxTokens: 100,
  }, onItsStream(ctx));
  return { content: [text(`The model says: ${content.text}`)] };
}

async function elicit(ctx, message, requestedSchema) {
  const { action, content } = await ctx.mcpReq.elicitInput(
    { message, requestedSchema }, onItsStream(ctx));
  return { content: [text(`action=${action}, content=${JSON.stringify(content ?? {})}`)] };
}

const REPLY = {
  type: 'object', properties: { response: { type: 'string' } }, required: ['response'],
};

// notify: { tools (), prompts () } tell the listening clients that a list has changed.
function registerTools(server, notify) {
  const tool = (name, work, inputSchema) =>
    server.registerTool(name, { description: `Conformance: ${name}`, inputSchema }, work);
  for (const [name, content] of Object.entries(CONSTANT)) tool(name, async () => ({ content }));
  tool('test_error_handling', async () => {
    throw new Error('This tool fails on purpose.');
  });
  tool('test_tool_with_logging', logThreeTimes);
  tool('test_logging_tool', logIfWanted);
  tool('test_tool_with_progress', progressInSteps);
  tool('test_reconnection', hangUp);
  tool('test_sampling', ({ prompt }, ctx) => sample(ctx, prompt), z.object({ prompt: z.string() }));
  tool(
    'test_elicitation', ({ message }, ctx) => elicit(ctx, message, REPLY),
    z.object({ message: z.string() }));
  tool('test_elicitation_sep1034_defaults', (ctx) => elicit(ctx, 'Look at this', DEFAULTS));
  tool('test_elicitation_sep1330_enums', (ctx) => elicit(ctx, 'Choose', ENUMS));
  tool(
    'json_schema_2020_12_tool', async (args) => ({ content: [text(JSON.stringify(args))] }),
    fromJsonSchema(RICH_SCHEMA));
  tool(
    'test_custom_header', async ({ region }) => ({ content: [text(region)] }),
    fromJsonSchema(HEADER_SCHEMA));
  tool('test_trigger_tool_change', async () => ({ content: (notify.tools(), [text('Done.')]) }));
  tool('test_trigger_prompt_change', async () => ({ content: (notify.prompts(), [text('Done.')]) }));
}

function registerResources(server) {
  const contents = (uri, mimeType, body) => ({ contents: [{ uri: String(uri), mimeType, ...body }] });
  server.registerResource(
    'static-text', 'test://static-text', { mimeType: 'text/plain' },
    async (uri) => contents(uri, 'text/plain', { text: 'Static text.' }));
  server.registerResource(
    'static-binary', 'test://static-binary', { mimeType: 'image/png' },
    async (uri) => contents(uri, 'image/png', { blob: PNG }));
  server.registerResource(
    'watched', 'test://watched-resource', { mimeType: 'text/plain' },
    async (uri) => contents(uri, 'text/plain', { text: 'Watched.' }));
  server.registerResource(
    'template', new ResourceTemplate('test://template/{id}/data', { list: undefined }),
    { mimeType: 'application/json' },
    async (uri, { id }) => contents(uri, 'application/json', { text: JSON.stringify({ id }) }));
}

function registerPrompts(server) {
  server.registerPrompt(
    'test_simple_prompt', { description: 'No arguments' }, async () => said(text('A simple prompt.')));
  server.registerPrompt(
    'test_prompt_with_arguments',
    {
      description: 'Two arguments',
      argsSchema: z.object({
        arg1: completable(z.string(), () => ['paris', 'park', 'party']), arg2: z.string(),
      }),
    },
    async ({ arg1, arg2 }) => said(text(`arg1='${arg1}', arg2='${arg2}'`)));
  server.registerPrompt(
    'test_prompt_with_embedded_resource',
    { description: 'With a resource', argsSchema: z.object({ resourceUri: z.string() }) },
    async ({ resourceUri }) => said(resource(resourceUri, 'text/plain', 'Embedded.')));
  server.registerPrompt(
    'test_prompt_with_image', { description: 'With an image' }, async () => said(image));
}

export function registerAll(server, notify) {
  registerTools(server, notify);
  registerResources(server);
  registerPrompts(server);
}
