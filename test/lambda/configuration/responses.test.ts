import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { MAX_CONFIG_PATH } from '../../../lambda/contract.ts';
import { createStackWorld, propertiesOf, RESPONSE_URL, STACK_ID } from '../../support/configuration.ts';

describe('a bad request gets a failure', () => {
  test.each<[string, unknown, string]>([
    ['no properties', undefined, 'Path must be a parameter path'],
    ['a path without a slash', { ...propertiesOf(), Path: 'orders' }, 'Path must be a parameter path'],
    [
      'a path that is too long for the id',
      { ...propertiesOf(), Path: `/${'x'.repeat(MAX_CONFIG_PATH)}` },
      `of at most ${MAX_CONFIG_PATH} characters`,
    ],
    ['a path that is not a string', { ...propertiesOf(), Path: 7 }, 'Path must be a parameter path'],
    ['no parameters', propertiesOf({}), 'Parameters must have 1 to 10 members'],
    [
      'more than SSM reads at once',
      propertiesOf(Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`p${index}`, 'x']))),
      'Parameters must have 1 to 10 members',
    ],
    ['a name with a slash', propertiesOf({ 'a/b': 'x' }), '"a/b" is not a valid parameter name'],
    ['an empty value', propertiesOf({ issuer: '' }), 'Parameters.issuer must be a string that is not empty'],
    [
      'a list of unknown names',
      { ...propertiesOf(), StringLists: ['scopes'] },
      'StringLists must be a list of names in Parameters',
    ],
  ])('%s', async (_, properties, problem) => {
    const world = createStackWorld();
    const response = await world.send('Create', { properties });
    expect(response).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining(problem) });
    expect(world.calls).toEqual([]);
  });

  test('reports all problems at once', async () => {
    const { Reason } = await createStackWorld().send('Create', {
      properties: { Path: '/a/', Parameters: { issuer: 1 }, StringLists: 'x' },
    });
    expect(Reason).toMatch(/Path must.*Parameters\.issuer must.*StringLists must/);
  });

  test('a request of an unknown type gets a failure too', async () => {
    expect(await createStackWorld().send('Replace')).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringContaining('RequestType must be Create, Update or Delete'),
    });
  });
});

describe('a response', () => {
  test('repeats the ids of the request', async () => {
    expect(await createStackWorld().send('Create')).toMatchObject({
      StackId: STACK_ID,
      RequestId: 'request-1',
      LogicalResourceId: 'Parameters',
    });
  });

  test('that reports a failure says what is wrong and where, what was left undone, and what to do', async () => {
    const world = createStackWorld();
    world.fail(new Error('SSM rejected PutParameter of /orders/policy (ParameterLimitExceeded: too many)'));
    expect((await world.send('Create')).Reason).toBe(
      'Creating the SSM parameters failed: SSM rejected PutParameter of /orders/policy (ParameterLimitExceeded: too many). ' +
        'No existing parameter was changed. Fix this and deploy again.',
    );
  });

  test.each(['x', '€', '"', '\n', '\u0001', '😀', '\ud800'])(
    "fills but never exceeds CloudFormation's limit, if SSM keeps saying %j",
    async (text) => {
      const world = createStackWorld();
      world.fail(new Error(text.repeat(100_000)));
      const bytes = Buffer.byteLength(JSON.stringify(await world.send('Create')));
      expect(bytes).toBeLessThanOrEqual(4096);
      expect(bytes).toBeGreaterThan(4096 - 12);
    },
  );

  test('to a failed Create has an id, and the Delete with that id succeeds', async () => {
    const world = createStackWorld();
    world.fail(new Error('down'));
    const { PhysicalResourceId: physicalId } = await world.send('Create');
    expect(physicalId).not.toBe('');
    expect(await world.send('Delete', { physicalId })).toMatchObject({
      Status: 'SUCCESS',
      PhysicalResourceId: physicalId,
    });
  });

  test('leaves the signed URL and the values out of the log', async () => {
    const world = createStackWorld();
    await world.send('Create', { properties: propertiesOf({ policy: '{"secret":1}' }) });
    expect(world.lines.join()).toContain('response to CloudFormation');
    expect(world.lines.join()).not.toMatch(/Signature|\{\\"secret/);
  });
});

describe('while SSM is down', () => {
  const down = () => {
    const world = createStackWorld();
    return { world, fail: () => world.fail(new Error('Rate exceeded')) };
  };

  test('nothing is created, and Create fails', async () => {
    const { world, fail } = down();
    fail();
    expect(await world.send('Create')).toMatchObject({ Status: 'FAILED' });
  });

  test('an Update of parameters that were seeded before succeeds, and the log says why nothing was checked', async () => {
    const { world, fail } = down();
    const { PhysicalResourceId: physicalId } = await world.send('Create');
    fail();
    const properties = propertiesOf({ issuer: 'https://other.example' });
    expect(await world.send('Update', { properties, old: propertiesOf(), physicalId })).toMatchObject({
      Status: 'SUCCESS',
    });
    expect(world.lines.join()).toContain('Rate exceeded');
  });

  test.each([
    ['adds a parameter', propertiesOf({ issuer: 'x', policy: '{}' })],
    ['moves to another path', propertiesOf(undefined, '/team')],
    ['moves to a path that begins with the old one', propertiesOf(undefined, '/orders2')],
    ['moves to a path within the old one', propertiesOf(undefined, '/orders/team')],
  ])('an Update that %s fails, because the verifier would find nothing there', async (_, properties) => {
    const { world, fail } = down();
    const { PhysicalResourceId: physicalId } = await world.send('Create');
    fail();
    expect(await world.send('Update', { properties, old: propertiesOf(), physicalId })).toMatchObject({
      Status: 'FAILED',
      PhysicalResourceId: physicalId,
    });
  });

  test('Delete succeeds, because it calls nothing', async () => {
    const { world, fail } = down();
    fail();
    expect(await world.send('Delete', { physicalId: '/orders?issuer&audience' })).toMatchObject({
      Status: 'SUCCESS',
    });
    expect(world.calls).toEqual([]);
  });

  afterEach(() => {
    jest.restoreAllMocks();
  });

  test.each([
    [60_000, 45_000],
    [10_000, 0],
  ])('with %i ms left the work may take %i, so that there is time to respond', async (left, ms) => {
    const timeout = jest.spyOn(AbortSignal, 'timeout');
    const { world } = down();
    world.setRemaining(left);
    await world.send('Create');
    expect(timeout.mock.calls[0]).toEqual([ms]);
    expect(world.signal()).toBe(timeout.mock.results[0]?.value);
  });
});

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['text', 'Create'],
  ['a request without a URL', { RequestType: 'Create' }],
  ['a URL without a request', { ResponseURL: RESPONSE_URL }],
  ['members that are not strings', { RequestType: 1, ResponseURL: [RESPONSE_URL] }],
  ['an event of SSM', { source: 'aws.ssm', 'detail-type': 'Parameter Store Change' }],
])('any event that is not from CloudFormation runs the keeper: %s', async (_, event) => {
  const world = createStackWorld();
  expect(await world.invoke(event)).toMatchObject({ refused: [] });
  expect(world.snapshots()).toBe(1);
  expect({ calls: world.calls, responses: world.responses }).toEqual({ calls: [], responses: [] });
});
