import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { unpack } from '../../lambda/core/config/pack.ts';
import type { Ssm } from '../../local/ssm/server.ts';
import { createKey } from '../support/keys.ts';
import { temporaryDirectory } from '../support/local-stack-fixtures.ts';
import { refusedUrl } from '../support/raw-server.ts';
import type { RecordingUpstream } from '../support/recording-upstream.ts';
import { runTool } from './run-tool.ts';
import { startKeyEndpoint, startParameters } from './tool-fixtures.ts';

const check = (...args: string[]) => runTool('check-config', args);

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
  test('that is valid is summed up', async () => {
    const { status, stdout } = await check(good);
    expect(stdout).toContain('ok: 1 provider, 1 route\n');
    expect(stdout).toMatch(/policy: \d+ bytes \(fits the standard tier of SSM\), \d+ packed/);
    expect(stdout).toContain(
      'warning: policy: routes.0 (/api/public/*) lets requests without credentials through, without an identity (',
    );
    expect(status).toBe(0);
  });
  test('of revocations for an issuer that no provider has is valid, with a warning', async () => {
    const revocations = join(directory.path, 'revocations.json');
    writeFileSync(revocations, '{"https://gone.example": {"subIssuedBefore": {"jane": 1790000000}}}\n');
    const { status, stdout } = await check('--revocations', revocations, '--issuer', 'https://a.example');
    expect(stdout).toContain(
      'warning: revocations: https://gone.example: no provider has this issuer, so its entry revokes nothing; the issuers are https://a.example (',
    );
    expect(status).toBe(0);
  });
  test('that is not valid is reported with the place of the problem', async () => {
    const { status, stdout } = await check(bad);
    expect(stdout).toMatch(
      /^error: policy: is not JSON: unexpected '"'; is a comma missing\? \(.*bad\.json:3:3\)$/m,
    );
    expect(status).toBe(1);
  });
  test('is packed to standard output, where nothing else goes', async () => {
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

describe('a single parameter', () => {
  test.each([
    [
      '--issuer',
      'https://issuer.example',
      0,
      /^ok: 1 provider, 0 routes\n {2}provider default: jwks, https:\/\/issuer/,
    ],
    ['--issuer', 'https://issuer.invalid', 1, /^error: issuer: is still a placeholder/],
    ['--issuer', 'none', 0, /^warning: policy: it has no routes/],
    ['--audience', 'a,', 1, /^error: audience: has an empty entry\nnot valid: 1 problem\n$/],
    ['--jwks-uri', 'http://keys.example', 1, /^error: jwks-uri: must be https/],
    ['--upstream', 'ftp://x', 1, /^error: upstream: is not an https URL/],
    [
      '--upstream',
      'http://upstream.example.com',
      0,
      /^warning: upstream: is http to a host that may be public/,
    ],
  ])('%s %s is judged alone, with status %i', async (name, value, status, output) => {
    const ran = await check(name, value);
    expect(ran.stdout).toMatch(output);
    expect(ran.stdout).not.toContain('stand-in.example');
    expect(ran.status).toBe(status);
  });
  test('of revocations is not blamed for a missing issuer', async () => {
    const revocations = join(directory.path, 'alone.json');
    writeFileSync(revocations, '{"https://gone.example": {"sub": ["x"]}}');
    const { status, stdout } = await check('--revocations', revocations, '--strict');
    expect(stdout).not.toContain('warning');
    expect(status).toBe(0);
  });
});

describe('--strict', () => {
  test('fails on a warning, says so last, and passes a policy without warnings', async () => {
    const { status, stdout } = await check(good, '--strict');
    expect(stdout).toMatch(/not accepted: 1 warning, and --strict allows none\n$/);
    expect(status).toBe(1);
    const sound = join(directory.path, 'sound.json');
    writeFileSync(sound, '{"unmatched": "deny", "routes": [{"path": "/api/a", "scopes": ["a"]}]}');
    expect(await check(sound, '--strict')).toMatchObject({ status: 0 });
    const elsewhere = await check(sound, '--strict', '--paths', '/web/*,/other');
    expect(elsewhere.stdout).toMatch(/the load balancer sends only \/web\/\* and \/other, .*"paths" \(/);
    expect(elsewhere.status).toBe(1);
    expect(await check(sound, '--strict', '--paths', '*')).toMatchObject({ status: 0 });
    writeFileSync(sound, '{"unmatched": "deny", "routes": [{"path": "/web/a"}]}');
    expect((await check(sound)).stdout).toContain(
      '"paths"; if the option already has it, repeat it with --paths (',
    );
  });
});

describe('--accept', () => {
  test('accepts a warning by the ID that --strict or synth prints', async () => {
    const id = 'policy:anonymous-route:/api/public/*';
    expect((await check(good, '--strict')).stdout).toContain(`\n  --accept '${id}'\n`);
    for (const one of [id, `Annotation::alb-jwt-authorizer:${id}`]) {
      const { status, stdout } = await check(good, '--strict', '--accept', one);
      expect(stdout).toContain('ok: 1 provider, 1 route, 1 warning accepted\n');
      expect(stdout).not.toContain('warning: ');
      expect(status).toBe(0);
    }
    const { stdout } = await check(good, '--json', '--accept', id);
    expect(JSON.parse(stdout)).toMatchObject({ warnings: [], accepted: [{ id }] });
  });
  test('accepts only warnings with the ID, and warns about an ID that no warning has', async () => {
    const { status, stdout } = await check(good, '--strict', '--accept', 'policy:anonymous-route:/api/*');
    expect(stdout).toContain(
      'warning: --accept policy:anonymous-route:/api/*: no warning has this ID: remove it, or correct it\n',
    );
    expect(stdout).toMatch(/not accepted: 2 warnings, and --strict allows none\n$/);
    expect(status).toBe(1);
    expect((await check(bad, '--accept', 'x')).stdout).not.toContain('--accept');
  });
});

describe('the output', () => {
  test('escapes line breaks, control characters and invisible characters from the policy', async () => {
    const forged = join(directory.path, 'forged.json');
    const name = '\u001b[31m\n::error::forged\u202e';
    const claims = { [name]: { equals: 'a', anyOf: ['b'] } };
    writeFileSync(forged, JSON.stringify({ [name]: 1, routes: [{ path: '/api/a', claims }] }));
    const invalid = await check(forged);
    expect(invalid.stdout.split('\n')).toHaveLength(3);
    writeFileSync(forged, JSON.stringify({ unmatched: 'deny', routes: [{ path: '/api/a', claims }] }));
    const { stdout } = await check(forged);
    for (const text of [invalid.stdout, stdout]) {
      expect(text).toContain('\\u001b[31m\\n::error::forged\\u202e');
      expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]|^::/mu);
    }
  });
  test('is short enough for a person to read, and complete as JSON', async () => {
    const many = join(directory.path, 'many.json');
    const members = Array.from({ length: 1000 }, (_, index) => [`x${index}`, 1]);
    writeFileSync(many, JSON.stringify(Object.fromEntries(members)));
    expect((await check(many)).stdout).toMatch(/\n… and 800 more\nnot valid: 1000 problems\n$/);
    expect(JSON.parse((await check(many, '--json')).stdout).problems).toHaveLength(1000);
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
  test('whose keys cannot be fetched fail the probe, and the last line says whose', async () => {
    const { status, stdout } = await check(
      '--jwks-uri',
      (await refusedUrl()).href,
      '--issuer',
      'urn:x',
      '--probe',
    );
    expect(stdout).toContain('warning: provider default: no keys: ');
    expect(stdout).toMatch(/no keys: no token of default can be verified until the key endpoint has some\n$/);
    expect(status).toBe(1);
  });
  test('that are not given are not needed, if only the key set is given', async () => {
    const { status, stdout } = await check('--jwks-uri', `${endpoint.origin}/jwks`, '--probe');
    expect(stdout).toContain('  es256-1  kty EC, alg ES256\n');
    expect(status).toBe(0);
    expect(await check('--jwks-uri', 'discover', '--probe')).toMatchObject({ status: 0 });
  });
  test('are named in full if they are missing', async () => {
    const { status, stdout } = await check('--path', '/other', '--endpoint-url', ssm.origin);
    expect(stdout).toContain('error: /other/issuer: is missing\n');
    expect(stdout).toContain(
      'there are no parameters under /other: check the prefix, the region and the account',
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
    [[], 'Name a policy FILE, a parameter such as --issuer, or the live parameters with --path.'],
    [['x.json', '--paths', 'api'], '--paths takes patterns such as /api/*'],
    [['--revokations', 'x'], 'did you mean --revocations?'],
    [['nowhere.json'], 'nowhere.json cannot be read: /'],
    [['--path', 'app'], '--path takes a prefix such as /alb-jwt-authorizer'],
    [['--path', '/app', '--endpoint-url', 'x'], '--endpoint-url takes a URL such as http://localhost:8082'],
    [['--path', '/app', 'x.json'], '--path reads all parameters: leave out FILE'],
    [['x.json', '--region', 'eu-west-1'], '--endpoint-url and --region need --path.'],
    [['--path', '--json'], '--path needs a value.'],
    [['a', 'b'], 'There is one argument too many: b.'],
  ])('%j: %s', async (args, message) => {
    const { status, stderr, stdout } = await check(...args);
    expect(stderr).toContain(message);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });
  test('--help lists them all', async () => {
    const { status, stdout } = await check('--help');
    for (const name of ['--path', '--accept', '--probe', '--pack', '--json', '--revocations'])
      expect(stdout).toContain(name);
    expect(status).toBe(0);
  });
});
