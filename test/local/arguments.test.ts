import { expect, test } from '@jest/globals';
import { parseArguments } from '../../local/arguments.ts';

test.each([
  [[], 8080],
  [['--port', '9000'], 9000],
  [['--port=9000'], 9000],
  [['--port', '0'], 0],
])('%j starts on %i', (args, port) => {
  expect(parseArguments(args)).toEqual({
    kind: 'start',
    port,
    as: undefined,
    authorizer: undefined,
    keeper: true,
    cold: false,
    context: {},
  });
});

test('-c gives options of the CDK app', () => {
  expect(parseArguments(['-c', 'paths=/v2/*,/a=b', '--context', 'stage=trial'])).toMatchObject({
    kind: 'start',
    context: { paths: '/v2/*,/a=b', stage: 'trial' },
  });
});

test.each(['verified-access', 'alb-oidc'] as const)('--as %s starts it in front', (as) => {
  expect(parseArguments(['--as', as])).toMatchObject({ kind: 'start', as });
});

test.each(['http', 'http-v1', 'rest', 'rest-token'] as const)(
  '--authorizer %s serves such an API',
  (authorizer) => {
    expect(parseArguments(['--authorizer', authorizer])).toMatchObject({ kind: 'start', authorizer });
  },
);

test('--cold and --no-keeper change what runs', () => {
  expect(parseArguments(['--cold'])).toMatchObject({ kind: 'start', cold: true, keeper: true });
  expect(parseArguments(['--no-keeper'])).toMatchObject({ kind: 'start', cold: false, keeper: false });
});

test.each([[['--help']], [['-h']], [['--port', '9000', '--help']]])('%j is help', (args) => {
  expect(parseArguments(args)).toEqual({ kind: 'help' });
});

test.each([
  [['--prot', '9000'], 'Unknown argument --prot, 9000.'],
  [['9000'], 'Unknown argument 9000.'],
  [['--port'], '--port takes a number'],
  [['--port', 'x'], '--port takes a number'],
  [['--port', '65528'], '--port takes a number from 0 to 65527'],
  [['--as', 'root'], '--as takes verified-access or alb-oidc.'],
  [['--authorizer', 'soap'], '--authorizer takes http or http-v1 or rest or rest-token.'],
  [['--cold=yes'], '--cold takes no value.'],
  [['-c', 'paths'], '-c takes NAME=VALUE'],
  [['--as'], '--as takes verified-access or alb-oidc.'],
])('%j is refused: %s', (args, problem) => {
  expect(parseArguments(args)).toEqual({ kind: 'invalid', problem: expect.stringContaining(problem) });
});
