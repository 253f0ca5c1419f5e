import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { testAssembly } from '../../support/assembly.ts';
import { AWS_CLI, unconfiguredEnvironment } from '../../support/aws-cli.ts';
import { createGuide, type Guide, type Ran } from '../../support/guide.ts';
import { startTestStack, type TestStack } from '../../support/local-stack.ts';
import { temporaryDirectory } from '../../support/local-stack-fixtures.ts';

const PAGE = readFileSync('docs/guides/upgrading.md', 'utf8');
const CDK = createRequire(import.meta.url).resolve('aws-cdk/bin/cdk');

let stack: TestStack;
let guide: Guide;

beforeAll(async () => {
  stack = await startTestStack({ context: { stackName: 'Orders' } });
  const { ssm } = stack.urls;
  const local = `--local --port ${Number(new URL(ssm).port) - 2}`;
  guide = createGuide('upgrading', stack, {
    '--path /Orders': `--path /Orders --endpoint-url ${ssm}`,
    'doctor -- --stack OrdersStaging': `doctor -- ${local}`,
    'doctor -- --stack Orders': `doctor -- ${local}`,
  });
});
afterAll(async () => {
  guide.close();
  await stack.close();
});

const succeeds = ({ status, output }: Ran) => expect({ status, output }).toMatchObject({ status: 0 });

test('the guide checks the parameters, watches, puts a newer policy, and takes it back before the release', async () => {
  const echoed: string[] = [];
  const follow = (section: string, then: (ran: Ran, index: number) => unknown = () => {}) =>
    guide.follow(section, async (ran, index) => {
      succeeds(ran);
      echoed.push(...[...ran.output.matchAll(/^not run: (.*)$/gm)].map(([, command = '']) => command));
      await then(ran, index);
    });

  await follow('1. Read what changes', ({ output }) => expect(output).toMatch(/policy +version 1\b/));
  await follow('2. Get the release');
  await follow("3. Check today's parameters with it", ({ output }) => expect(output).toMatch(/^ok: /));
  await follow('4. Look at the difference');
  await follow('5. Deploy to a stage first');
  await follow('6. Deploy to production');

  const token = await stack.token({ scope: 'orders:read' });
  const forwarded = async () => (await (await stack.call('/api/orders/1', token)).text()).includes(token);
  expect(await forwarded()).toBe(true);
  await stack.call('/api/orders/1');
  expect(await guide.query('by code')).toMatchObject([
    // The doctor's request is one of them.
    { outcome: 'rejected', code: 'token_missing', requests: '2' },
    { outcome: 'allowed', code: 'allowed', provider: 'default', requests: '1' },
  ]);
  await follow('8. Use what is new');
  expect(await forwarded()).toBe(false);
  // Meanwhile: going back takes back the policy, and not what was put last.
  succeeds(await guide.run('npm run policy -- revoke --jti stolen --stack Orders'));
  await follow('Go back', async ({ output }, index) => {
    if (index === 0) expect(output).toContain('In force since');
    if (index === 0) expect(await forwarded()).toBe(true);
  });
  expect((await guide.run('npm run policy -- status --stack Orders')).output).toMatch(
    /revocations +version 2\b/,
  );
  const again = 'npm run policy -- rollback --stack Orders --to policy=1';
  expect((await guide.run(again)).output).toContain('Nothing to change');

  for (const section of ['With the package', 'With the templates', 'With Terraform']) await follow(section);
  expect(echoed.filter((command) => command.startsWith('npx'))).toEqual([
    'npx cdk diff -c stage=staging',
    'npx cdk deploy -c stage=staging',
    'npx cdk diff -c stage=production',
    'npx cdk deploy -c stage=production',
    'npx cdk deploy -c stage=production -c deployment=allAtOnce',
  ]);
  expect(guide.left()).toEqual([]);
});

test('what the page marks is what it goes back to and cleans up', () => {
  const [, release] = /^git merge (\S+)$/m.exec(PAGE) ?? [];
  for (const command of ['git tag', 'git switch --detach', 'git tag -d']) {
    expect(PAGE).toMatch(new RegExp(`${command} before-${release}\\b`));
  }
});

const directory = temporaryDirectory();
afterAll(() => directory.remove());

const run = (command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  new Promise<Ran>((resolve) => {
    const settings = { cwd: directory.path, env: { ...unconfiguredEnvironment(), ...env } };
    execFile(command, [...args], settings, (error, stdout, stderr) =>
      resolve({ status: Number(error?.code ?? 0), output: stdout + stderr }),
    );
  });

/** What `cdk diff` prints for the deployment, if the template in service is `earlier`. */
async function diffFrom(earlier: (template: string) => string): Promise<string> {
  const assembly = await testAssembly();
  const template = readFileSync(join(assembly, 'AlbJwtAuthorizer.template.json'), 'utf8');
  writeFileSync(join(directory.path, 'earlier.json'), earlier(template));
  const args = [CDK, 'diff', '--app', assembly, '--method=template', '--template', 'earlier.json'];
  return (await run(process.execPath, args)).output;
}

/** A template with other code and thus another version of the function. */
const withOtherCode = (template: string) =>
  template
    .replaceAll(/"[0-9a-f]{64}\.zip"/g, `"${'0'.repeat(64)}.zip"`)
    .replaceAll(/(VerifierFunctionCurrentVersion[0-9A-F]{8})[0-9a-f]{32}/g, `$1${'0'.repeat(32)}`);

test('the page shows what cdk diff prints for a release with new code', async () => {
  const shown = [...PAGE.matchAll(/^ {4}(\[.*)$/gm)].map(([, line]) => line);
  expect(shown.length).toBeGreaterThan(4);
  const printed = [...(await diffFrom(withOtherCode)).matchAll(/^\[.*$/gm)].map(([line]) =>
    line.replace(/(CurrentVersion|Function|Live)[0-9A-F]{8}[0-9a-f]*/, '$1…'),
  );
  expect(printed).toEqual(shown);
});

test('cdk diff marks what the page says to stop for', async () => {
  const printed = await diffFrom((text) => {
    const template = JSON.parse(text) as { Resources: Record<string, { Type: string; Properties: object }> };
    for (const { Type, Properties } of Object.values(template.Resources)) {
      if (Type === 'AWS::ElasticLoadBalancingV2::LoadBalancer')
        Object.assign(Properties, { Scheme: 'internal' });
      if (Type === 'Custom::AlbJwtAuthorizerConfiguration') Object.assign(Properties, { Path: '/elsewhere' });
    }
    const Bucket = { Type: 'AWS::S3::Bucket', Properties: {} };
    const Kept = { Type: 'AWS::Cognito::UserPool', DeletionPolicy: 'Retain', Properties: {} };
    return JSON.stringify({ ...template, Resources: { ...template.Resources, Bucket, Kept } });
  });
  expect(printed).toMatch(/^\[-] AWS::S3::Bucket Bucket destroy$/m);
  expect(printed).toMatch(/^\[-] AWS::Cognito::UserPool Kept orphan$/m);
  expect(printed).toMatch(/^\[~] AWS::ElasticLoadBalancingV2::LoadBalancer .* replace$/m);
  expect(printed).toMatch(/^\[~] Custom::AlbJwtAuthorizerConfiguration .*\n.*Path\n.*\[-] \/elsewhere\n/m);
});

(AWS_CLI ? test : test.skip)('the AWS CLI takes the commands for a change set', async () => {
  const commands = [...PAGE.matchAll(/^aws (?:.*\\\n)*.*$/gm)].map(([command]) => command);
  expect(commands.length).toBeGreaterThan(4);
  writeFileSync(join(directory.path, 'parameters.json'), '[]');
  // Nothing listens there: arguments are checked before, with another status.
  const env = {
    AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
    AWS_DEFAULT_REGION: 'eu-west-1',
    AWS_MAX_ATTEMPTS: '1',
  };
  const keys = {
    AWS_ACCESS_KEY_ID: 'testing',
    AWS_SECRET_ACCESS_KEY: 'testing',
    TEMPLATE: 'https://example.com/t',
  };
  for (const command of commands) {
    const { output } = await run('bash', ['-c', command], { ...env, ...keys });
    expect({ command, output }).toMatchObject({ output: expect.stringContaining('Could not connect') });
  }
});
