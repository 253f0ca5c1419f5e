import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createParameterReader } from '../../../lambda/io/parameter-store.ts';
import { type RecordingUpstream, startRecordingUpstream } from '../../support/recording-upstream.ts';

const PATH = '/app';
const ENVIRONMENT = {
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_REGION: 'us-east-1',
  AWS_EC2_METADATA_DISABLED: 'true',
};

type FakeResponse = { status?: number; body: object } | 'hang up' | 'hang';
let responses: FakeResponse[];
let store: RecordingUpstream;
let before: NodeJS.ProcessEnv;

beforeEach(async () => {
  before = { ...process.env };
  responses = [];
  store = await startRecordingUpstream((_request, response) => {
    const given = (responses.length > 1 ? responses.shift() : responses[0]) ?? 'hang up';
    if (given === 'hang up') return void response.destroy();
    if (given === 'hang') return;
    response.writeHead(given.status ?? 200, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify(given.body));
  });
  Object.assign(process.env, ENVIRONMENT, { AWS_ENDPOINT_URL_SSM: store.origin });
});
afterEach(async () => {
  await store.close();
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
});

const parameter = (name: string, value: string, version = 1) => ({
  Name: `${PATH}/${name}`,
  Type: 'String',
  Value: value,
  Version: version,
  LastModifiedDate: 1_790_000_000.25,
});
const fault = (type: string, status = 400): FakeResponse => ({
  status,
  body: { __type: type, message: 'm' },
});
const read = () => createParameterReader(PATH)();

test('requests all parameters in one call, by name', async () => {
  responses = [{ body: { Parameters: [] } }];
  await read();
  expect(store.received).toHaveLength(1);
  const [request] = store.received;
  expect(request?.headers).toContainEqual(['x-amz-target', 'AmazonSSM.GetParameters']);
  expect(JSON.parse(String(request?.body))).toEqual({
    Names: ['issuer', 'audience', 'jwks-uri', 'upstream', 'policy', 'revocations'].map(
      (name) => `${PATH}/${name}`,
    ),
  });
});

test('assigns values, versions and times by name, whatever their order', async () => {
  const Parameters = [parameter('policy', '{}', 7), parameter('issuer', 'https://issuer.example', 3)];
  responses = [{ body: { Parameters, InvalidParameters: [`${PATH}/audience`] } }];
  const modifiedAt = 1_790_000_000.25;
  expect(await read()).toEqual({
    issuer: { value: 'https://issuer.example', version: 3, modifiedAt },
    policy: { value: '{}', version: 7, modifiedAt },
  });
});

test('ignores what was not requested', async () => {
  responses = [
    {
      body: {
        Parameters: [{ ...parameter('issuer', 'evil'), Name: '/other/issuer' }, parameter('extra', 'x')],
      },
    },
  ];
  expect(await read()).toEqual({});
});

describe('a fault is retried', () => {
  const good: FakeResponse = { body: { Parameters: [parameter('issuer', 'x')] } };
  test.each([
    ['throttling', fault('ThrottlingException')],
    ['an internal error', fault('InternalServerError', 500)],
    ['a dropped connection', 'hang up' as const],
  ])('%s', async (_, response) => {
    responses = [response, good];
    expect(await read()).toMatchObject({ issuer: { value: 'x' } });
    expect(store.received).toHaveLength(2);
  });
  test('until each of many environments that start at once has its parameters', async () => {
    responses = [...Array.from({ length: 20 }, () => fault('ThrottlingException')), good];
    const environments = Array.from({ length: 15 }, read);
    for (const environment of environments) {
      expect(await environment).toMatchObject({ issuer: { value: 'x' } });
    }
    expect(store.received).toHaveLength(35);
  });
  test('but not if the role lacks the permission', async () => {
    responses = [fault('AccessDeniedException')];
    await expect(read()).rejects.toThrow();
    expect(store.received).toHaveLength(1);
  });
  test('only until the time is up', async () => {
    responses = [fault('ThrottlingException')];
    await expect(read()).rejects.toThrow();
    expect(store.received.length).toBeGreaterThan(1);
  });
});

test('a silent first socket leaves time for another attempt', async () => {
  const success = { body: { Parameters: [parameter('issuer', 'https://issuer.example', 3)] } };
  responses = ['hang', success];
  expect((await read()).issuer).toMatchObject({ value: 'https://issuer.example' });
  expect(store.received).toHaveLength(2);
});
