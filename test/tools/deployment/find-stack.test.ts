import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { startAwsEndpoint } from '../../../local/aws-api/endpoint.ts';
import { createStacksService, type DescribedStack } from '../../../local/cloudformation/service.ts';
import type { LoopbackServer } from '../../../local/loopback-server.ts';
import { parseArguments } from '../../../tools/arguments.ts';
import { findStack } from '../../../tools/deployment/find-stack.ts';
import { PLACE_OPTIONS, takePlace } from '../../../tools/deployment/place.ts';
import { findTarget, targetName } from '../../../tools/policy/target.ts';
import { AWS_CLI, aws } from '../../support/aws-cli.ts';

const stackOf = (name: string, outputs: Readonly<Record<string, string>>): DescribedStack => ({
  name,
  id: `arn:aws:cloudformation:us-east-1:000000000000:stack/${name}/1`,
  outputs,
});
const stacks: DescribedStack[] = [];
let server: LoopbackServer;

beforeAll(async () => {
  server = await startAwsEndpoint({
    name: 'AWS',
    port: 0,
    services: [],
    queries: [createStacksService(stacks)],
    log: () => {},
  });
});
afterEach(() => {
  stacks.length = 0;
});
afterAll(() => server.close());

const find = (...args: string[]) =>
  findStack(takePlace(parseArguments(['--endpoint-url', server.origin, ...args], PLACE_OPTIONS)));

describe('the stack of a deployment', () => {
  test("is the only one with the parameters' prefix among its outputs", async () => {
    stacks.push(stackOf('Other', { Url: 'https://a & b' }), stackOf('Ours', { ConfigPath: '/app' }));
    expect(await find()).toEqual({
      name: 'Ours',
      id: 'arn:aws:cloudformation:us-east-1:000000000000:stack/Ours/1',
      status: 'CREATE_COMPLETE',
      outputs: { ConfigPath: '/app' },
    });
  });

  test('has the account and the region of its id, whatever the environment says', async () => {
    stacks.push({
      ...stackOf('Ours', { ConfigPath: '/app' }),
      id: 'arn:aws:cloudformation:eu-west-1:123456789012:stack/Ours/1',
    });
    const place = takePlace(parseArguments(['--endpoint-url', server.origin], PLACE_OPTIONS));
    const target = await findTarget(place);
    expect(targetName(target)).toBe(`/app of the stack Ours at ${server.origin}`);
    expect(targetName({ ...target, endpoint: undefined })).toBe(
      '/app of the stack Ours in eu-west-1 (account 123456789012)',
    );
  });

  test('has to be named if there are several, by its name or its prefix', async () => {
    stacks.push(stackOf('One', { ConfigPath: '/one' }), stackOf('Two', { ConfigPath: '/two' }));
    await expect(find()).rejects.toThrow(
      'There are several deployments here: One (--path /one), Two (--path /two). Name one with --stack or --path.',
    );
    expect((await find('--stack', 'Two')).name).toBe('Two');
    expect((await find('--path', '/one')).name).toBe('One');
  });

  test('is not guessed: another prefix, no stack and a stack without parameters are errors', async () => {
    await expect(find()).rejects.toThrow(/^There is no deployment in this account and region/);
    stacks.push(stackOf('One', { ConfigPath: '/one' }), stackOf('Native', {}));
    await expect(find('--path', '/other')).rejects.toThrow(
      'No stack here has its parameters under /other; there is /one.',
    );
    await expect(find('--stack', 'Native')).rejects.toThrow(/^The stack Native has no parameters/);
    await expect(find('--stack', 'Gone')).rejects.toThrow(
      /The stack Gone could not be read: .*Gone does not exist/,
    );
  });
});

describe('the place of a deployment', () => {
  test.each([
    [['--local', '--region', 'eu-central-1'], /leave out --endpoint-url and --region/],
    [['--port', '9000'], /--port needs --local/],
    [['--local', '--port', 'x'], /--port takes a whole number/],
    [['--stack', 'a b'], /--stack takes the name of a stack/],
    [['--path', 'app/'], /--path takes a prefix/],
  ])('cannot be %j', (args, message) => {
    expect(() => takePlace(parseArguments(args, PLACE_OPTIONS))).toThrow(message);
  });

  test('is two ports above the load balancer of npm start', () => {
    const endpointOf = (...args: string[]) => takePlace(parseArguments(args, PLACE_OPTIONS)).endpoint?.origin;
    expect(endpointOf('--local')).toBe('http://localhost:8082');
    expect(endpointOf('--local', '--port', '9000')).toBe('http://localhost:9002');
    expect(endpointOf()).toBeUndefined();
  });
});

(AWS_CLI ? test : test.skip)('the AWS CLI reads the same stacks', async () => {
  stacks.push(stackOf('Ours', { ConfigPath: '/app' }));
  const output = await aws(server.origin, 'cloudformation', 'describe-stacks', '--stack-name', 'Ours');
  expect(JSON.parse(output).Stacks[0].Outputs).toEqual([{ OutputKey: 'ConfigPath', OutputValue: '/app' }]);
});
