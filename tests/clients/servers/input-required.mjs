// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Tools of the protocol without sessions: what they need from the client they ask for in their
// answer, and the client calls again.
import { randomBytes } from 'node:crypto';
import { load } from '../lib/packages.mjs';

const {
  acceptedContent, createRequestStateCodec, inputRequired, inputResponse,
} = load('modern', '@modelcontextprotocol/server');

export const stateCodec = createRequestStateCodec({ key: randomBytes(32) });

const form = (message, property, type = 'string') =>
  inputRequired.elicit({
    message,
    requestedSchema: { type: 'object', properties: { [property]: { type } }, required: [property] },
  });
const question = (words) =>
  inputRequired.createMessage({
    messages: [{ role: 'user', content: { type: 'text', text: words } }], maxTokens: 100,
  });
const done = (words) => ({ content: [{ type: 'text', text: words }] });
const answers = (ctx) => ctx.mcpReq.inputResponses;
const has = (ctx, key) => inputResponse(answers(ctx), key).kind !== 'missing';

async function elicitation(ctx) {
  const answer = acceptedContent(answers(ctx), 'user_name');
  if (typeof answer?.name === 'string') return done(`Hello, ${answer.name}!`);
  return inputRequired({ inputRequests: { user_name: form('What is your name?', 'name') } });
}

async function sampling(ctx) {
  const answer = inputResponse(answers(ctx), 'capital_question');
  if (answer.kind === 'sampling') return done(answer.result.content.text);
  return inputRequired({
    inputRequests: { capital_question: question('What is the capital of France?') },
  });
}

async function listRoots(ctx) {
  const answer = inputResponse(answers(ctx), 'client_roots');
  if (answer.kind === 'roots') return done(answer.roots.map(({ uri }) => uri).join(' '));
  return inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } });
}

async function withState(ctx) {
  if (has(ctx, 'confirm') && ctx.mcpReq.requestState()) return done('state-ok');
  return inputRequired({
    inputRequests: { confirm: form('Please confirm', 'ok', 'boolean') },
    requestState: await stateCodec.mint({ step: 'confirm' }),
  });
}

async function severalInputs(ctx) {
  if (['user_name', 'greeting', 'client_roots'].every((key) => has(ctx, key))) return done('All here.');
  return inputRequired({
    inputRequests: {
      user_name: form('What is your name?', 'name'),
      greeting: question('Generate a greeting'),
      client_roots: inputRequired.listRoots(),
    },
    requestState: await stateCodec.mint({ step: 'several' }),
  });
}

async function severalRounds(ctx) {
  const step = ctx.mcpReq.requestState()?.step;
  if (step === 2 && has(ctx, 'step2')) return done('Both rounds are done.');
  const requestState = (next) => stateCodec.mint({ step: next });
  if (step === 1 && has(ctx, 'step1'))
    return inputRequired({
      inputRequests: { step2: form('Step 2: What is your favorite color?', 'color') },
      requestState: await requestState(2),
    });
  return inputRequired({
    inputRequests: { step1: form('Step 1: What is your name?', 'name') },
    requestState: await requestState(1),
  });
}

// Only what this client said it can do.
async function capabilities(ctx) {
  const key = 'io.modelcontextprotocol/clientCapabilities';
  const declared = ctx.mcpReq.envelope?.[key] ?? {};
  if (Object.keys(answers(ctx) ?? {}).length > 0) return done('Enough.');
  const inputRequests = {};
  if (declared.elicitation) inputRequests.form = form('A value?', 'value');
  if (declared.sampling) inputRequests.question = question('Say something');
  if (Object.keys(inputRequests).length === 0) return done('This client can do nothing.');
  return inputRequired({ inputRequests });
}

async function prompt(ctx) {
  const answer = acceptedContent(answers(ctx), 'user_context');
  if (!answer)
    return inputRequired({
      inputRequests: { user_context: form('What context should the prompt use?', 'context') },
    });
  const content = { type: 'text', text: `In the context ${answer.context}` };
  return { messages: [{ role: 'user', content }] };
}

// A client without sampling is told so before the tool runs.
async function missingCapability(ctx) {
  const answer = inputResponse(answers(ctx), 'question');
  if (answer.kind === 'sampling') return done(answer.result.content.text);
  return inputRequired({ inputRequests: { question: question('Anything') } });
}

// First a notification, so that the answer is a stream, then the request for input on it.
async function streamingElicitation(ctx) {
  await ctx.mcpReq.notify({
    method: 'notifications/progress', params: { progressToken: 1, progress: 1 },
  });
  return elicitation(ctx);
}

const TOOLS = {
  test_input_required_result_elicitation: elicitation,
  test_input_required_result_sampling: sampling,
  test_input_required_result_list_roots: listRoots,
  test_input_required_result_request_state: withState,
  test_input_required_result_tampered_state: withState,
  test_input_required_result_multiple_inputs: severalInputs,
  test_input_required_result_multi_round: severalRounds,
  test_input_required_result_capabilities: capabilities,
  test_missing_capability: missingCapability,
  test_streaming_elicitation: streamingElicitation,
};

export function registerInputRequired(server) {
  for (const [name, work] of Object.entries(TOOLS))
    server.registerTool(name, { description: `Conformance: ${name}` }, work);
  server.registerPrompt(
    'test_input_required_result_prompt', { description: 'Asks for a context' }, prompt);
}
