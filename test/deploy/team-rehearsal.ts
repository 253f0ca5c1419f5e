import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import {
  DescribeRulesCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { GetAliasCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { blocksOf, writeIn } from '../support/guide.ts';
import { type ClientSettings, deploy, fakeAccount, projectIn } from './cloud.ts';
import { startIssuer } from './issuer.ts';
import { valuesUnder } from './parameters.ts';
import { run } from './processes.ts';
import { leftBehind } from './read-back.ts';
import type { RehearsalOptions } from './rehearsal.ts';
import { assertNothingFailed, resourcesIn, resourcesOf } from './stack.ts';
import { stepsOf } from './step.ts';
import type { Surroundings } from './surroundings.ts';

const ROOT = new URL('../../', import.meta.url);
const { resolve } = createRequire(import.meta.url);

/** Shell functions with which the page's commands reach the AWS API in memory, without prompts. It has no load balancer to call. */
const PRELUDE = `
set -eo pipefail
npx() {
  shift; local verb=$1; shift
  case $verb in
    deploy) set -- --method=direct --no-previous-parameters --require-approval=never "$@";;
    destroy) set -- --force "$@";;
    diff) set -- --method=template "$@";;
  esac
  "$NODE" "$CDK" "$verb" "$@"
}
npm() { shift; local name=$1; shift 2; "$NODE" "$TSX" "$ROOT/tools/$name.ts" "$@" --yes; }
curl() { echo eyJ; }
if ! command -v aws > /dev/null; then aws() { echo "not run, because the AWS CLI is not installed: aws $*"; }; fi
`;

/** Follows docs/guides/shared-load-balancer.md: two teams, each with a stack on the same listener. */
export async function rehearseTeams(options: RehearsalOptions, surroundings: Surroundings): Promise<void> {
  const step = stepsOf(options);
  const { aws, values, loadBalancerArn } = surroundings;
  const directory = join(options.directory, 'teams');
  const project = projectIn(directory);
  const env = fakeAccount(options.endpoint, options.directory);
  const issuer = await startIssuer();
  const replacements = {
    'arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/shared/0123456789abcdef/fedcba9876543210':
      values.listenerArn,
    'sg-0123456789abcdef0': values.listenerSecurityGroupId,
    // So that a put waits for one second.
    '"rulePriority"': '"configRefreshSeconds": 1, "rulePriority"',
    '--listener-arn ARN': `--listener-arn ${values.listenerArn}`,
    'CertificateArn=CERTIFICATE': `CertificateArn=${values.sniCertificateArns}`,
    'https://login.example.com': issuer.issuer,
  };
  const local = (text: string) =>
    Object.entries(replacements).reduce((changed, [from, to]) => changed.replaceAll(from, to ?? ''), text);
  const page = blocksOf(readFileSync(new URL('docs/guides/shared-load-balancer.md', ROOT), 'utf8'));
  const follow = (section: string) =>
    step(`${section}: as the guide says`, async () => {
      const blocks = page.filter((block) => block.section === section);
      assert.ok(blocks.length > 0, section);
      const printed: string[] = [];
      for (const { kind, name, text } of blocks) {
        if (kind === 'file') writeIn(project, name, local(text));
        else printed.push(await command(local(text)));
      }
      return printed.join('\n');
    });
  async function command(text: string): Promise<string> {
    const shell = {
      ...{ NODE: process.execPath, CDK: resolve('aws-cdk/bin/cdk'), TSX: resolve('tsx/cli') },
      ...{ ROOT: ROOT.pathname, INIT_CWD: project },
    };
    const { status, output } = await run('bash', ['-c', PRELUDE + text], { ...env, ...shell }, project);
    assert.equal(status, 0, `${text}\n${output}`);
    return output;
  }
  try {
    const before = await step('the listener has rules of nobody', () =>
      prioritiesOn(aws, values.listenerArn),
    );
    assert.deepEqual(before, ['default']);
    await follow('1. Prepare the load balancer, once');
    await follow('2. Give the first team a stack');
    const orders = () => stateOf(aws, 'Orders', values.listenerArn);
    const alone = await orders();
    assert.deepEqual(await prioritiesOn(aws, values.listenerArn), ['1000', 'default']);
    await follow('3. Add another team');
    assert.deepEqual(await prioritiesOn(aws, values.listenerArn), ['1000', '2000', 'default']);
    assert.deepEqual(await orders(), alone);
    const reports = await stateOf(aws, 'Reports', values.listenerArn);
    await step('a stack with the priority of another team fails, and changes neither team', async () => {
      const context = { stage: 'reports', rulePriority: '1000' };
      const failing = deploy(
        { env, project, assembly: join(directory, 'failing'), context },
        join(directory, 'failing.json'),
      );
      await assert.rejects(failing, /PriorityInUse/);
      assert.deepEqual(await orders(), alone);
      assert.deepEqual(await stateOf(aws, 'Reports', values.listenerArn), reports);
    });
    await follow('5. Change one team, and go back');
    await assertNothingFailed(aws, 'Orders');
    assert.deepEqual(await orders(), alone);
    assert.deepEqual(await stateOf(aws, 'Reports', values.listenerArn), reports);
    await follow('Remove a team');
    assert.deepEqual(await orders(), alone);
    assert.deepEqual(await prioritiesOn(aws, values.listenerArn), ['1000', 'default']);
    assert.deepEqual(await valuesUnder(aws, '/Reports'), {});
    await step('the other team goes as well', () => command('npx cdk destroy -c stage=orders'));
    assert.deepEqual(await leftBehind(aws), [loadBalancerArn]);
    assert.deepEqual(await prioritiesOn(aws, values.listenerArn), ['default']);
  } finally {
    issuer.close();
  }
}

async function rulesOn(aws: ClientSettings, ListenerArn: string | undefined) {
  const { Rules = [] } = await new ElasticLoadBalancingV2Client(aws).send(
    new DescribeRulesCommand({ ListenerArn }),
  );
  return Rules;
}

const prioritiesOn = async (aws: ClientSettings, listenerArn: string | undefined) =>
  (await rulesOn(aws, listenerArn)).map(({ Priority }) => Priority).sort();

/** All that a team has: its resources, its rules, the version in service and its parameters. */
async function stateOf(aws: ClientSettings, stackName: string, listenerArn: string | undefined) {
  const resources = await resourcesIn(aws, stackName);
  const own = resources.map(({ physicalId }) => physicalId);
  const [FunctionName] = resources
    .filter(({ id, type }) => type === 'AWS::Lambda::Function' && id.startsWith('Verifier'))
    .map(({ physicalId }) => physicalId);
  const { FunctionVersion } = await new LambdaClient(aws).send(
    new GetAliasCommand({ FunctionName, Name: 'live' }),
  );
  const rules = (await rulesOn(aws, listenerArn)).filter(({ RuleArn }) => own.includes(RuleArn ?? ''));
  // Their names say which team owns them, as the page says.
  for (const name of await resourcesOf(aws, stackName, 'AWS::ElasticLoadBalancingV2::TargetGroup')) {
    assert.match(name, new RegExp(`:targetgroup/${stackName}`));
  }
  return { resources, rules, FunctionVersion, parameters: await valuesUnder(aws, `/${stackName}`) };
}
