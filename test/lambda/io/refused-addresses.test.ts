import type { LookupFunction } from 'node:net';
import { expect, test } from '@jest/globals';
import { exchange } from '../../../lambda/io/http-client.ts';
import { freePort } from '../../support/free-port.ts';

test('the reason says so if a name has several addresses and all refuse the connection', async () => {
  const origin = new URL(`http://several.example:${await freePort()}`);
  const lookup: LookupFunction = (_hostname, _options, callback) =>
    callback(null, [
      { address: '127.0.0.1', family: 4 },
      { address: '127.0.0.2', family: 4 },
    ]);
  const response = exchange(origin, {
    method: 'GET',
    target: '/',
    headers: [['host', origin.host]],
    timeoutMs: 60_000,
    maxBytes: 1000,
    lookup,
  });
  await expect(response).rejects.toMatchObject({
    kind: 'connection',
    message: expect.stringContaining('ECONNREFUSED'),
  });
});
