import {
  DeleteParameterCommand,
  DeleteParametersCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  LabelParameterVersionCommand,
  ListTagsForResourceCommand,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Ssm, startSsm } from '../../../local/ssm/server.ts';
import { localClient } from '../../support/local-client.ts';

let ssm: Ssm;
let client: SSMClient;
const lines: string[] = [];

beforeAll(async () => {
  ssm = await startSsm({
    port: 0,
    region: 'us-east-1',
    account: '000000000000',
    parameters: [{ name: '/seed/audience', type: 'StringList', value: 'a,b' }],
    log: (line) => lines.push(line),
  });
  client = new SSMClient(localClient(ssm.origin));
});
afterAll(async () => {
  client.destroy();
  await ssm.close();
});

const put = (Name: string, Value = 'x', rest: object = {}) =>
  client.send(new PutParameterCommand({ Name, Value, Type: 'String', ...rest }));

test('accepts a request that curl declares a form, such as the commands that npm start prints', async () => {
  const response = await fetch(ssm.origin, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-amz-target': 'AmazonSSM.GetParameter',
    },
    body: '{"Name":"/seed/audience"}',
  });
  expect(await response.json()).toMatchObject({ Parameter: { Value: 'a,b' } });
});

describe('reading', () => {
  test('returns a seeded parameter as SSM does', async () => {
    const { Parameter } = await client.send(new GetParameterCommand({ Name: '/seed/audience' }));
    expect(Parameter).toEqual({
      ARN: 'arn:aws:ssm:us-east-1:000000000000:parameter/seed/audience',
      DataType: 'text',
      LastModifiedDate: expect.any(Date),
      Name: '/seed/audience',
      Type: 'StringList',
      Value: 'a,b',
      Version: 1,
    });
    expect(Math.abs(Number(Parameter?.LastModifiedDate) - Date.now())).toBeLessThan(60_000);
  });

  test('several at once names the missing ones', async () => {
    const names = ['/seed/audience', '/seed/none'];
    const output = await client.send(new GetParametersCommand({ Names: names }));
    expect(output.Parameters?.map(({ Name }) => Name)).toEqual(['/seed/audience']);
    expect(output.InvalidParameters).toEqual(['/seed/none']);
  });

  test('rejects more than ten at once', async () => {
    const Names = Array.from({ length: 11 }, (_, index) => `/seed/${index}`);
    await expect(client.send(new GetParametersCommand({ Names }))).rejects.toMatchObject({
      name: 'ValidationException',
      $metadata: { httpStatusCode: 400 },
    });
  });

  test('a missing one is ParameterNotFound', async () => {
    await expect(client.send(new GetParameterCommand({ Name: '/none' }))).rejects.toMatchObject({
      name: 'ParameterNotFound',
      $metadata: { httpStatusCode: 400 },
    });
  });

  test('accepts an ARN and a version', async () => {
    await put('/versions/a', 'one');
    await put('/versions/a', 'two', { Overwrite: true });
    const read = async (Name: string) =>
      (await client.send(new GetParameterCommand({ Name }))).Parameter?.Value;
    expect(await read('arn:aws:ssm:us-east-1:000000000000:parameter/versions/a')).toBe('two');
    expect(await read('/versions/a:1')).toBe('one');
    await expect(read('/versions/a:9')).rejects.toMatchObject({ name: 'ParameterVersionNotFound' });
  });

  test('by path lists one level or all levels, in pages', async () => {
    for (const name of ['/tree/a', '/tree/b', '/tree/c/d', '/treetop']) await put(name);
    const byPath = (rest: object) => client.send(new GetParametersByPathCommand({ Path: '/tree', ...rest }));
    const names = (output: Awaited<ReturnType<typeof byPath>>) => output.Parameters?.map(({ Name }) => Name);
    expect(names(await byPath({}))).toEqual(['/tree/a', '/tree/b']);
    const first = await byPath({ Recursive: true, MaxResults: 2 });
    expect(names(first)).toEqual(['/tree/a', '/tree/b']);
    const second = await byPath({ Recursive: true, MaxResults: 2, NextToken: first.NextToken });
    expect(names(second)).toEqual(['/tree/c/d']);
    expect(second.NextToken).toBeUndefined();
    await expect(byPath({ NextToken: 'x' })).rejects.toMatchObject({ name: 'InvalidNextToken' });
  });

  test('a secure string needs decryption', async () => {
    await put('/secret', 'hush', { Type: 'SecureString' });
    const read = async (WithDecryption: boolean) =>
      (await client.send(new GetParameterCommand({ Name: '/secret', WithDecryption }))).Parameter?.Value;
    expect(await read(true)).toBe('hush');
    expect(await read(false)).not.toContain('hush');
  });

  test('metadata is filtered and has no values', async () => {
    await put('/described/a', 'x', { Description: 'who' });
    const { Parameters } = await client.send(
      new DescribeParametersCommand({
        ParameterFilters: [{ Key: 'Path', Option: 'Recursive', Values: ['/described'] }],
      }),
    );
    expect(Parameters).toEqual([
      expect.objectContaining({
        Name: '/described/a',
        Type: 'String',
        Tier: 'Standard',
        Description: 'who',
      }),
    ]);
    expect(Parameters?.[0]).not.toHaveProperty('Value');
  });
});

describe('tags', () => {
  const tagsOf = async (ResourceId: string) =>
    (await client.send(new ListTagsForResourceCommand({ ResourceType: 'Parameter', ResourceId }))).TagList;

  test('are those that a parameter was created with', async () => {
    await put('/tagged/a', 'x', { Tags: [{ Key: 'stack', Value: 'one' }] });
    await put('/tagged/a', 'y', { Overwrite: true });
    expect(await tagsOf('/tagged/a')).toEqual([{ Key: 'stack', Value: 'one' }]);
    expect(await tagsOf('/seed/audience')).toEqual([]);
  });

  test('of a missing parameter are an error', async () => {
    await expect(tagsOf('/tagged/none')).rejects.toMatchObject({ name: 'InvalidResourceId' });
  });
});

describe('writing', () => {
  test('counts versions, and needs Overwrite for a parameter that exists', async () => {
    expect(await put('/write/a')).toMatchObject({ Version: 1, Tier: 'Standard' });
    await expect(put('/write/a')).rejects.toMatchObject({ name: 'ParameterAlreadyExists' });
    expect(await put('/write/a', 'y', { Overwrite: true, Type: undefined })).toMatchObject({ Version: 2 });
  });

  test('keeps 4 KB in the standard tier and 8 KB in the advanced one', async () => {
    expect(await put('/size/a', 'x'.repeat(4096))).toMatchObject({ Tier: 'Standard' });
    await expect(put('/size/b', 'x'.repeat(4097))).rejects.toMatchObject({ name: 'ValidationException' });
    expect(await put('/size/b', 'x'.repeat(4097), { Tier: 'Intelligent-Tiering' })).toMatchObject({
      Tier: 'Advanced',
    });
    expect(await put('/size/c', 'x'.repeat(8192), { Tier: 'Advanced' })).toMatchObject({ Tier: 'Advanced' });
    const more = put('/size/d', 'x'.repeat(8193), { Tier: 'Advanced' });
    await expect(more).rejects.toMatchObject({ name: 'ValidationException' });
    const down = put('/size/c', 'x', { Tier: 'Standard', Overwrite: true });
    await expect(down).rejects.toMatchObject({ name: 'ValidationException' });
  });

  test.each<[string, string, string, object, string]>([
    ['an empty value', '/bad/a', '', {}, 'ValidationException'],
    ['a reference within a value', '/bad/a', 'x{{ssm:/b}}y', {}, 'ValidationException'],
    ['no type', '/bad/a', 'x', { Type: undefined }, 'ValidationException'],
    ['an unknown type', '/bad/a', 'x', { Type: 'Number' }, 'ValidationException'],
    ['a name with a space', '/bad/a b', 'x', {}, 'ValidationException'],
    ['a path without its first slash', 'bad/a', 'x', {}, 'ValidationException'],
    ['a name under aws', '/aws/a', 'x', {}, 'ValidationException'],
    ['16 levels', '/l'.repeat(16), 'x', {}, 'HierarchyLevelLimitExceededException'],
    [
      'a value that does not match its pattern',
      '/bad/a',
      'x',
      { AllowedPattern: '^\\d+$' },
      'ParameterPatternMismatchException',
    ],
    ['a malformed pattern', '/bad/a', 'x', { AllowedPattern: '(' }, 'InvalidAllowedPatternException'],
    ['another type', '/seed/audience', 'x', { Overwrite: true }, 'HierarchyTypeMismatchException'],
  ])('rejects %s', async (_, name, value, rest, code) => {
    await expect(put(name, value, rest)).rejects.toMatchObject({ name: code });
  });

  test('accepts JSON, and a name without a path', async () => {
    expect(await put('plain', '{"a":{"b":{}}}')).toMatchObject({ Version: 1 });
  });

  test('keeps the pattern for later versions', async () => {
    await put('/pattern', '1', { AllowedPattern: '^\\d+$' });
    await expect(put('/pattern', 'x', { Overwrite: true })).rejects.toMatchObject({
      name: 'ParameterPatternMismatchException',
    });
  });

  test('deletes', async () => {
    await put('/gone/a');
    await put('/gone/b');
    await client.send(new DeleteParameterCommand({ Name: '/gone/a' }));
    await expect(client.send(new DeleteParameterCommand({ Name: '/gone/a' }))).rejects.toMatchObject({
      name: 'ParameterNotFound',
    });
    expect(await client.send(new DeleteParametersCommand({ Names: ['/gone/a', '/gone/b'] }))).toMatchObject({
      DeletedParameters: ['/gone/b'],
      InvalidParameters: ['/gone/a'],
    });
  });
});

test('an unsupported operation gets an error that lists the supported ones', async () => {
  await expect(
    client.send(new LabelParameterVersionCommand({ Name: '/seed/audience', Labels: ['a'] })),
  ).rejects.toMatchObject({
    name: 'UnknownOperationException',
    message: expect.stringContaining('GetParameters, '),
  });
});

test('a body that is not a JSON object is a SerializationException', async () => {
  const headers = { 'X-Amz-Target': 'AmazonSSM.GetParameter' };
  const response = await fetch(ssm.origin, { method: 'POST', headers, body: '[' });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ __type: 'SerializationException' });
});

describe('a change', () => {
  test('reaches every listener afterwards, with its kind, value and version', async () => {
    const seen: object[] = [];
    const stop = ssm.onChange((change) => {
      const { Parameters } = ssm.execute('GetParameters', { Names: [change.name] }) as {
        Parameters: unknown[];
      };
      seen.push({ ...change, there: Parameters.length });
    });
    await put('/change/a', 'x', { Description: 'who' });
    await put('/change/a', 'y', { Overwrite: true });
    await expect(put('/change/a', 'z')).rejects.toThrow();
    await put('/change/b');
    await client.send(new DeleteParameterCommand({ Name: '/change/a' }));
    await client.send(new DeleteParametersCommand({ Names: ['/change/b', '/change/none'] }));
    stop();
    await put('/change/c');
    const a = { name: '/change/a', type: 'String', description: 'who' };
    const b = { name: '/change/b', type: 'String' };
    expect(seen).toEqual([
      { ...a, operation: 'Create', value: 'x', version: 1, there: 1 },
      { ...a, operation: 'Update', value: 'y', version: 2, there: 1 },
      { ...b, operation: 'Create', value: 'x', version: 1, there: 1 },
      { ...a, operation: 'Delete', value: 'y', version: 2, there: 0 },
      { ...b, operation: 'Delete', value: 'x', version: 1, there: 0 },
    ]);
  });
});

describe('a fault', () => {
  test('throttles the set number of requests', async () => {
    ssm.setFault('throttle', { times: 1 });
    const read = () => client.send(new GetParameterCommand({ Name: '/seed/audience' }));
    await expect(read()).rejects.toMatchObject({
      name: 'ThrottlingException',
      $metadata: { httpStatusCode: 400 },
    });
    expect((await read()).Parameter?.Value).toBe('a,b');
  });

  test('hangs the set operations', async () => {
    ssm.setFault('hang', { operations: ['GetParameters'] });
    const call = (operation: string, init: RequestInit = {}) =>
      fetch(ssm.origin, {
        method: 'POST',
        body: '{"Name":"/seed/audience","Names":["/seed/audience"]}',
        headers: { 'x-amz-target': `AmazonSSM.${operation}` },
        ...init,
      });
    const hanging = call('GetParameters', { signal: AbortSignal.timeout(300) });
    await expect(hanging).rejects.toMatchObject({ name: 'TimeoutError' });
    expect((await call('GetParameter')).status).toBe(200);
    ssm.setFault(undefined);
    expect((await call('GetParameters')).status).toBe(200);
  });
});
