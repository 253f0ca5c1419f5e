import { GetParameterHistoryCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Ssm, startSsm } from '../../../local/ssm/server.ts';
import { AWS_CLI, aws } from '../../support/aws-cli.ts';
import { localClient } from '../../support/local-client.ts';

let ssm: Ssm;
let client: SSMClient;

beforeAll(async () => {
  ssm = await startSsm({
    port: 0,
    region: 'us-east-1',
    account: '000000000000',
    parameters: [],
    log: () => {},
  });
  client = new SSMClient(localClient(ssm.origin));
});
afterAll(async () => {
  client.destroy();
  await ssm.close();
});

const put = (Name: string, Value: string, rest: object = {}) =>
  client.send(new PutParameterCommand({ Name, Value, Type: 'String', Overwrite: true, ...rest }));
const history = (Name: string, rest: object = {}) =>
  client.send(new GetParameterHistoryCommand({ Name, ...rest }));

describe('the history of a parameter', () => {
  test('lists each version and who put it, oldest first; a put without a description keeps the old one', async () => {
    await put('/h/a', 'one');
    await put('/h/a', 'two', { Description: 'second' });
    await put('/h/a', 'three');
    const { Parameters = [] } = await history('/h/a');
    expect(Parameters.map(({ Version, Value, Description }) => [Version, Value, Description])).toEqual([
      [1, 'one', undefined],
      [2, 'two', 'second'],
      [3, 'three', 'second'],
    ]);
    expect(Parameters[0]).toMatchObject({
      Name: '/h/a',
      Type: 'String',
      LastModifiedUser: 'arn:aws:iam::000000000000:user/local',
      LastModifiedDate: expect.any(Date),
      Labels: [],
    });
  });

  test('comes in pages of at most 50, and keeps 100 versions', async () => {
    for (let version = 1; version <= 105; version++) await put('/h/many', String(version));
    const first = await history('/h/many');
    expect(first.Parameters).toHaveLength(50);
    expect(first.Parameters?.[0]?.Version).toBe(6);
    const second = await history('/h/many', { NextToken: first.NextToken });
    expect(second.Parameters?.at(-1)?.Version).toBe(105);
    expect(second.NextToken).toBeUndefined();
    expect((await history('/h/many', { MaxResults: 2 })).Parameters).toHaveLength(2);
    await expect(history('/h/many', { MaxResults: 51 })).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });

  test('of a missing parameter is an error, and so is a description that is too long', async () => {
    await expect(history('/h/none')).rejects.toMatchObject({ name: 'ParameterNotFound' });
    await expect(put('/h/a', 'x', { Description: 'd'.repeat(1025) })).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });
});

(AWS_CLI ? test : test.skip)('the AWS CLI reads the same', async () => {
  await put('/h/cli', 'one');
  const output = await aws(ssm.origin, 'ssm', 'get-parameter-history', '--name', '/h/cli');
  expect(JSON.parse(output).Parameters).toMatchObject([{ Version: 1, Value: 'one' }]);
});
