import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { completeFields, exchange, type Outgoing } from '../../../local/playground/exchange.ts';
import { refusedUrl } from '../../support/raw-server.ts';

const seen: { url: string; headers: string[]; body: string }[] = [];
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString();
  seen.push({ url: request.url ?? '', headers: request.rawHeaders, body });
  const [, kind] = /^\/(binary|long)/.exec(request.url ?? '') ?? [];
  response.writeHead(200, [
    ['Set-Cookie', 'a=1'],
    ['set-cookie', 'b=2'],
  ].flat()); // biome-ignore format: one line
  response.end(kind === 'binary' ? Buffer.from([0xff, 0xfe]) : kind === 'long' ? 'é'.repeat(200_000) : 'ok');
});
// As a proxy would, and a server that changes the protocol.
server.on('connect', (_, socket) => socket.end('HTTP/1.1 200 Connected\r\n\r\n'));
server.on('upgrade', (_, socket) => socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n'));
let origin = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

const send = (changes: Partial<Outgoing>) => {
  const outgoing = { method: 'GET', target: '/', headers: [], body: '', ...changes };
  return exchange(origin, { ...outgoing, headers: completeFields(origin, outgoing) });
};

test('sends a path unchanged, with its dots, slashes and escapes', async () => {
  for (const target of ['/api/../admin', '//evil.example/x', '/a%2Fb;c?d=%zz#e', '/\\evil']) {
    await send({ target });
    expect(seen.at(-1)?.url).toBe(target);
  }
});

test('sends header fields in order, with their letter case and duplicates', async () => {
  await send({ headers: [['X_JWT_Subject', '1'], ['x-a', '2'], ['X-A', '3'], ['Host', 'api.example.com']] }); // biome-ignore format: one line
  const own = seen.at(-1)?.headers.join(',');
  expect(own).toMatch(/^X_JWT_Subject,1,x-a,2,X-A,3,Host,api\.example\.com/);
});

test('sends the length of a body in bytes', async () => {
  await send({ method: 'POST', body: 'é' });
  expect(seen.at(-1)).toMatchObject({ body: 'é', headers: expect.arrayContaining(['Content-Length', '2']) });
});

test('returns header fields in order, a binary body as base64, and cuts a long one', async () => {
  expect(await send({})).toMatchObject({ status: 200, body: 'ok', cut: false });
  expect((await send({})).headers.slice(0, 2)).toEqual([['Set-Cookie', 'a=1'], ['set-cookie', 'b=2']]); // biome-ignore format: one line
  expect(await send({ target: '/binary' })).toMatchObject({ body: '//4=', bodyEncoding: 'base64' });
  expect(await send({ target: '/long' })).toMatchObject({ bodyEncoding: 'utf8', cut: true });
});

test('returns a response after which the connection would become a tunnel like any other', async () => {
  expect(await send({ method: 'CONNECT' })).toMatchObject({ status: 200, body: '' });
  const headers = [['Connection', 'upgrade'], ['Upgrade', 'x']] as const; // biome-ignore format: one line
  expect(await send({ headers })).toMatchObject({ status: 101, headers: [['Upgrade', 'x']], body: '' });
});

test.each([
  ['http://evil.example/', 'The path must begin with a slash.'],
  ['evil.example', 'The path must begin with a slash.'],
  ['@evil.example/', 'The path must begin with a slash.'],
  ['/a b', 'Node.js cannot send this request: '],
  ['/a\r\nX-Evil: 1', 'Node.js cannot send this request: '],
])('sends nothing to %j', async (target, message) => {
  const before = seen.length;
  await expect(send({ target })).rejects.toThrow(message);
  expect(seen.length).toBe(before);
});

test.each([[[['X-A', '1\r\nX-Evil: 1']]], [[['X A', '1']]], [[['', '1']]]] as const)(
  'sends nothing with the header fields %j',
  async (headers) => {
    await expect(send({ headers })).rejects.toThrow('Node.js cannot send this request: ');
  },
);

test('reports an origin where nobody listens', async () => {
  const { origin } = await refusedUrl();
  await expect(exchange(origin, { method: 'GET', target: '/', headers: [], body: '' })).rejects.toThrow(
    'The request got no response: ',
  );
});
