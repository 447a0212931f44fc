/** JSON-RPC to a node: credentials, error numbers, junk, limits. */
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { base64 } from '@scure/base';
import { expect, test } from 'vitest';
import { AppError, faultOf } from '../../core/errors.ts';
import { faults, isFaultCode } from '../../core/faults.ts';
import { type NodeAuth, NodeRpc } from '../../core/pool/node-rpc.ts';
import type { Http, HttpAnswer, HttpFailure, HttpRequest } from '../../core/ports.ts';
import { FakeNode, NodeSays } from '../fake/fake-node.ts';
import { MemoryFiles } from '../fake/memory-files.ts';

const URL = 'http://127.0.0.1:8332';
const COOKIE: NodeAuth = { kind: 'cookie', path: '/node/.cookie' };

function rpcTo(http: Http, auth: NodeAuth = COOKIE, files = new MemoryFiles()) {
  files.texts.set('/node/.cookie', files.texts.get('/node/.cookie') ?? '__cookie__:right');
  return { rpc: new NodeRpc({ http, files, url: URL, auth }), files };
}

/** Answers every request with this. */
function answering(answer: HttpAnswer | HttpFailure): Http & { requests: HttpRequest[] } {
  const requests: HttpRequest[] = [];
  return {
    requests,
    request(request) {
      requests.push(request);
      return { answer: 'code' in answer ? Promise.reject(new AppError(answer, 'machine')) : Promise.resolve(answer), cancel: () => {} };
    },
  };
}

const ask = (rpc: NodeRpc, method = 'getbestblockhash') => rpc.call(method, []).result.catch(faultOf);
const json = (value: unknown, status = 200): HttpAnswer => ({ status, body: JSON.stringify(value) });

test('a call sends basic credentials from the cookie file and gives the result', async () => {
  const node = new FakeNode();
  const { rpc } = rpcTo(node);
  expect(await ask(rpc)).toBe(node.tip);
  expect(node.calls[0]?.authorization).toBe(`Basic ${base64.encode(utf8ToBytes('__cookie__:right'))}`);
});

test('a user and a password with any letters travel as they are', async () => {
  const node = new FakeNode();
  node.credentials = 'me:pässword: with colons';
  const { rpc } = rpcTo(node, { kind: 'password', user: 'me', password: 'pässword: with colons' });
  expect(await ask(rpc)).toBe(node.tip);
});

test('without credentials none are sent', async () => {
  const node = new FakeNode();
  node.credentials = undefined;
  await ask(rpcTo(node, { kind: 'nothing' }).rpc);
  expect(node.calls[0]?.authorization).toBeUndefined();
});

test('after a restart of the node the new cookie is read within the same call', async () => {
  const node = new FakeNode();
  const { rpc, files } = rpcTo(node);
  await ask(rpc);
  node.credentials = '__cookie__:newer';
  files.texts.set('/node/.cookie', '__cookie__:newer\n');
  expect(await ask(rpc)).toBe(node.tip);
  expect(node.calls.length).toBe(3);
});

test('a cookie that stays wrong is refused after one try, not asked for ever', async () => {
  const node = new FakeNode();
  node.credentials = '__cookie__:other';
  const { rpc } = rpcTo(node);
  expect(await ask(rpc)).toEqual({ code: 'node-unauthorised', status: 401, by: 'cookie' });
  expect(node.calls.length).toBe(1);
});

test.each([
  ['missing', undefined, 'file-not-found'],
  ['empty', '', 'not a cookie file'],
  ['another file', 'just some text', 'not a cookie file'],
  ['far too long', `a:${'b'.repeat(600)}`, 'not a cookie file'],
])('a cookie file that is %s is named', async (_, text, why) => {
  const files = new MemoryFiles();
  const { rpc } = rpcTo(new FakeNode(), COOKIE, files);
  if (text === undefined) files.texts.delete('/node/.cookie');
  else files.texts.set('/node/.cookie', text);
  expect(await ask(rpc)).toEqual({ code: 'cookie-not-readable', path: '/node/.cookie', text: why });
});

test.each([
  [-28, 'Loading block index…', { code: 'node-warming-up', text: 'Loading block index…' }],
  [-10, 'Bitcoin is in initial sync', { code: 'node-syncing', text: 'Bitcoin is in initial sync' }],
  [-9, 'Bitcoin is not connected!', { code: 'node-no-peers', text: 'Bitcoin is not connected!' }],
  [-9, 'Shutting down', { code: 'stream-lost', text: 'Shutting down' }],
  [-8, 'Block height out of range', { code: 'node-error', rpcCode: -8, text: 'Block height out of range' }],
  [-1, 'x'.repeat(9_000), { code: 'node-error', rpcCode: -1, text: 'x'.repeat(200) }],
])('error %i of a node is told as what it means', async (code, message, fault) => {
  const node = new FakeNode();
  node.submitAnswer = () => {
    throw new NodeSays(code, message);
  };
  expect(await ask(rpcTo(node).rpc, 'submitblock')).toEqual(fault);
});

test.each<[string, HttpAnswer | HttpFailure, string]>([
  ['a web page', { status: 200, body: '<html>router</html>' }, 'node-answer-bad'],
  ['nothing', { status: 200, body: '' }, 'node-answer-bad'],
  ['a redirect', { status: 302, body: '' }, 'node-answer-bad'],
  ['an error page', { status: 502, body: 'Bad Gateway' }, 'node-answer-bad'],
  ['a list', json([]), 'node-answer-bad'],
  ['an error without a number', json({ result: null, error: { message: 'x' }, id: 1 }), 'node-answer-bad'],
  ['the answer to another question', json({ result: 'x', error: null, id: 99 }), 'node-answer-bad'],
  ['a busy node', { status: 503, body: 'Work queue depth exceeded' }, 'node-error'],
  ['a forbidden call', { status: 403, body: '' }, 'node-unauthorised'],
  ['a refused connection', { code: 'connection-refused', host: '127.0.0.1', port: 8332 }, 'connection-refused'],
  ['an unknown name', { code: 'name-not-found', host: 'x' }, 'name-not-found'],
  ['silence', { code: 'answer-timeout', timeoutMs: 5 }, 'node-silent'],
  ['an endless answer', { code: 'answer-too-long', maxBytes: 5 }, 'node-answer-bad'],
  ['a broken connection', { code: 'connection-broken', text: 'ECONNRESET' }, 'stream-lost'],
])('%s has a code of its own, with a sentence for people', async (_, answer, code) => {
  const fault = (await ask(rpcTo(answering(answer)).rpc)) as { code: string };
  expect(fault.code).toBe(code);
  expect(isFaultCode(code) && faults[code].todo.length).toBeGreaterThan(5);
});

test('a JSON-RPC 2.0 answer, which leaves out what is null, is understood', async () => {
  expect(await ask(rpcTo(answering(json({ jsonrpc: '2.0', result: 'yes', id: 1 }))).rpc)).toBe('yes');
});

test('limits go with every request', async () => {
  const http = answering(json({ result: 1, error: null, id: 1 }));
  await rpcTo(http).rpc.call('x', [], { timeoutMs: 7, maxBytes: 9 }).result;
  expect(http.requests[0]).toMatchObject({ method: 'POST', timeoutMs: 7, maxBytes: 9, url: URL });
});

test('cancelling ends the request under way, and one whose cookie is still being read', async () => {
  const node = new FakeNode();
  const { rpc } = rpcTo(node);
  const call = rpc.call('getblocktemplate', [{ longpollid: `${node.tip}1` }]);
  call.cancel();
  expect(await call.result.catch(faultOf)).toEqual({ code: 'request-cancelled' });
  expect(node.calls.length).toBe(0);
  const later = rpc.call('getblocktemplate', [{ longpollid: `${node.tip}1` }]);
  await new Promise((resolve) => setImmediate(resolve));
  later.cancel();
  expect(await later.result.catch(faultOf)).toEqual({ code: 'request-cancelled' });
  expect(node.cancelled).toBe(1);
});

test('no failure of any kind repeats a password', async () => {
  const auth: NodeAuth = { kind: 'password', user: 'me', password: 'hunter2' };
  for (const answer of [json({}), { status: 401, body: 'hunter2?' }, { status: 403, body: 'hunter2' }])
    expect(JSON.stringify(await ask(rpcTo(answering(answer), auth).rpc))).not.toContain('hunter2');
});

test.each(['127.0.0.1:8332', 'http://127.0.0.1', 'http://me:hunter2@127.0.0.1:8332', 'stratum+tcp://a:1', 'http://127.0.0.1:0'])(
  'an address that is not http://host:port is refused: %s',
  (url) => {
    expect(() => new NodeRpc({ http: new FakeNode(), files: new MemoryFiles(), url, auth: COOKIE })).toThrow(AppError);
  },
);
