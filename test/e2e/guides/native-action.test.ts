import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { PARAMETERS } from '../../../lambda/contract.ts';
import { type LoopbackServer, startLoopbackServer } from '../../../local/loopback-server.ts';
import { templateOf } from '../../infra/synth.ts';
import { AWS_CLI, unconfiguredEnvironment } from '../../support/aws-cli.ts';
import { bearerOf, startFront } from '../../support/front.ts';
import { blocksOf, createGuide, type Guide, type Ran, statusesIn } from '../../support/guide.ts';
import { startTestStack, type TestStack } from '../../support/local-stack.ts';
import { temporaryDirectory } from '../../support/local-stack-fixtures.ts';
import { ROOT } from '../../tools/run-tool.ts';

const BLOCKS = blocksOf(readFileSync(join(ROOT, 'docs/guides/native-action.md'), 'utf8'));
const fileNamed = (name: string) =>
  JSON.parse(BLOCKS.find((block) => block.kind === 'file' && block.name === name)?.text ?? '');

let stack: TestStack;
let listener: LoopbackServer;
let guide: Guide;
/** Whether the rule has the native action. */
let native = true;

beforeAll(async () => {
  stack = await startTestStack();
  listener = await startListener(stack);
  const { authorizationServer } = stack.urls;
  // As after a first deploy with the native options.
  stack.setParameter('jwks-uri', `${authorizationServer}/jwks`);
  stack.setParameter('upstream', PARAMETERS.upstream.initial);
  guide = createGuide('native-action', stack, {
    'https://login.example.com/oauth': authorizationServer,
    'https://login.example.com': authorizationServer,
    'https://api.example.com': listener.origin,
    'https://orders.internal.example': stack.upstream.origin,
    'CLIENT_ID:CLIENT_SECRET': 'demo-client:demo-secret',
  });
});
afterAll(async () => {
  guide.close();
  await listener.close();
  await stack.close();
});

/** A listener whose rule has the actions of `native-actions.json`, in front of the local load balancer, which has no native action. */
function startListener({ urls }: TestStack): Promise<LoopbackServer> {
  const keys = createRemoteJWKSet(new URL(`${urls.authorizationServer}/jwks`));
  const expected = { issuer: urls.authorizationServer, audience: 'api.example.com', algorithms: ['RS256'] };
  return startFront(urls.loadBalancer, async (incoming) => {
    if (!native) return {};
    const { payload } = await jwtVerify(bearerOf(incoming), keys, { ...expected, requiredClaims: ['exp'] });
    return String(payload.scope).split(' ').includes('orders:read') ? {} : undefined;
  });
}

const succeeds = ({ status, output }: Ran) => expect({ status, output }).toEqual({ status: 0, output });
const statusOf = async (bearer?: string) => {
  const headers = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` };
  return (await fetch(`${listener.origin}/api/reports/1`, { headers })).status;
};

/** A line of an access log, as in AWS's examples. */
const logged = (rule: number, status: number, actions: string, reason: string) =>
  `https 2026-11-26T09:00:00.000000Z app/shared/0123456789abcdef 192.0.2.1:2817 - -1 -1 -1 ${status} - 34 366 ` +
  `"GET https://api.example.com:443/api/reports/1 HTTP/1.1" "curl/8.5.0" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 - ` +
  `"Root=1-58337281-1d84f3d73c47ec4e58577259" "api.example.com" "arn:aws:acm:eu-west-1:123456789012:certificate/1" ` +
  `${rule} 2026-11-26T09:00:00.000000Z "${actions}" "-" "${reason}" "-" "-" "-" "-" TID_1\n`;

test('the guide puts the function behind the native action, compares, enforces, and takes the action out', async () => {
  await guide.follow('1. Save what the rule does', ({ output }) => {
    expect(output).toContain('not run: aws elbv2 describe-rules --listener-arn LISTENER');
  });
  await guide.follow('2. Write the same checks as a policy', (ran) => {
    succeeds(ran);
    expect(ran.output).toMatch(/report-only/);
  });
  await guide.follow('3. Deploy beside the old rule', succeeds);
  await guide.follow('4. Put the policy, and try it', ({ status, output }, index) => {
    expect({ status, output }).toEqual({ status: 0, output });
    if (index === 0) return;
    expect(statusesIn(output)).toEqual([200, 401]);
    expect(output.match(/x-request-id: /g)).toHaveLength(1);
  });

  const good = await stack.token({ scope: 'orders:read' });
  const others = await Promise.all([
    stack.token({ scope: 'other' }),
    stack.token({ scope: 'orders:read', aud: 'other' }),
    stack.token({ scope: 'orders:read', alg: 'ES256' }),
    stack.token({ scope: 'orders:read', ttl: '-100' }),
  ]);
  expect(await Promise.all([good, undefined, ...others].map(statusOf))).toEqual([
    200, 401, 401, 401, 401, 401,
  ]);
  // The native action does not look at paths.
  const odd = await fetch(`${listener.origin}/api/reports/..%2Fadmin`, {
    headers: { authorization: `Bearer ${good}` },
  });
  expect(odd.status).toBe(400);

  guide.write('access-logs/a.log.gz', gzipSync(logged(40, 401, 'jwt', 'JWTSignatureValidationError')));
  guide.write('access-logs/b.log.gz', gzipSync(logged(50, 200, 'forward', '-').repeat(2)));
  await guide.follow('5. Switch one path', (ran, index) => {
    succeeds(ran);
    if (index !== 1) return;
    expect(ran.output).toMatch(/ 2 50 200 forward -\n +1 40 401 jwt JWTSignatureValidationError/);
  });
  // Without the native action in front, report-only would let this through, and the query would show it.
  expect((await stack.call('/api/reports/1')).status).toBe(200);
  expect(await guide.query('would be refused')).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ outcome: 'rejected', result: 'path_invalid', requests: '1' }),
      expect.objectContaining({ outcome: 'reported', result: 'token_missing', requests: '1' }),
    ]),
  );
  await guide.follow('6. Switch the rest', succeeds);

  await guide.follow('7. Enforce', ({ status, output }) => {
    expect({ status, statuses: statusesIn(output) }).toEqual({ status: 0, statuses: [200] });
    expect(output).toContain('x-jwt-subject');
  });
  // With the report-only policy of a step before, the deploy does not start.
  const [reportOnly] = BLOCKS.filter(({ name }) => name === 'policy.json');
  guide.write('policy.json', reportOnly?.text ?? '');
  const tooEarly = await guide.again('8. Remove the native action');
  expect(tooEarly.output).toContain('report-only');
  expect(tooEarly.output).not.toContain('cdk deploy');
  native = false;
  await guide.follow('8. Remove the native action', ({ output }) => {
    expect(output).toContain('The given values are the stored ones.');
    expect(output).toContain('not run: npx cdk deploy -c stage=production');
    expect(statusesIn(output)).toEqual([401]);
    expect(output).toContain('"code":"token_missing"');
  });
  succeeds(await guide.run('npm run policy -- rollback'));
  expect(await statusOf()).toBe(401);
  expect(await Promise.all([good, undefined, ...others].map(statusOf))).toEqual([
    200, 401, 403, 401, 401, 401,
  ]);

  await guide.follow('Go back', succeeds);
  await guide.follow('Clean up', succeeds);
  expect(guide.left()).toEqual([]);
});

describe('the stages of the guide', () => {
  const actions = fileNamed('native-actions.json');
  const { $schema: _, hosts: __, ...stage } = fileNamed('production.json');
  const { listenerArn, listenerSecurityGroupId, rulePriority, nativePreFilter, ...values } = stage;
  const own = { listenerArn, listenerSecurityGroupId, rulePriority };
  const contextOf = (options: object) =>
    Object.fromEntries(Object.entries(options).map(([name, value]) => [name, String(value)]));
  const ruleOf = (options: object) => {
    const rules = templateOf(contextOf(options)).findResources('AWS::ElasticLoadBalancingV2::ListenerRule');
    const [[id, { Properties }] = ['', { Properties: undefined }], ...more] = Object.entries(rules);
    expect(more).toEqual([]);
    return { id, ...Properties };
  };
  const beside = ruleOf({ ...stage, hosts: fileNamed('production.json').hosts });

  test('verify what the old rule verified, at the number before it', () => {
    expect(beside).toMatchObject({ Priority: 40, Actions: [actions[0], { Type: 'forward', Order: 2 }] });
    expect(beside.Conditions).toContainEqual({
      Field: 'host-header',
      HostHeaderConfig: { Values: ['move.example.com'] },
    });
  });

  test('change one rule in place, with the same target group until the end', () => {
    const path = ruleOf({ ...stage, paths: '/api/reports/*' });
    const rest = ruleOf(stage);
    const without = ruleOf(own);
    for (const rule of [path, rest, without]) {
      expect([rule.id, rule.Priority]).toEqual([beside.id, beside.Priority]);
      expect(rule.Actions.at(-1).TargetGroupArn).toEqual(beside.Actions[1].TargetGroupArn);
    }
    expect([path.Actions, rest.Actions]).toEqual([beside.Actions, beside.Actions]);
    expect(without.Actions).toMatchObject([{ Type: 'forward' }]);
  });

  test('end, on the way back, in the actions of the old rule', () => {
    const upstreamTargetGroupArn = actions[1].TargetGroupArn;
    const back = ruleOf({ ...own, ...values, nativeOnly: true, upstreamTargetGroupArn });
    expect(back).toMatchObject({ id: beside.id, Actions: actions });
  });
});

test('the access logs are those of the load balancer, in the format of their names', () => {
  const { listenerArn } = fileNamed('production.json');
  const [, name, id] = /listener\/app\/([^/]+)\/([^/]+)\//.exec(listenerArn) ?? [];
  // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html
  const file = `123456789012_elasticloadbalancing_eu-west-1_app.${name}.${id}_20261126T0900Z_192.0.2.1_2xk8mq1z.log.gz`;
  const copy = BLOCKS.find(({ text }) => text.includes('aws s3 cp'))?.text ?? '';
  const [, pattern = ''] = /--exclude '\*' --include '([^']*)'/.exec(copy) ?? [];
  expect(matchesGlob(file, pattern)).toBe(true);
  expect(matchesGlob(file.replace(`app.${name}.`, 'app.other.'), pattern)).toBe(false);
});

test('the actions are saved as JSON, whatever format the AWS CLI is set to', () => {
  const saving = BLOCKS.flatMap(({ text }) => text.match(/^aws .* > \S+\.json$/gm) ?? []);
  expect(saving).toHaveLength(2);
  expect(saving.filter((command) => !command.includes(' --output json '))).toEqual([]);
});

/** What AWS returns for a command that it rejects. */
const ERROR_RESPONSE =
  '<ErrorResponse><Error><Code>Refused</Code><Message>no</Message></Error></ErrorResponse>';

(AWS_CLI ? test : test.skip)('the AWS CLI sends every command of the guide', async () => {
  const directory = temporaryDirectory();
  const sent: string[] = [];
  const aws = await startLoopbackServer({ name: 'AWS', port: 0 }, () => (incoming, response) => {
    incoming.on('data', (body) => sent.push(String(body)));
    incoming.on('end', () => response.writeHead(400).end(ERROR_RESPONSE));
  });
  const env = {
    ...unconfiguredEnvironment(),
    ...{ AWS_ENDPOINT_URL: aws.origin, AWS_DEFAULT_REGION: 'eu-west-1' },
    ...{ AWS_ACCESS_KEY_ID: 'none', AWS_SECRET_ACCESS_KEY: 'none' },
  };
  const write = () => {
    for (const { kind, name, text } of BLOCKS)
      if (kind === 'file') writeFileSync(join(directory.path, name), text);
  };
  const blocks = BLOCKS.filter(({ kind, text }) => kind === 'commands' && text.includes('aws elbv2'));
  for (const { text } of blocks) {
    write();
    const script = `npx() { :; }; npm() { :; }; curl() { :; }\n${text}`;
    await new Promise<void>((resolve) => {
      execFile('bash', ['-c', script], { cwd: directory.path, env }, () => resolve());
    });
  }
  await aws.close();
  directory.remove();
  const calls = sent.map((body) => {
    const fields = new URLSearchParams(body);
    const of = ['ListenerArn', 'RuleArns.member.1', 'RulePriorities.member.1.RuleArn', 'RuleArn'];
    return `${fields.get('Action')} ${of.flatMap((name) => fields.get(name) ?? []).join()}`;
  });
  expect(calls).toEqual([
    'DescribeRules LISTENER',
    'DescribeRules OLD-RULE',
    'DescribeRules LISTENER',
    'SetRulePriorities OLD-RULE',
    'SetRulePriorities OLD-RULE',
    'DescribeRules NEW-RULE',
    'ModifyRule NEW-RULE',
    'DeleteRule OLD-RULE',
  ]);
  const { rulePriority } = fileNamed('production.json');
  expect(blocks.map(({ text }) => text).join()).toContain(`[?Priority=='${rulePriority}']`);
  const [ahead, behind] = [sent[3], sent[4]].map((body) =>
    Number(new URLSearchParams(body).get('RulePriorities.member.1.Priority')),
  );
  expect(ahead).toBeLessThan(rulePriority);
  expect(behind).toBeGreaterThan(rulePriority);
  const back = new URLSearchParams(sent[6]);
  expect(back.get('Actions.member.1.JwtValidationConfig.AdditionalClaims.member.2.Values.member.1')).toBe(
    'orders:read',
  );
  expect(back.get('Actions.member.2.TargetGroupArn')).toMatch(/:targetgroup\/orders\//);
});
