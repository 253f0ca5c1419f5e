import assert from 'node:assert/strict';
import { join } from 'node:path';
import { GetAliasCommand, GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateBucketCommand, DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { unzipSync } from 'fflate';
import { archiveOf } from '../../infra/release/archive.ts';
import { type Assets, assetsOf } from '../../infra/release/assets.ts';
import { RELEASE_SHAPE_NAMES, type ReleaseShapeName } from '../../infra/release/release-shapes.ts';
import { query } from './aws-calls.ts';
import { type ClientSettings, fakeAccount } from './cloud.ts';
import { startFunction } from './deployed-function.ts';
import { startIssuer } from './issuer.ts';
import { valuesUnder } from './parameters.ts';
import { setParameter } from './printed-commands.ts';
import { leftBehind } from './read-back.ts';
import type { RehearsalOptions } from './rehearsal.ts';
import { BUCKET, bring, outputsOf, PREFIX, type ReleasedStack, upload } from './released-stack.ts';
import { announceChange } from './snapshot.ts';
import { assertNothingFailed, resourcesIn } from './stack.ts';
import { stepsOf } from './step.ts';
import type { Surroundings } from './surroundings.ts';
import { takeTurns } from './turns.ts';
import { during, statusOf } from './verifier.ts';

const STACK = 'Released';

/** Deploys releases without the CDK: from a bucket, with only CloudFormation's API. */
export async function rehearseRelease(options: RehearsalOptions, surroundings: Surroundings): Promise<void> {
  const { aws } = surroundings;
  const step = stepsOf(options);
  const releases = await step('two releases are made', async () => {
    const first = assetsOf('1.0.0');
    return { first, second: assetsOf('1.1.0', RELEASE_SHAPE_NAMES, changed(first)) };
  });
  await step('their zips and templates are uploaded', async () => {
    const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' } as const;
    await new S3Client(aws).send(new CreateBucketCommand({ Bucket: BUCKET, CreateBucketConfiguration }));
    for (const release of Object.values(releases)) await upload(aws, release);
  });
  await rehearseSecondDay(options, surroundings, releases);
  await takeTurns(RELEASE_SHAPE_NAMES, async (shape) => {
    await step(`${shape}: created, upgraded, rolled back and deleted`, () =>
      rehearseShape(surroundings, releases, shape),
    );
  });
  assert.deepEqual(await leftBehind(aws), [surroundings.loadBalancerArn]);
}

interface Releases {
  readonly first: Assets;
  readonly second: Assets;
}

/** The same functions with other bytes. */
function changed({ code }: Assets): Assets['code'] {
  const made = Object.entries(code).map(([entry, { bytes }]) => {
    const [file = new Uint8Array()] = Object.values(unzipSync(bytes));
    const next = Buffer.concat([file, Buffer.from('// the next release\n')]);
    return [entry, archiveOf(entry as keyof Assets['code'], next)];
  });
  return Object.fromEntries(made);
}

/** What a stack's alias points to. */
async function liveOf(aws: ClientSettings) {
  const resources = await resourcesIn(aws, STACK);
  const FunctionName = resources.find(
    ({ id, type }) => type === 'AWS::Lambda::Function' && id.startsWith('Verifier'),
  )?.physicalId;
  const lambda = new LambdaClient(aws);
  const { FunctionVersion } = await lambda.send(new GetAliasCommand({ FunctionName, Name: 'live' }));
  const configuration = await lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName, Qualifier: FunctionVersion }),
  );
  return { version: FunctionVersion, configuration };
}

async function rehearseSecondDay(
  options: RehearsalOptions,
  surroundings: Surroundings,
  { first, second }: Releases,
): Promise<void> {
  const { aws, values } = surroundings;
  const { endpoint, directory } = options;
  const env = fakeAccount(endpoint, directory);
  const step = stepsOf(options);
  const stack: ReleasedStack = {
    name: STACK,
    shape: 'existing-listener',
    assets: first,
    values: { ListenerArn: values.listenerArn ?? '', RulePriority: '20', ConfigRefreshSeconds: '1' },
  };
  const withValues = (further: Readonly<Record<string, string>>, assets = first): ReleasedStack => ({
    ...stack,
    assets,
    values: { ...stack.values, ...further },
  });

  await step('bad values are rejected before anything is created', async () => {
    for (const [bad, why] of REJECTED) {
      await assert.rejects(bring('CreateStack', aws, withValues(bad)), why, JSON.stringify(bad));
    }
    await assert.rejects(query(aws, 'cloudformation', 'DescribeStacks', { StackName: STACK }), /not exist/);
  });

  await step('a stack is created', async () => {
    assert.equal(await bring('CreateStack', aws, stack), 'CREATE_COMPLETE');
  });
  const issuer = await startIssuer();
  try {
    const { SetIssuer, SetAudience } = await outputsOf(aws, STACK);
    await setParameter(SetIssuer, issuer.issuer, env);
    await setParameter(SetAudience, 'api.example.com', env);
    await announceChange(aws, `/${STACK}/audience`);
    const edited = await valuesUnder(aws, `/${STACK}`);
    assert.equal(edited.issuer, issuer.issuer);
    const token = await issuer.mint('api.example.com');
    const other = await issuer.mint('other.example.com');
    /** Starts and calls what the alias points to, whose bytes must be those of a release. */
    const startVerifier = async (assets: Assets, label: string) => {
      const { configuration } = await liveOf(aws);
      const archive = Object.values(assets.code).find(({ sha256 }) => sha256 === configuration.CodeSha256);
      assert.ok(archive, `the alias points to ${assets.version}`);
      const place = join(directory, `released-${label}`);
      const verifier = await startFunction({ zip: archive.bytes, configuration, directory: place, env });
      assert.equal(await statusOf(verifier, token), 200, verifier.log());
      assert.equal(await statusOf(verifier, other), 401, verifier.log());
      assert.deepEqual(await valuesUnder(aws, `/${STACK}`), edited);
      return verifier;
    };
    const running = await startVerifier(first, 'first');
    const goesOn = async () => assert.equal(await statusOf(running, token), 200, running.log());
    const update = async (to: ReleasedStack) => {
      const before = await liveOf(aws);
      const updating = bring('UpdateStack', aws, to);
      await during(updating, goesOn);
      return { before, after: await liveOf(aws), status: await updating };
    };

    await step('a parameter that the function depends on reaches the alias', async () => {
      const { before, after, status } = await update(withValues({ LogLevel: 'DEBUG' }));
      assert.equal(status, 'UPDATE_COMPLETE');
      assert.notEqual(after.version, before.version);
      assert.equal(after.configuration.Environment?.Variables?.POWERTOOLS_LOG_LEVEL, 'DEBUG');
      await (await startVerifier(first, 'changed')).end();
    });
    await step('another one, such as the priority of the rule, leaves the version alone', async () => {
      const { before, after, status } = await update(withValues({ LogLevel: 'DEBUG', RulePriority: '21' }));
      assert.equal(status, 'UPDATE_COMPLETE');
      assert.equal(after.version, before.version);
    });
    await step('the next release changes the stack in place', async () => {
      const { before, after, status } = await update(stack);
      assert.deepEqual([status, after.version === before.version], ['UPDATE_COMPLETE', false]);
      const ids = async () => (await resourcesIn(aws, STACK)).map(({ id }) => id).sort();
      const idsBefore = await ids();
      assert.equal((await update(withValues({}, second))).status, 'UPDATE_COMPLETE');
      assert.deepEqual(await ids(), idsBefore);
      await (await startVerifier(second, 'second')).end();
      assert.equal((await outputsOf(aws, STACK)).Release, '1.1.0');
    });
    await step("the previous release's template rolls it back", async () => {
      assert.equal((await update(stack)).status, 'UPDATE_COMPLETE');
      await (await startVerifier(first, 'back')).end();
    });
    await step('an update that fails late is rolled back', async () => {
      const { before, after, status } = await update(
        // The one that an existing rule of the listener has.
        withValues({ RulePriority: String(await takenPriority(aws, surroundings)) }, second),
      );
      assert.match(status, /^UPDATE_ROLLBACK_COMPLETE\n.*PriorityInUse/);
      assert.equal(after.version, before.version);
      await (await startVerifier(first, 'rolled-back')).end();
    });
    await step("code that differs from the release's gets no version", async () => {
      const s3 = new S3Client(aws);
      const { name } = second.code['alb-handler'];
      const at = { Bucket: BUCKET, Key: `${PREFIX}${name}` };
      await s3.send(new PutObjectCommand({ ...at, Body: first.code['authorizer-handler'].bytes }));
      const { before, after, status } = await update(withValues({}, second));
      assert.match(status, /^UPDATE_ROLLBACK_COMPLETE\n.*CodeSHA256/);
      assert.equal(after.version, before.version);
      await s3.send(new DeleteObjectCommand(at));
      await s3.send(new PutObjectCommand({ ...at, Body: second.code['alb-handler'].bytes }));
    });
    await step('deleting the stack leaves the parameters', async () => {
      await running.end();
      await query(aws, 'cloudformation', 'DeleteStack', { StackName: STACK });
      assert.deepEqual(await leftBehind(aws), [surroundings.loadBalancerArn]);
      assert.deepEqual(await valuesUnder(aws, `/${STACK}`), edited);
    });
  } finally {
    issuer.close();
  }
}

/** Values that the template rejects, with a pattern for the error. */
const REJECTED: readonly (readonly [Readonly<Record<string, string>>, RegExp])[] = [
  [{ ListenerArn: 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/net/a/b/c' }, /ListenerArn/],
  [{ MemorySize: '64' }, /MemorySize/],
  [{ MemorySize: '512.5' }, /MemorySize/],
  [{ ConfigRefreshSeconds: '1e2' }, /ConfigRefreshSeconds/],
  [{ Hosts: `${'a'.repeat(126)}.example` }, /Hosts/],
  [{ LogLevel: 'debug' }, /LogLevel/],
  [{ AllowedLogRate: '1.5' }, /AllowedLogRate/],
  [{ LogRetentionDays: '31' }, /LogRetentionDays/],
  [{ Path: '/api/*' }, /Path/],
  [{ Path: '/' }, /Path/],
  [{ Hosts: 'a.example,b.example,c.example,d.example' }, /Hosts/],
  [{ Tracing: 'yes' }, /Tracing/],
  [{ KmsKeyArn: 'alias/mine' }, /KmsKeyArn/],
  [{ FunctionSubnetIds: 'subnet-01234567' }, /FunctionSubnetIds needs FunctionSecurityGroupId/],
  [{ FunctionSecurityGroupId: 'sg-01234567' }, /FunctionSecurityGroupId needs FunctionSubnetIds/],
  [{ CodePrefix: '/x' }, /CodePrefix/],
  [{ Unknown: 'x' }, /Unknown.*do not exist/],
];

/** Takes a priority of the listener for somebody else's rule, and returns it. */
async function takenPriority(aws: ClientSettings, { values }: Surroundings): Promise<number> {
  const { CreateRuleCommand, ElasticLoadBalancingV2Client } = await import(
    '@aws-sdk/client-elastic-load-balancing-v2'
  );
  await new ElasticLoadBalancingV2Client(aws).send(
    new CreateRuleCommand({
      ListenerArn: values.listenerArn,
      Priority: 99,
      Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/taken'] } }],
      Actions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
    }),
  );
  return 99;
}

/** The values, in these surroundings, of a template's parameters that have no default. */
function valuesIn({ values }: Surroundings, { templates }: Assets, shape: ReleaseShapeName) {
  const known: Readonly<Record<string, string | undefined>> = {
    DomainName: 'api.example.com',
    VpcCidr: '10.9.0.0/16',
    NativeIssuer: 'https://issuer.example.com',
    NativeJwksUri: 'https://issuer.example.com/jwks',
    NativeAudience: 'api.example.com',
    ...Object.fromEntries(
      Object.entries(values).map(([name, value]) => [`${name[0]?.toUpperCase()}${name.slice(1)}`, value]),
    ),
  };
  return Object.fromEntries(
    Object.entries(templates[shape].Parameters).flatMap(([name, { Default }]) =>
      Default === undefined && !name.startsWith('Code') ? [[name, known[name] ?? '']] : [],
    ),
  );
}

async function rehearseShape(
  surroundings: Surroundings,
  { first, second }: Releases,
  shape: ReleaseShapeName,
): Promise<void> {
  const { aws } = surroundings;
  const name = `Shape${RELEASE_SHAPE_NAMES.indexOf(shape)}`;
  const has = (parameter: string) => parameter in first.templates[shape].Parameters;
  const values = {
    ...valuesIn(surroundings, first, shape),
    // Several of them are at the same listener at once.
    ...(has('RulePriority') ? { RulePriority: String(30 + RELEASE_SHAPE_NAMES.indexOf(shape)) } : {}),
    ...(has('ListenerPort') ? { ListenerPort: '8443' } : {}),
  };
  const stack: ReleasedStack = { name, shape, assets: first, values };
  assert.equal(await bring('CreateStack', aws, stack), 'CREATE_COMPLETE');
  const parameters = await valuesUnder(aws, `/${name}`);
  assert.equal(Object.keys(parameters).length, shape === 'native-only' ? 0 : 6);
  assert.equal(await bring('UpdateStack', aws, { ...stack, assets: second }), 'UPDATE_COMPLETE');
  const further = has('Authorizer') ? { Authorizer: 'true', Tracing: 'true' } : {};
  const last = {
    ...values,
    ...further,
    ...(has('DeletionProtection') ? { DeletionProtection: 'false' } : {}),
  };
  assert.equal(await bring('UpdateStack', aws, { ...stack, values: last }), 'UPDATE_COMPLETE');
  await assertNothingFailed(aws, name);
  await query(aws, 'cloudformation', 'DeleteStack', { StackName: name });
  assert.deepEqual(await valuesUnder(aws, `/${name}`), parameters);
}
