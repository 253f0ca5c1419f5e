import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { ownAddressesUnder } from '../../../tools/deployment/own-addresses.ts';

/** What CloudFormation responds. */
let respond: RequestListener;
let server: Server;

const KEYS = { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'testing', AWS_SECRET_ACCESS_KEY: 'testing' };
const { env } = process;
beforeAll(async () => {
  process.env = { ...env, ...KEYS, AWS_MAX_ATTEMPTS: '1' };
  server = createServer((request, response) => respond(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => server.closeAllConnections());
afterAll(() => {
  process.env = env;
  server.close();
});

const under = (path: string, signal?: AbortSignal) => {
  const endpoint = new URL(`http://localhost:${(server.address() as AddressInfo).port}`);
  return ownAddressesUnder({ stack: undefined, path, endpoint, local: false }, signal);
};

const says =
  (status: number, body: string): RequestListener =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'text/xml' }).end(body);
  };

const member = (key: string, value: string) =>
  `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`;
const stackOf = (path: string, host: string) =>
  `<member><StackName>A</StackName><StackStatus>CREATE_COMPLETE</StackStatus><CreationTime>2026-01-31T12:00:00Z</CreationTime><Outputs>${member('ConfigPath', path)}${member('Url', `https://${host}/api/`)}</Outputs></member>`;
const stacks = (...found: string[]) =>
  `<DescribeStacksResponse><DescribeStacksResult><Stacks>${found.join('')}</Stacks></DescribeStacksResult></DescribeStacksResponse>`;

test('the addresses are those of the stack with this prefix, and not of one whose name it begins', async () => {
  respond = says(
    200,
    stacks(stackOf('/Orders2', 'other.example.com'), stackOf('/Orders', 'api.example.com')),
  );
  expect(await under('/Orders')).toEqual([{ host: 'api.example.com', port: 443 }]);
});

test.each([
  ['has no such stack', says(200, stacks(stackOf('/Orders2', 'other.example.com')))],
  ['has two', says(200, stacks(stackOf('/Orders', 'a.example.com'), stackOf('/Orders', 'b.example.com')))],
  [
    'refuses',
    says(
      403,
      '<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>',
    ),
  ],
  ['is another service, such as an endpoint of SSM alone', says(404, '{"__type":"UnknownOperation"}')],
  ['responds with something else', says(200, 'It works!')],
  ['breaks off', (request) => request.socket.destroy()],
] satisfies [string, RequestListener][])('there are none if CloudFormation %s', async (_, said) => {
  respond = said;
  expect(await under('/Orders')).toEqual([]);
});

test('there are none if CloudFormation is silent until the time is over', async () => {
  const over = new AbortController();
  respond = () => over.abort();
  expect(await under('/Orders', over.signal)).toEqual([]);
});
