import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { afterEach, describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../../lambda/core/config/parse.ts';
import type { HttpRequest } from '../../../lambda/core/http/message.ts';
import { forward } from '../../../lambda/io/upstream.ts';
import { certificatePem } from '../../support/certificate.ts';
import { createKey } from '../../support/keys.ts';
import { ISSUER } from '../../support/tokens.ts';

const KEY = createKey('RS256');
const REQUEST: HttpRequest = { method: 'GET', path: '/x', query: '', headers: [], body: new Uint8Array() };
const LIMITS = { remainingMs: 5000, maxResponseBytes: 1000, firstByteTimeoutSeconds: undefined };

const pemOf = (name: string, until?: string): string =>
  certificatePem(KEY, { name, ...(until !== undefined && { until }) });

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** An upstream that responds with the server name that TLS requested, and the port that it listens on. */
async function listen(certificate: string): Promise<number> {
  const key = KEY.privateKey.export({ type: 'pkcs8', format: 'pem' });
  const server = createServer({ key, cert: certificate }, (request, response) => {
    response.end(String((request.socket as TLSSocket & { servername?: string | false }).servername));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

describe('the certificates in the policy', () => {
  const rest = {
    issuer: ISSUER,
    audience: 'a',
    'jwks-uri': 'discover',
    upstream: 'whoami',
    revocations: '{}',
  };
  const parse = (upstreamCa: string) => parseConfig({ ...rest, policy: JSON.stringify({ upstreamCa }) }, '1');

  test('may be several', async () => {
    const both = pemOf('localhost') + pemOf('other.example');
    expect(await parse(both)).toMatchObject({ config: { upstreamSettings: { ca: both } } });
  });

  test.each([
    '',
    'x',
    pemOf('localhost').replace('CERTIFICATE', 'PRIVATE KEY'),
    pemOf('localhost').replace(/\n[^-]{20}/, '\n'),
    `${pemOf('localhost')}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`,
  ])('are a problem if one cannot be read: %j', async (text) => {
    expect(await parse(text)).toMatchObject({
      problems: [{ parameter: 'policy', message: expect.stringContaining('upstreamCa') }],
    });
  });
});

describe('an https upstream', () => {
  test('is called by its name if a certificate of the policy vouches for it', async () => {
    const ca = pemOf('localhost');
    const origin = new URL(`https://localhost:${await listen(ca)}`);
    const outcome = await forward(REQUEST, origin, { ...LIMITS, ca });
    expect(outcome).toMatchObject({ kind: 'response', response: { status: 200 } });
    expect(outcome.kind === 'response' && Buffer.from(outcome.response.body).toString()).toBe('localhost');
  });

  test('is called by the same name even with a preserved Host', async () => {
    const ca = pemOf('localhost');
    const origin = new URL(`https://localhost:${await listen(ca)}`);
    const request: HttpRequest = { ...REQUEST, headers: [['host', 'api.example.com']] };
    const outcome = await forward(request, origin, { ...LIMITS, ca });
    expect(outcome.kind === 'response' && Buffer.from(outcome.response.body).toString()).toBe('localhost');
  });

  test.each([
    ['that no authority vouches for', 'localhost', undefined, undefined],
    ['whose certificate is for another name', 'other.example', undefined, 'other.example'],
    ['whose certificate has expired', 'localhost', '210101000000Z', 'localhost'],
  ])('%s is not called', async (_what, name, until, trusted) => {
    const certificate = pemOf(name, until);
    const origin = new URL(`https://localhost:${await listen(certificate)}`);
    const ca = trusted === undefined ? undefined : certificate;
    expect(await forward(REQUEST, origin, { ...LIMITS, ca })).toMatchObject({
      kind: 'failed',
      code: 'upstream_error',
      reason: expect.stringMatching(/certificate|altname|expired/i),
    });
  });

  test('is no longer called once no certificate vouches for it', async () => {
    const ca = pemOf('localhost');
    const origin = new URL(`https://localhost:${await listen(ca)}`);
    expect(await forward(REQUEST, origin, { ...LIMITS, ca })).toMatchObject({ kind: 'response' });
    expect(await forward(REQUEST, origin, { ...LIMITS, ca: undefined })).toMatchObject({ kind: 'failed' });
  });
});
