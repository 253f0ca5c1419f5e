import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { SendRequest } from '../../../local/playground/contract.ts';
import { curlCommand } from '../../../local/playground/curl-command.ts';
import { exchange } from '../../../local/playground/exchange.ts';
import { outgoingOf } from '../../../local/playground/send.ts';
import { SEND_REQUEST } from '../../support/send-request.ts';

interface Got {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly fields: readonly string[];
  readonly body: string;
}

const got: Got[] = [];
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { method, url, rawHeaders } = request;
  const fields = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 && !/^(?:accept|user-agent|connection)$/i.test(name)
      ? [`${name.toLowerCase()}: ${rawHeaders[index + 1]}`]
      : [],
  );
  got.push({ method, url, fields: fields.sort(), body: Buffer.concat(chunks).toString() });
  response.end();
});
let loadBalancer = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  loadBalancer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

const TOKEN = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln-_';
const REQUEST: SendRequest = { ...SEND_REQUEST, token: TOKEN };
const stack = () => ({ loadBalancer, api: undefined });

test.each<[string, Partial<SendRequest>]>([
  ['a plain call', {}],
  ['no token', { token: '' }],
  ['a body that a shell would take apart', { method: 'POST', body: `@a 'b' "c" $(id) \`id\` \\ !x\n\n%7e&` }],
  ['a body with a type', { method: 'PUT', body: '{}', headers: [['Content-Type', 'application/json']] }],
  ['no body to a method that has one', { method: 'POST' }],
  ['HEAD', { method: 'HEAD' }],
  ['OPTIONS', { method: 'OPTIONS', headers: [['Origin', 'https://app.example']] }],
  ['dots in the path', { target: '/api/../admin/./x?a=/../b' }],
  ['dots at the end', { target: '/api/..' }],
  ['two slashes', { target: '//evil.example//x' }],
  ['brackets, braces and a number sign', { target: '/a[1-3]{b,c}#d?e=[]' }],
  ['a bare question mark', { target: '/api/x?' }],
  ['escapes and quotes', { target: `/a%2Fb;c'd"?e=$HOME&f=%zz*` }],
  ['a Host, duplicates and an empty field', { headers: [['Host', 'api.example.com'], ['x-a', '1'], ['x-a', ''], ['X_B', `a'b"$c`]] }], // biome-ignore format: one line
  ['a token in a cookie', { carrier: 'cookie:session' }],
  ['a token in the query', { carrier: 'query:access_token', target: '/api/x?a=1' }],
  ['a token in a subprotocol', { carrier: 'websocket-protocol:bearer' }],
])(
  '%s: curl sends the same request as the playground, with the token or a variable for it',
  async (_, changes) => {
    const request = { ...REQUEST, ...changes };
    const { origin, ...outgoing } = outgoingOf(request, stack());
    await exchange(origin, outgoing);
    const [expected] = got.splice(0);
    for (const withToken of [true, false]) {
      const command = curlCommand(request, stack(), withToken);
      expect(command.includes(TOKEN)).toBe(withToken && request.token !== '');
      await promisify(execFile)('bash', ['-c', command], { env: { ...process.env, TOKEN } });
      expect(got.splice(0)).toEqual([expected]);
    }
  },
);

test('writes the command as a person would', () => {
  expect(curlCommand(REQUEST, { loadBalancer: 'http://localhost:8080', api: undefined }, false)).toBe(
    'curl -i -H "authorization: Bearer $TOKEN" http://localhost:8080/api/x',
  );
});
