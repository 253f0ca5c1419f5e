import { Logger } from '@aws-lambda-powertools/logger';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createAlbTarget } from '../../../lambda/alb-target.ts';
import { composeAuthorizer } from '../../../lambda/authorizer.ts';
import { parseConfig } from '../../../lambda/core/config/parse.ts';
import type { Outcome } from '../../../lambda/core/outcome.ts';
import { createLog, type Log } from '../../../lambda/io/log.ts';
import { albEvent, lambdaContext, type TestRequest } from '../../support/alb-event.ts';
import { createKey, jwksOf } from '../../support/keys.ts';
import { readingOf } from '../../support/reading.ts';
import { CANARY, secretsOf } from '../../support/rejection.ts';
import { AUDIENCE, claimsOf, ISSUER, mint, NOW } from '../../support/tokens.ts';

const KEY = createKey('ES256');
let printed: string[];
let log: Log;

beforeEach(() => {
  printed = [];
  const write = (chunk: unknown): boolean => {
    printed.push(
      ...String(chunk)
        .split('\n')
        .filter((line) => line !== ''),
    );
    return true;
  };
  jest.spyOn(process.stdout, 'write').mockImplementation(write);
  jest.spyOn(process.stderr, 'write').mockImplementation(write);
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    jest
      .spyOn(console, method)
      .mockImplementation((...values: unknown[]) => void write(values.map(String).join(' ')));
  }
  log = createLog({
    service: 'alb-jwt-authorizer',
    configPath: '/app',
    allowedLogRate: 1,
    tracingHeader: () => process.env._X_AMZN_TRACE_ID,
  });
});
afterEach(() => {
  jest.restoreAllMocks();
});

type Line = Record<string, unknown>;
const lines = (): Line[] => printed.map((line) => JSON.parse(line) as Line);
/** Log lines without those that only carry metrics. */
const entries = (): Line[] => lines().filter((line) => !('_aws' in line));

const REQUEST = {
  method: 'GET',
  path: '/api/x',
  traceId: 'Root=1',
  requestId: 'request-1',
  invocationId: 'invocation-1',
};
const decide = (outcome: Outcome) => log.decision(REQUEST, outcome, 7);

describe('a decision', () => {
  test.each([
    [{ code: 'allowed', status: 200 }, 'INFO'],
    [{ code: 'allowed', status: 503, upstreamStatus: 503 }, 'INFO'],
    [{ code: 'allowed', status: 200, reported: 'token_expired' }, 'WARN'],
    [{ code: 'token_expired', status: 401, reason: 'expired 5 s ago' }, 'WARN'],
    [{ code: 'keys_unavailable', status: 503 }, 'ERROR'],
    [{ code: 'upstream_error', status: 502 }, 'ERROR'],
    [{ code: 'internal_error', status: 500 }, 'ERROR'],
  ] as [Outcome, string][])('%j is one line of level %s', (outcome, level) => {
    decide(outcome);
    expect(entries()).toHaveLength(1);
    expect(entries()[0]).toMatchObject({ level, message: 'decision', ...outcome, ...REQUEST, ms: 7 });
  });
  test("matches the line of Powertools' logger", () => {
    process.env._X_AMZN_TRACE_ID =
      'Parent=53995c3f42cd8ad8;Root=1-67891233-abcdef012345678912345678;Sampled=1';
    decide({ code: 'token_expired', status: 401, reason: 'a "quoted"\n\u2028 reason' });
    const [{ level: _, message, timestamp, service, ...rest } = {}] = entries();
    const { sampling_rate, xray_trace_id, ...fields } = rest;
    expect(sampling_rate).toBe(0);
    expect(xray_trace_id).toBe('1-67891233-abcdef012345678912345678');
    new Logger({ serviceName: String(service) }).warn(String(message), fields as Record<string, string>);
    delete process.env._X_AMZN_TRACE_ID;
    const [ours, theirs] = printed.filter((line) => !line.includes('"_aws"'));
    const since = JSON.parse(String(theirs)).timestamp;
    expect(ours?.replace(String(timestamp), since)).toBe(theirs);
  });
  test.each([
    ['POWERTOOLS_LOG_LEVEL', 'WARN', 1],
    ['AWS_LAMBDA_LOG_LEVEL', 'WARN', 1],
    ['POWERTOOLS_LOG_LEVEL', 'SILENT', 0],
    ['POWERTOOLS_LOG_LEVEL', 'unknown', 2],
    ['AWS_LAMBDA_LOG_LEVEL', 'FATAL', 0],
    ['LOG_LEVEL', 'WARN', 1],
  ] as const)('has a line only from level %s=%s on, and is counted anyway', (name, level, count) => {
    log = createLog({
      service: 'orders',
      configPath: '/app',
      allowedLogRate: 1,
      variables: { [name]: level },
    });
    decide({ code: 'allowed', status: 200 });
    decide({ code: 'token_expired', status: 401 });
    expect(entries()).toHaveLength(count);
    expect(lines().filter((line) => 'Decisions' in line)).toHaveLength(2);
  });
  test('is counted by its code', () => {
    decide({ code: 'token_expired', status: 401 });
    expect(lines().some((line) => '_aws' in line && line.code === 'token_expired')).toBe(true);
  });
  test('is counted even if sampled away, and only allowed ones are sampled away', () => {
    log = createLog({ service: 'orders', configPath: '/app', allowedLogRate: 0 });
    decide({ code: 'allowed', status: 200 });
    expect(entries()).toEqual([]);
    expect(lines().length).toBeGreaterThan(0);
    decide({ code: 'token_expired', status: 401 });
    decide({ code: 'allowed', status: 200, reported: 'token_expired' });
    expect(entries()).toHaveLength(2);
  });
});

test('revocations for an unknown issuer are a warning in the line of the loaded configuration', async () => {
  const values = {
    issuer: ISSUER,
    audience: AUDIENCE,
    'jwks-uri': 'discover',
    upstream: 'whoami',
    policy: '{}',
  };
  for (const revoked of [ISSUER, 'https://gone.example']) {
    const revocations = JSON.stringify({ [revoked]: { subIssuedBefore: { jane: NOW } } });
    const parsed = await parseConfig({ ...values, revocations }, '7');
    if (!('config' in parsed)) throw new Error(JSON.stringify(parsed.problems));
    log.configLoaded(parsed.config);
  }
  expect(entries()).toMatchObject([
    { level: 'INFO', message: 'configuration loaded', configVersion: '7' },
    {
      level: 'WARN',
      message: 'configuration loaded',
      warnings: [
        `revocations: https://gone.example: no provider has this issuer, so its entry revokes nothing; the issuers are ${ISSUER}`,
      ],
    },
  ]);
  expect(entries()[0]).not.toHaveProperty('warnings');
});

test('every problem of a configuration is logged with the name of the parameter to change', () => {
  const problems = [
    { parameter: 'issuer', message: 'is missing' },
    { parameter: 'policy', message: 'is not JSON' },
  ] as const;
  log.configRejected('2', problems, '1');
  expect(entries()).toHaveLength(1);
  expect(entries()[0]).toMatchObject({ level: 'ERROR' });
  expect(JSON.stringify(entries())).toMatch(/\/app\/issuer.*is missing.*\/app\/policy.*is not JSON/);
});

test('the first problems and their number are logged if a line cannot take all', () => {
  const problems = Array.from({ length: 20_000 }, (_, index) => ({
    parameter: 'policy' as const,
    message: `a${index}: is not a known field`,
  }));
  log.configRejected('2', problems, '1');
  expect(entries()[0]).toMatchObject({ problemsInAll: 20_000 });
  expect(entries()[0]?.problems).toHaveLength(100);
});

test.each([
  ['configFailed', (to: Log) => to.configFailed('Rate exceeded')],
  ['keysFailed', (to: Log) => to.keysFailed('default', 'https://issuer.example/jwks: refused')],
] as const)('%s is an error in the log and a metric', (_, report) => {
  report(log);
  expect(entries()).toMatchObject([{ level: 'ERROR', reason: expect.any(String) }]);
  expect(lines().filter((line) => '_aws' in line)).toHaveLength(1);
});

test('a bug is printed with its stack', () => {
  log.bug(REQUEST, new TypeError('x is not a function'));
  expect(entries()[0]).toMatchObject({ level: 'ERROR', requestId: 'request-1' });
  expect(JSON.stringify(entries()[0])).toMatch(/x is not a function.*log\.test\.ts/);
});

test("a bug's line matches that of Powertools' logger, with the error and its cause", () => {
  const cause = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
  const error = new TypeError('x is not a function', { cause });
  log.bug(REQUEST, error);
  new Logger({ serviceName: 'alb-jwt-authorizer' }).error('internal error', { ...REQUEST, error });
  const [ours, theirs] = entries();
  expect({ ...ours, timestamp: '' }).toEqual({ ...theirs, timestamp: '' });
});

test('control characters of a path stay within their line', () => {
  log.decision(
    { ...REQUEST, path: '/api/\n{"level":"INFO"}\u2028' },
    { code: 'path_invalid', status: 400 },
    1,
  );
  expect(entries()).toMatchObject([{ path: '/api/\n{"level":"INFO"}\u2028' }]);
});

describe('a line has at most 4 KB, whatever was sent', () => {
  const bytes = () => printed.map((line) => Buffer.byteLength(`${line}\n`));

  test.each([
    ['a long path', { path: `/${'x'.repeat(16_000)}` }],
    ['a path of control characters', { path: '\u0001'.repeat(16_000) }],
    ['a path of three bytes per character', { path: '東'.repeat(16_000) }],
    ['half a surrogate pair where it is cut', { path: `${'x'.repeat(511)}😀${'x'.repeat(16_000)}` }],
    ['a long trace id', { traceId: '"'.repeat(16_000) }],
    [
      'a long everything',
      { path: '\\'.repeat(16_000), traceId: '\u0000'.repeat(16_000), method: 'X'.repeat(16_000) },
    ],
  ])('%s', (_, part) => {
    log.decision({ ...REQUEST, ...part }, { code: 'path_invalid', status: 400, reason: '"'.repeat(5000) }, 1);
    expect(Math.max(...bytes())).toBeLessThanOrEqual(4096);
    expect(entries()[0]).toMatchObject({ code: 'path_invalid', requestId: 'request-1' });
  });
  test('and a cut text says so', () => {
    log.decision({ ...REQUEST, path: `/${'x'.repeat(16_000)}` }, { code: 'path_invalid', status: 400 }, 1);
    expect(entries()[0]?.path).toMatch(/^\/x+… \(16001 characters\)$/);
  });
  test('even if a bug meets a long request, and for every response', async () => {
    const authorizer = composeAuthorizer({
      log,
      now: () => NOW * 1000,
      configPath: '/app',
      refreshSeconds: 60,
      maxSnapshotSeconds: 180,
      spread: 1,
      random: () => 0.5,
      abilities: { egress: true, cached: false, bodies: true },
      readParameters: () => Promise.reject(new Error('down')),
      wait: async () => {},
      fetchDocument: () => Promise.reject(new Error('down')),
    });
    const bug = { ...authorizer, config: () => Promise.reject(new Error('a bug')) };
    for (const parts of [authorizer, bug]) {
      const headers = { 'x-amzn-trace-id': 'é'.repeat(15_000) };
      await createAlbTarget(parts, log)(
        albEvent({ target: `/api/${'é'.repeat(15_000)}`, headers }),
        lambdaContext(),
      );
    }
    expect(entries().map(({ message }) => message)).toEqual(
      expect.arrayContaining(['decision', 'internal error']),
    );
    expect(Math.max(...bytes())).toBeLessThanOrEqual(4096);
  });
});

describe('whatever happens to a request', () => {
  const target = () => {
    const authorizer = composeAuthorizer({
      log,
      now: () => NOW * 1000,
      configPath: '/app',
      refreshSeconds: 60,
      maxSnapshotSeconds: 180,
      spread: 1,
      random: () => 0.5,
      abilities: { egress: true, cached: false, bodies: true },
      readParameters: async () =>
        readingOf({
          issuer: ISSUER,
          audience: AUDIENCE,
          'jwks-uri': 'https://issuer.example/jwks',
          upstream: 'whoami',
          policy: '{}',
          revocations: '{}',
        }),
      wait: async () => {},
      fetchDocument: async () => ({ text: JSON.stringify(jwksOf(KEY)), cacheControl: undefined }),
    });
    return createAlbTarget(authorizer, log);
  };
  const claims = { sub: `${CANARY}-sub`, custom: `${CANARY}-custom`, jti: `${CANARY}-jti` };
  const cases: [string, string, object?][] = [
    ['allowed', mint(KEY, claimsOf(claims))],
    ['token_malformed', `${mint(KEY, claimsOf(claims))}.x`],
    ['algorithm_not_allowed', mint(KEY, claimsOf(claims), { alg: CANARY }, 'ES256')],
    ['issuer_mismatch', mint(KEY, claimsOf({ ...claims, iss: CANARY }))],
    ['key_unknown', mint(KEY, claimsOf(claims), { kid: CANARY })],
    ['signature_invalid', mint(createKey('ES256'), claimsOf(claims))],
    ['token_expired', mint(KEY, claimsOf({ ...claims, exp: NOW - 60 }))],
    ['token_ambiguous', `${mint(KEY, claimsOf(claims))}, Bearer ${CANARY}`],
  ];
  test.each(cases)('(%s) neither a part of the token nor its claims are printed', async (code, token) => {
    const request: TestRequest = {
      headers: { authorization: `Bearer ${token}`, cookie: CANARY, 'x-other': CANARY },
      target: `/api/x?access=${CANARY}&token=${encodeURIComponent(token)}`,
      method: 'POST',
      body: `${CANARY} ${token}`,
    };
    await target()(albEvent(request), lambdaContext());
    const decision = entries().find((line) => line.message === 'decision');
    expect(decision).toMatchObject({ code });
    const text = printed.join('\n');
    for (const secret of [CANARY, ...secretsOf(token)])
      if (secret.length > 7) expect(text).not.toContain(secret);
  });
});

test("a request's metrics are in CloudWatch's format, in one write", () => {
  decide({ code: 'allowed', status: 200, upstreamMs: 3, remembered: true });
  const metrics = jest
    .mocked(process.stdout.write)
    .mock.calls.filter(([text]) => String(text).includes('_aws'));
  expect(metrics).toHaveLength(1);
  const directive = (dimensions: string[], list: object[]) => ({
    Timestamp: expect.any(Number),
    CloudWatchMetrics: [{ Namespace: 'AlbJwtAuthorizer', Dimensions: [dimensions], Metrics: list }],
  });
  expect(lines().filter((line) => '_aws' in line)).toEqual([
    {
      _aws: directive(
        ['service'],
        [
          { Name: 'DecisionTime', Unit: 'Milliseconds' },
          { Name: 'UpstreamTime', Unit: 'Milliseconds' },
          { Name: 'RememberedTokens', Unit: 'Count' },
        ],
      ),
      service: 'alb-jwt-authorizer',
      DecisionTime: 4,
      UpstreamTime: 3,
      RememberedTokens: 1,
    },
    {
      _aws: directive(['service', 'outcome', 'code'], [{ Name: 'Decisions', Unit: 'Count' }]),
      service: 'alb-jwt-authorizer',
      outcome: 'allowed',
      code: 'allowed',
      Decisions: 1,
    },
  ]);
});

test("lines and metrics have the deployment's service name, which distinguishes it from others", () => {
  log = createLog({ service: 'orders', configPath: '/orders', allowedLogRate: 1 });
  decide({ code: 'token_expired', status: 401 });
  log.configRead();
  log.configFailed('Rate exceeded');
  expect(lines().map(({ service }) => service)).toEqual(lines().map(() => 'orders'));
});
