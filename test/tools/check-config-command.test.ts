import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { unpack } from '../../lambda/core/config/pack.ts';
import type { Ssm } from '../../local/ssm/server.ts';
import { createKey } from '../support/keys.ts';
import { temporaryDirectory } from '../support/local-stack-fixtures.ts';
import { refusedUrl } from '../support/raw-server.ts';
import type { RecordingUpstream } from '../support/recording-upstream.ts';
import { runTool } from './run-tool.ts';
import { startKeyEndpoint, startParameters } from './tool-fixtures.ts';

const check = (...args: string[]) => runTool('check-config', args);

jest.setTimeout(60_000);

let directory: ReturnType<typeof temporaryDirectory>;
let good: string;
let bad: string;
let ssm: Ssm;
let endpoint: RecordingUpstream;
beforeAll(async () => {
  directory = temporaryDirectory();
  good = join(directory.path, 'good.json');
  bad = join(directory.path, 'bad.json');
  writeFileSync(
    good,
    '{\n  "routes": [{ "path": "/api/public/*", "onUnauthenticatedRequest": "allow" }]\n}\n',
  );
  writeFileSync(bad, '{\n  "routes": [{ "path": "api" }]\n  "mode": 1\n}\n');
  endpoint = await startKeyEndpoint(createKey('ES256'));
  ssm = await startParameters({
    issuer: 'https://issuer.example',
    audience: 'api',
    'jwks-uri': `${endpoint.origin}/jwks`,
    policy: readFileSync(good, 'utf8'),
  });
});
afterAll(async () => {
  await ssm.close();
  await endpoint.close();
  directory.remove();
});

describe('a file', () => {
  test('that is good is summed up', async () => {
    const { status, stdout } = await check(good);
    expect(stdout).toContain('ok: 1 provider, 1 route\n');
    expect(stdout).toMatch(/policy: \d+ bytes \(fits the standard tier of SSM\), \d+ packed/);
    expect(stdout).toContain('warning: routes.0 (/api/public/*) lets requests without credentials go on');
    expect(status).toBe(0);
  });
  test('of revocations whose issuer no provider has is still valid, with a warning', async () => {
    const revocations = join(directory.path, 'revocations.json');
    writeFileSync(revocations, '{"https://gone.example": {"subIssuedBefore": {"jane": 1790000000}}}\n');
    const { status, stdout } = await check('--revocations', revocations, '--issuer', 'https://a.example');
    expect(stdout).toContain(
      'warning: revocations: no provider has the issuer https://gone.example, so its entry revokes nothing; the issuers are https://a.example\n',
    );
    expect(status).toBe(0);
  });
  test('that is bad is told with its place', async () => {
    const { status, stdout } = await check(bad);
    expect(stdout).toMatch(/^error: policy: is not JSON.* \(.*bad\.json:3:3\)$/m);
    expect(status).toBe(1);
  });
  test('is packed to standard output, and nothing else goes there', async () => {
    const { status, stdout, stderr } = await check(good, '--pack');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(unpack(stdout.trim())).toEqual({ value: JSON.stringify(JSON.parse(readFileSync(good, 'utf8'))) });
    expect(await check(bad, '--pack')).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringMatching(/^error: /),
    });
  });
  test('is reported as JSON', async () => {
    const { stdout } = await check(bad, '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      problems: [{ parameter: 'policy', line: 3, column: 3 }],
    });
  });
});

describe('live parameters', () => {
  test('are read, checked and probed', async () => {
    const { status, stdout, stderr } = await check('--path', '/app', '--endpoint-url', ssm.origin, '--probe');
    expect(stderr).toBe('');
    expect(stdout).toContain('provider default: jwks, https://issuer.example\n');
    expect(stdout).toContain(`keys of default, ${endpoint.origin}/jwks:\n  es256-1  kty EC, alg ES256\n`);
    expect(status).toBe(0);
  });
  test('are named in full where they are missing', async () => {
    const { status, stdout } = await check('--path', '/other', '--endpoint-url', ssm.origin);
    expect(stdout).toContain('error: /other/issuer: is missing\n');
    expect(stdout).toContain(
      'there is no parameter under /other: is the prefix, the region or the account another?',
    );
    expect(status).toBe(1);
  });
  test('that cannot be read are an error of its own', async () => {
    const { status, stderr } = await check('--path', '/app', '--endpoint-url', (await refusedUrl()).origin);
    expect(stderr).toContain('The parameters under /app could not be read: ');
    expect(status).toBe(1);
  });
});

describe('arguments', () => {
  test.each([
    [[], 'Name a policy FILE, or the prefix of live parameters by --path.'],
    [['--revokations', 'x'], 'did you mean --revocations?'],
    [['nowhere.json'], 'nowhere.json cannot be read: /'],
    [['--path', 'app'], '--path takes a prefix such as /alb-jwt-authorizer'],
    [['--path', '/app', '--endpoint-url', 'x'], '--endpoint-url takes a URL such as http://localhost:8082'],
    [['--path', '/app', 'x.json'], '--path reads all parameters: it goes with no FILE'],
    [['x.json', '--region', 'eu-west-1'], '--endpoint-url and --region go with --path.'],
    [['--path', '--json'], '--path needs a value.'],
    [['a', 'b'], 'There is one argument too many: b.'],
  ])('%j: %s', async (args, message) => {
    const { status, stderr, stdout } = await check(...args);
    expect(stderr).toContain(message);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });
  test('--help tells them all', async () => {
    const { status, stdout } = await check('--help');
    for (const name of ['--path', '--probe', '--pack', '--json', '--revocations'])
      expect(stdout).toContain(name);
    expect(status).toBe(0);
  });
});
