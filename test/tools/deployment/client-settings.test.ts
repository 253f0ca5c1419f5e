import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { expect, test } from '@jest/globals';
import { clientSettings } from '../../../tools/deployment/client-settings.ts';

test('gives up on a service that accepts the connection and never responds', async () => {
  const server = createServer(() => {}).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const client = new SSMClient({
    ...clientSettings(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 20),
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  try {
    await expect(client.send(new GetParametersCommand({ Names: ['/a'] }))).rejects.toThrow(
      /did not|timeout/i,
    );
  } finally {
    client.destroy();
    server.closeAllConnections();
    server.close();
  }
});
