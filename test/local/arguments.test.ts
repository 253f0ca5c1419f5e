import { describe, expect, test } from '@jest/globals';
import { HELP, parseArguments } from '../../local/arguments.ts';
import { ArgumentError } from '../../tools/arguments.ts';

const DEFAULTS = {
  kind: 'start',
  port: undefined,
  upstream: undefined,
  provider: undefined,
  watch: false,
  verbose: false,
  as: undefined,
  authorizer: undefined,
  mcp: false,
  keeper: true,
  cold: false,
  context: {},
};

test('without arguments, takes the first free ports and runs every part itself', () => {
  expect(parseArguments([])).toEqual(DEFAULTS);
});

test.each([
  [['--port', '9000'], 9000],
  [['--port=9000'], 9000],
  [['--port', '0'], 0],
])('%j starts on %i', (args, port) => {
  expect(parseArguments(args)).toEqual({ ...DEFAULTS, port });
});

test('-c passes options to the CDK app', () => {
  expect(parseArguments(['-c', 'paths=/v2/*,/a=b', '--context', 'stage=trial'])).toEqual({
    ...DEFAULTS,
    context: { paths: '/v2/*,/a=b', stage: 'trial' },
  });
});

test.each(['verified-access', 'alb-oidc'] as const)('--as %s puts it in front', (as) => {
  expect(parseArguments(['--as', as])).toEqual({ ...DEFAULTS, as });
});

test.each(['http', 'http-v1', 'rest', 'rest-token'] as const)(
  '--authorizer %s serves such an API',
  (authorizer) => {
    expect(parseArguments(['--authorizer', authorizer])).toEqual({ ...DEFAULTS, authorizer });
  },
);

test('switches change what runs and what is printed', () => {
  expect(parseArguments(['--cold', '--no-keeper', '--watch', '--verbose', '--mcp'])).toEqual({
    ...DEFAULTS,
    mcp: true,
    cold: true,
    keeper: false,
    watch: true,
    verbose: true,
  });
});

test.each([
  ['http://localhost:3000', 'http://localhost:3000'],
  ['http://localhost:3000/', 'http://localhost:3000'],
  ['https://app.example.com/base/', 'https://app.example.com/base'],
])('--upstream %s is the application', (url, upstream) => {
  expect(parseArguments(['--upstream', url])).toEqual({ ...DEFAULTS, upstream });
});

test.each([
  ['https://idp.example.com/', 'api', ['api']],
  ['http://localhost:9000/realms/x', 'a, b', ['a', 'b']],
])(
  '--issuer %s with --audience %s names the accepted tokens, character for character',
  (issuer, list, audience) => {
    expect(parseArguments(['--issuer', issuer, '--audience', list])).toEqual({
      ...DEFAULTS,
      provider: { issuer, audience },
    });
  },
);

test.each([[['--help']], [['-h']], [['--port', '9000', '--help']], [['--prot', '--help']]])(
  '%j prints the help',
  (args) => {
    expect(parseArguments(args)).toEqual({ kind: 'help' });
  },
);

test.each<[string[], string | RegExp]>([
  [['--prt', '9000'], /--prt\b.* did you mean --port\?/],
  [['--contxt', 'paths=/v2/*'], 'There is no --contxt; did you mean -c?'],
  [
    ['--nothing-like-it'],
    'There is no --nothing-like-it. The options are --port, --upstream, --issuer, --audience, --watch, --verbose, --as, --authorizer, --mcp, --cold, --no-keeper, -c, --help.',
  ],
  [['9000'], /argument too many: 9000\./],
  [['--port'], '--port needs a value.'],
  [['--port', 'x'], '--port takes a number from 0 to 65526, such as --port 9000.'],
  [['--port', '65527'], '--port takes a number from 0 to 65526'],
  [['--as', 'root'], '--as takes verified-access or alb-oidc.'],
  [['--authorizer', 'soap'], '--authorizer takes http, http-v1, rest or rest-token.'],
  [['--cold=yes'], '--cold takes no value.'],
  [['-c', 'paths'], '-c takes NAME=VALUE, such as -c paths=/v2/*.'],
  [['--as'], '--as needs a value.'],
  [['--upstream', 'localhost:3000'], '--upstream takes the URL of an application'],
  [['--upstream', 'http://me:secret@localhost:3000'], '--upstream takes the URL of an application'],
  [['--upstream', 'http://localhost:3000/?q'], '--upstream takes the URL of an application'],
  [['--issuer', 'https://idp.example.com'], '--issuer needs --audience'],
  [['--issuer', 'https://idp.example.com', '--audience', 'a,,b'], '--issuer needs --audience'],
  [['--audience', 'api'], '--audience needs --issuer'],
  [['--issuer', 'http://idp.example.com', '--audience', 'api'], '--issuer takes the exact "iss"'],
  [['--issuer', 'idp.example.com', '--audience', 'api'], '--issuer takes the exact "iss"'],
])('%j is rejected in one line: %s', (args, problem) => {
  const parsing = () => parseArguments(args);
  expect(parsing).toThrow(ArgumentError);
  expect(parsing).toThrow(problem);
  expect(parsing).toThrow(/^[^\n]+$/);
});

test('the help names every option', () => {
  for (const name of Object.keys({ ...DEFAULTS, audience: '', issuer: '', 'no-keeper': '', help: '' })) {
    if (['kind', 'provider', 'keeper', 'context'].includes(name)) continue;
    expect(HELP).toContain(`--${name}`);
  }
});

describe('an option that npm took as its own', () => {
  const byNpm = { npm_lifecycle_event: 'start', npm_config_cache: '/x', npm_config_loglevel: 'notice' };

  test.each([
    [['9000'], { npm_config_port: 'true' }, '--port'],
    [[], { npm_config_watch: 'true' }, '--watch'],
    [[], { npm_config_upstream: 'http://localhost:3000' }, '--upstream'],
    [[], { npm_config_keeper: '' }, '--no-keeper'],
    [[], { npm_config_call: 'paths=/v2/*' }, '-c'],
  ])('is reported, not ignored: %j with %j', (args, kept, option) => {
    expect(() => parseArguments(args, { ...byNpm, ...kept })).toThrow(
      `npm took ${option} as its own option: put -- before the options, as in npm start -- ${option}.`,
    );
  });

  test('is not reported if it arrives all the same, if npm took nothing, or without npm', () => {
    expect(parseArguments(['--port=9000'], { ...byNpm, npm_config_port: '1' })).toMatchObject({ port: 9000 });
    expect(parseArguments([], byNpm)).toEqual(DEFAULTS);
    expect(parseArguments([], { npm_config_port: 'true' })).toEqual(DEFAULTS);
  });
});

test.each([
  ['--upstream', 'http://localhost:3000'],
  ['--issuer', 'https://idp.example.com', '--audience', 'api'],
  ['--authorizer', 'http'],
])('--mcp excludes %s', (...args) => {
  expect(() => parseArguments(['--mcp', ...args])).toThrow(
    new ArgumentError(
      `--mcp cannot be combined with ${args[0]}, because it ${WHY[args[0] ?? '']}: leave out one of the two.`,
    ),
  );
});

const WHY: Readonly<Record<string, string>> = {
  '--upstream': 'has an upstream of its own',
  '--issuer': "accepts tokens of the stack's own authorization server",
  '--authorizer': 'decides on the body of a request, which an authorizer does not get',
};
