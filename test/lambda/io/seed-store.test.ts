import { SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createSeedStore } from '../../../lambda/io/seed-store.ts';
import { type Ssm, startSsm } from '../../../local/ssm/server.ts';
import { type RecordingUpstream, startRecordingUpstream } from '../../support/recording-upstream.ts';

const STACK_ID = 'arn:aws:cloudformation:eu-west-1:123456789012:stack/orders/0b1c2d3e';
const clients: SSMClient[] = [];

function storeAt(endpoint: string, signal: AbortSignal = new AbortController().signal) {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new SSMClient({ endpoint, region: 'eu-west-1', credentials, maxAttempts: 1 });
  clients.push(client);
  return createSeedStore(client, signal);
}

afterEach(() => {
  for (const client of clients.splice(0)) client.destroy();
});

describe('with SSM', () => {
  let ssm: Ssm;
  const puts: object[] = [];
  beforeAll(async () => {
    ssm = await startSsm({
      port: 0,
      region: 'eu-west-1',
      account: '123456789012',
      parameters: [{ name: '/there/issuer', type: 'String', value: 'theirs' }],
      log: () => {},
      onRequest: (operation, input) => operation === 'PutParameter' && puts.push(input),
    });
  });
  afterAll(() => ssm.close());
  const stored = (Name: string) => ssm.execute('GetParameter', { Name });

  test('says which parameters exist, and their types', async () => {
    const found = await storeAt(ssm.origin).existing(['/there/issuer', '/there/audience']);
    expect([...found]).toEqual([['/there/issuer', 'String']]);
  });

  test("creates one with its type and the stack's id, which identifies it later", async () => {
    const store = storeAt(ssm.origin);
    expect(await store.create('/new/audience', { type: 'StringList', value: 'a,b' }, STACK_ID)).toBe(true);
    expect(stored('/new/audience')).toMatchObject({ Parameter: { Type: 'StringList', Value: 'a,b' } });
    expect(await store.creatorOf('/new/audience')).toBe(STACK_ID);
    expect(await store.creatorOf('/there/issuer')).toBeUndefined();
  });

  test('never overwrites one', async () => {
    const store = storeAt(ssm.origin);
    expect(await store.create('/there/issuer', { type: 'String', value: 'ours' }, STACK_ID)).toBe(false);
    expect(stored('/there/issuer')).toMatchObject({ Parameter: { Value: 'theirs', Version: 1 } });
    expect(puts).toEqual(puts.map((input) => ({ ...input, Overwrite: false })));
  });

  test("creates an 8 KB parameter as an advanced one, and a small one in the account's tier", async () => {
    const store = storeAt(ssm.origin);
    await store.create('/new/policy', { type: 'String', value: 'x'.repeat(8192) }, STACK_ID);
    await store.create('/new/small', { type: 'String', value: 'x'.repeat(4096) }, STACK_ID);
    expect(puts.slice(-2)).toMatchObject([{ Tier: 'Intelligent-Tiering' }, {}]);
    expect(puts.at(-1)).not.toHaveProperty('Tier');
  });

  test('says which parameter SSM rejected and why', async () => {
    const rejected = storeAt(ssm.origin).create(
      '/new/big',
      { type: 'String', value: 'x'.repeat(9000) },
      STACK_ID,
    );
    await expect(rejected).rejects.toThrow(
      /^SSM rejected PutParameter of \/new\/big \(ValidationException: /,
    );
  });
});

describe('with an SSM that fails', () => {
  type Fault = { readonly status: number; readonly type: string } | 'hang up';
  let server: RecordingUpstream;
  let faults: Fault[];
  let onRequest: () => void;
  beforeEach(async () => {
    faults = [];
    onRequest = () => {};
    server = await startRecordingUpstream((_request, response) => {
      onRequest();
      const fault = faults.shift();
      if (fault === 'hang up') return void response.destroy();
      response.writeHead(fault?.status ?? 200, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(fault === undefined ? {} : { __type: fault.type, message: 'why' }));
    });
  });
  afterEach(() => server.close());
  const put = (signal?: AbortSignal) =>
    storeAt(server.origin, signal).create('/a/issuer', { type: 'String', value: 'x' }, STACK_ID);

  test.each<[string, Fault]>([
    ['throttling', { status: 400, type: 'ThrottlingException' }],
    ['another writer', { status: 400, type: 'TooManyUpdates' }],
    ['a role whose policy SSM does not know yet', { status: 400, type: 'AccessDeniedException' }],
    ['a fault of SSM', { status: 500, type: 'InternalServerError' }],
    ['a connection that breaks', 'hang up'],
  ])('a call is repeated after %s', async (_, fault) => {
    faults = [fault, fault];
    expect(await put()).toBe(true);
    expect(server.received).toHaveLength(3);
  });

  test('a call is not repeated after a rejection', async () => {
    faults = [{ status: 400, type: 'ParameterLimitExceeded' }];
    await expect(put()).rejects.toThrow(
      'SSM rejected PutParameter of /a/issuer (ParameterLimitExceeded: why)',
    );
    expect(server.received).toHaveLength(1);
  });

  test('a call whose response was lost counts as having created the parameter', async () => {
    faults = ['hang up', { status: 400, type: 'ParameterAlreadyExists' }];
    expect(await put()).toBe(false);
  });

  test('retrying ends with the last reason when the time is up', async () => {
    const throttled = { status: 400, type: 'ThrottlingException' };
    faults = [throttled, throttled, throttled];
    const controller = new AbortController();
    onRequest = () => server.received.length === 2 && controller.abort();
    await expect(put(controller.signal)).rejects.toThrow(
      'SSM did not complete PutParameter of /a/issuer in time (ThrottlingException: why)',
    );
    expect(server.received).toHaveLength(2);
  });
});
