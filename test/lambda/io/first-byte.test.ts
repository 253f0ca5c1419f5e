import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { exchange } from '../../../lambda/io/http-client.ts';

let server: Server;
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function call(listener: RequestListener, timeoutMs: number, firstByteTimeoutMs = 1000) {
  server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return exchange(origin, {
    method: 'GET',
    target: '/',
    headers: [['host', origin.host]],
    timeoutMs,
    firstByteTimeoutMs,
    maxBytes: 1000,
  });
}

describe('the limit for the first byte of a response', () => {
  test('ends an exchange in which no byte arrives', async () => {
    await expect(call(() => {}, 60_000)).rejects.toMatchObject({
      kind: 'timeout',
      message: 'no first byte of a response within 1000 ms',
    });
  });

  test('does not apply to the rest of the response', async () => {
    const listener: RequestListener = (_request, response) => {
      response.write('a');
      setTimeout(() => response.end('b'), 3500);
    };
    // Longer than a slow machine takes to respond, and shorter than the response takes.
    const exchanged = call(listener, 60_000, 3000);
    await expect(exchanged).resolves.toMatchObject({ status: 200, body: Buffer.from('ab') });
  });

  test('leaves the limit for the whole exchange in force', async () => {
    const exchanged = call((_request, response) => void response.write('a'), 1500);
    await expect(exchanged).rejects.toMatchObject({ message: 'no complete response within 1500 ms' });
  });
});
