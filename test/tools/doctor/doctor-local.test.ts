import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { OUTAGE } from '../../../local/identity/authorization-server.ts';
import { freePort } from '../../support/free-port.ts';
import { startTestStack, type TestStack } from '../../support/local-stack.ts';
import { eventually } from '../../support/local-stack-fixtures.ts';
import { runTool, type ToolRun } from '../run-tool.ts';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack({ keeper: true });
});
afterAll(() => stack.close());
beforeEach(() => {
  stack.setParameter('issuer', stack.urls.authorizationServer);
  stack.setParameter('policy', '{}');
});

/** Where the load balancer would be, going by the port of SSM; its real address is among the stack's outputs. */
const doctor = (args: readonly string[] = [], port = stack.ssm.port - 2): Promise<ToolRun> =>
  runTool('doctor', ['--local', '--port', String(port), ...args]);

/** The lines about problems and warnings, each with the next line, its remedy. */
function wrongIn({ stdout }: ToolRun): string[] {
  const lines = stdout.split('\n');
  return lines.flatMap((line, index) =>
    /^(?:PROBLEM|WARNING) /.test(line) ? [`${line}${lines[index + 1]}`] : [],
  );
}

describe('with the stack of npm start', () => {
  test('finds nothing wrong, and says nothing about AWS', async () => {
    const run = await doctor(['--strict']);
    expect(wrongIn(run)).toEqual([]);
    expect(run).toMatchObject({ status: 0, stderr: '' });
    const lines = run.stdout.trimEnd().split('\n');
    expect(lines.pop()).toBe('Nothing is wrong. The doctor does not check the upstream.');
    expect(lines.map((line) => line.slice(0, 24).trim())).toEqual([
      'ok       Node.js',
      'ok       Dependencies',
      'ok       Local stack',
      'ok       Parameters',
      'ok       Keys',
      'ok       Keeper',
      'ok       Request',
    ]);
    expect(run.stdout).toMatch(/ Request {8}http:\/\/\S+\/api\/anything: 401 token_missing, as it should be/);
  });

  test('reports a placeholder, an invalid policy, and what the keeper rejects', async () => {
    stack.setParameter('issuer', 'https://issuer.invalid');
    stack.setParameter('policy', '{"routes":[{"path":"/api/a","nope":1}]}');
    const run = await doctor();
    const wrong = wrongIn(run);
    expect(wrong).toContainEqual(expect.stringMatching(/^PROBLEM {2}Parameters .*\/issuer: .*placeholder/));
    expect(wrong).toContainEqual(
      expect.stringMatching(/^PROBLEM {2}Parameters .*\/policy: routes\.0.*\(line 1:/),
    );
    expect(wrong).toContainEqual(
      expect.stringMatching(
        /^PROBLEM {2}Keeper {9}it rejects what Parameters names *> What was valid before/,
      ),
    );
    expect(run.stdout).toMatch(/^skipped {2}Keys {11}needs parameters that are valid \(see Parameters\)$/m);
    // The last good configuration stays in force.
    expect(run.stdout).toMatch(/^ok {7}Request /m);
    expect(run.status).toBe(1);
  });

  test('reports an unavailable key endpoint, as seen from here', async () => {
    await fetch(stack.urls.authorizationServer + OUTAGE, { method: 'PUT' });
    const run = await doctor();
    await fetch(stack.urls.authorizationServer + OUTAGE, { method: 'DELETE' });
    expect(wrongIn(run)).toEqual([
      expect.stringMatching(
        /^PROBLEM {2}Keys .*no keys from here: .*503.*> .*#callers-get-503-keys_unavailable$/,
      ),
    ]);
  });

  test('checks the rest even if SSM is throttled', async () => {
    stack.ssm.setFault('throttle');
    const run = await doctor();
    stack.ssm.setFault(undefined);
    expect(wrongIn(run)).toContainEqual(
      expect.stringMatching(/^PROBLEM {2}Parameters .*too many calls\..*> Try again in a moment\.$/),
    );
    expect(run.stdout).toMatch(/^ok {7}Request /m);
  });

  test('a wrong port is a problem of the stack, and skips everything else', async () => {
    const run = await doctor([], (await freePort()) - 2);
    expect(wrongIn(run)).toEqual([
      expect.stringMatching(/^PROBLEM {2}Local stack .*no stack of npm start responds at .*> Run npm start/),
    ]);
    expect(run.status).toBe(1);
  });

  test('a stack of another name does not exist, and the port is not blamed', async () => {
    expect(wrongIn(await doctor(['--stack', 'Other']))).toEqual([
      expect.stringMatching(/^PROBLEM {2}Local stack {4}npm start runs no stack Other *> Leave out --stack/),
    ]);
  });

  test('sends a secret in the query of --url, but does not print it', async () => {
    const { stdout } = await doctor(['--url', `${stack.urls.loadBalancer}/api/a?key=the-secret`]);
    expect(stdout).toMatch(/^ok {7}Request .*\/api\/a\?…: 401/m);
    expect(stdout).not.toContain('the-secret');
  });

  test('reports a URL that nothing serves, and a path that no rule matches', async () => {
    const unreachable = await doctor(['--url', `http://127.0.0.1:${await freePort()}/api/`]);
    expect(wrongIn(unreachable)).toEqual([
      expect.stringMatching(/^PROBLEM {2}Request .*refuses the connection/),
    ]);
    const elsewhere = await doctor(['--url', `${stack.urls.loadBalancer}/other`]);
    expect(wrongIn(elsewhere)).toEqual([expect.stringMatching(/^PROBLEM {2}Request .*404 without a code/)]);
  });

  test('warns about an open path, which fails only with --strict', async () => {
    stack.setParameter('policy', '{"routes":[{"path":"/api/*","onUnauthenticatedRequest":"allow"}]}');
    await expect(doctor(['--json', '--strict']).then(({ status }) => status)).resolves.toBe(1);
    const isInForce = ({ stdout }: ToolRun) => JSON.parse(stdout).checks.at(-1).status === 'warning';
    const run = await eventually(() => doctor(['--json']), isInForce);
    const { ok, warnings, checks } = JSON.parse(run.stdout);
    expect([run.status, ok]).toEqual([0, true]);
    expect(warnings).toBeGreaterThan(0);
    expect(checks.at(-1)).toMatchObject({ id: 'call', status: 'warning' });
  });
});

test('a stack without a keeper skips that check, and one with an API has two addresses', async () => {
  const other = await startTestStack({ keeper: false, authorizer: 'http' });
  const run = await doctor([], other.ssm.port - 2);
  await other.close();
  expect(run.stdout).toMatch(/^skipped {2}Keeper {9}this deployment runs without one/m);
  expect(run.stdout).toMatch(
    /^ok {7}Request .*: 401 token_missing, .*\nok {7}Request .*: 40[13] .*API Gateway/m,
  );
  expect(run.status).toBe(0);
});

test('a stack whose rules need a host gets the request with that host', async () => {
  const other = await startTestStack({ keeper: false, context: { paths: '/v2/*', hosts: '*.example.org' } });
  const run = await doctor([], other.ssm.port - 2);
  await other.close();
  expect(wrongIn(run)).toEqual([]);
  expect(run.stdout).toMatch(
    /^ok {7}Request {8}http:\/\/anything\.example\.org:\d+\/v2\/anything: 401 token_missing/m,
  );
});

test.each([
  [['--url', 'api.example.com'], /--url takes a URL such as/],
  [['--url', 'https://a:b@api.example.com'], /without a password/],
])('rejects the arguments %j', async (args, message) => {
  const run = await doctor(args);
  expect(run.status).toBe(2);
  expect(run.stderr).toMatch(message);
  expect(run.stdout).toBe('');
});
