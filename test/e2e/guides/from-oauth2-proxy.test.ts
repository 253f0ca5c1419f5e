import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { createLocalJWKSet, exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose';
import { PARAMETERS } from '../../../lambda/contract.ts';
import { headerValue } from '../../../lambda/core/http/header-value.ts';
import { type LoopbackServer, startLoopbackServer } from '../../../local/loopback-server.ts';
import { templateOf } from '../../infra/synth.ts';
import { freePort } from '../../support/free-port.ts';
import { bearerOf, startFront } from '../../support/front.ts';
import { blocksOf, createGuide, type Guide, type Ran, statusesIn } from '../../support/guide.ts';
import { startTestStack, type TestStack } from '../../support/local-stack.ts';
import { ROOT } from '../../tools/run-tool.ts';

let stack: TestStack;
let issuer: Awaited<ReturnType<typeof startIssuer>>;
let guide: Guide;
/** The port of the guide's service for the function. */
let servicePort: number;

beforeAll(async () => {
  stack = await startTestStack();
  issuer = await startIssuer();
  stack.setParameter('issuer', issuer.origin);
  const { loadBalancer } = stack.urls;
  const [first, second] = [await freePort(), await freePort()];
  servicePort = first;
  guide = createGuide('from-oauth2-proxy', stack, {
    ' --local': '',
    ' --path /OrdersDryRun': '',
    'https://login.example.com': issuer.origin,
    'http://localhost:8080': loadBalancer,
    'https://api.example.com': loadBalancer,
    'http://orders.internal.example:9000': stack.upstream.origin,
    'http://orders.internal.example:9001': stack.upstream.origin,
    'listen(9000': `listen(${first}`,
    'listen(9001': `listen(${second}`,
    'http://127.0.0.1:9000': `http://127.0.0.1:${first}`,
  });
});
afterAll(async () => {
  // The service must not outlive a test that fails on the way.
  await guide.again('3. Change the service');
  guide.close();
  await issuer.close();
  await stack.close();
});

/** An authorization server whose tokens have the claims that oauth2-proxy reads. */
async function startIssuer() {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const keys = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'RS256', use: 'sig' }] };
  const token = (claims: object) =>
    new SignJWT({ ...claims })
      .setProtectedHeader({ alg: 'RS256', kid: 'k', typ: 'JWT' })
      .setIssuer(server.origin)
      .setAudience('api.example.com')
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(privateKey);
  const server: LoopbackServer = await startLoopbackServer(
    { name: 'issuer', port: 0 },
    (origin) => async (incoming, response) => {
      const results: Record<string, () => unknown> = {
        '/.well-known/openid-configuration': () => ({ issuer: origin, jwks_uri: `${origin}/jwks` }),
        '/jwks': () => keys,
        '/oauth/token': async () => ({ access_token: await token(JANE) }),
      };
      response.end(JSON.stringify(await results[incoming.url ?? '']?.()));
    },
  );
  return { ...server, token, keys: createLocalJWKSet(keys) };
}

const JANE = { sub: 'jane', email: 'jane@example.com', groups: ['orders-users', 'staff'] };

const succeeds = ({ status, output }: Ran) => expect({ status, output }).toEqual({ status: 0, output });
/** The header fields that say who called, in each response of the upstream. */
const identitiesIn = (output: string) =>
  [...output.matchAll(/"headers": (\[[\s\S]*?\n {2}\])/g)].map(([, headers = '']) =>
    (JSON.parse(headers) as [string, string][]).filter(([name]) =>
      /^x-(?:jwt|forwarded-user|forwarded-groups)/i.test(name),
    ),
  );
const asAfterADeploy = () => {
  for (const name of ['issuer', 'audience', 'upstream', 'policy'] as const) {
    stack.setParameter(name, PARAMETERS[name].initial);
  }
};

test('the guide moves bearer callers from oauth2-proxy, and no forged header decides who they are', async () => {
  await guide.follow('1. Write the policy', succeeds);
  await guide.follow('2. Try it on a laptop', (ran) => {
    succeeds(ran);
    const [verified, open] = identitiesIn(ran.output);
    expect(verified).toEqual([
      ['x-forwarded-user', 'admin'],
      ['x-jwt-provider', 'default'],
      ['x-jwt-issuer', issuer.origin],
      ['x-jwt-subject', 'jane'],
      ['x-jwt-email', 'jane@example.com'],
      ['x-jwt-groups', '["orders-users","staff"]'],
    ]);
    expect(open).toEqual([['x-forwarded-user', 'admin']]);
  });
  await guide.follow('3. Change the service', async (ran, index) => {
    succeeds(ran);
    if (index > 0) return;
    expect(statusesIn(ran.output)).toEqual([200, 401]);
    expect(ran.output).toContain('Hello jane, of orders-users and staff');
    await expectAnyClaim();
  });

  asAfterADeploy();
  await guide.follow('4. Dry run behind oauth2-proxy', succeeds);
  const proxy = await startOauth2Proxy();
  const call = async (headers: Record<string, string>) => {
    const response = await fetch(`${proxy.origin}/api/reports/1`, {
      headers: { ...headers, 'x-forwarded-user': 'admin' },
    });
    return { status: response.status, who: identitiesIn(await response.text())[0] };
  };
  const [jane, other] = [await issuer.token(JANE), await issuer.token({ sub: 'joe', groups: ['staff'] })];
  const asBefore = (user: string, groups: string) =>
    expect.arrayContaining([
      ['x-forwarded-user', user],
      ['x-forwarded-groups', groups],
    ]);
  expect(await call({ authorization: `Bearer ${jane}` })).toEqual({
    status: 200,
    who: asBefore('jane', 'orders-users,staff'),
  });
  expect(await call({ authorization: `Bearer ${other}` })).toEqual({
    status: 200,
    who: [
      ['x-forwarded-user', 'joe'],
      ['x-forwarded-groups', 'staff'],
    ],
  });
  expect((await call({ cookie: '_oauth2_proxy=session' })).who).toEqual(asBefore('anna', 'orders-users'));
  expect((await call({})).status).toBe(401);
  await proxy.close();
  expect(await guide.query('would be refused')).toEqual(
    expect.arrayContaining(
      ['claim_mismatch', 'token_missing'].map((result) =>
        expect.objectContaining({ outcome: 'reported', route: '/api/*', result, requests: '1' }),
      ),
    ),
  );

  asAfterADeploy();
  await guide.follow('5. Switch one path', (ran, index) => {
    succeeds(ran);
    if (index === 0) expect(statusesIn(ran.output)).toEqual([200, 401]);
  });
  expect((await stack.call('/api/reports/1', other)).status).toBe(403);
  await guide.follow('6. Switch the rest, and end the dry run', succeeds);
  await guide.follow('Go back', ({ output }) => {
    expect(output).toContain('not run: aws elbv2 set-rule-priorities');
  });
  expect(guide.left()).toEqual([]);
});

/** The service's responses for claims of any kind, encoded as the function encodes them. */
async function expectAnyClaim(): Promise<void> {
  const greeted = async (subject: string | undefined, groups: unknown) => {
    const text = typeof groups === 'string' ? groups : JSON.stringify(groups);
    const headers = Object.entries({
      'x-jwt-subject': subject,
      'x-jwt-groups': text,
      'x-forwarded-user': 'admin',
    });
    const sent = headers.flatMap(([name, value]) =>
      value === undefined ? [] : [[name, headerValue(value)]],
    );
    const response = await fetch(`http://127.0.0.1:${servicePort}/api/orders/1`, {
      headers: Object.fromEntries(sent),
    });
    return response.ok ? await response.text() : response.status;
  };
  expect(await greeted('jürgen', ['Zürich', "it's"])).toBe("Hello jürgen, of Zürich and it's\n");
  expect(await greeted('jane', undefined)).toBe('Hello jane, of \n');
  expect(await greeted(undefined, ['orders-users'])).toBe(401);
  for (const groups of ['staff', '[', '%', 'ü', '', 5, null, true, { a: 1 }, '\ud800']) {
    expect(await greeted('jane', groups)).toBe(401);
  }
  expect(await greeted('jane', [])).toBe('Hello jane, of \n');
}

/** oauth2-proxy with the guide's configuration, in front of the local load balancer: what its code does with headers. */
function startOauth2Proxy(): Promise<LoopbackServer> {
  return startFront(stack.urls.loadBalancer, async (incoming) => {
    if (incoming.headers.cookie === '_oauth2_proxy=session') {
      return { 'x-forwarded-user': 'anna', 'x-forwarded-groups': 'orders-users' };
    }
    const expected = { issuer: issuer.origin, audience: 'api.example.com' };
    const { payload } = await jwtVerify<typeof JANE>(bearerOf(incoming), issuer.keys, expected);
    return { 'x-forwarded-user': payload.sub, 'x-forwarded-groups': payload.groups.join(',') };
  });
}

const blocks = blocksOf(readFileSync(join(ROOT, 'docs/guides/from-oauth2-proxy.md'), 'utf8'));

test('the policy in report-only mode goes to the stack of the dry run, and each proxy to its own port', () => {
  const puts = blocks.flatMap(
    ({ text }) => text.replaceAll(/\\\n */g, '').match(/^npm run policy -- put .*$/gm) ?? [],
  );
  const reaching = (port: number) =>
    puts.filter((put) => put.includes(`http://orders.internal.example:${port} `));
  const dryRuns = puts.filter((put) => put.includes('report-only'));
  expect(dryRuns).toEqual(puts.filter((put) => put.includes(' --path /OrdersDryRun ')));
  expect([dryRuns, reaching(9001)]).toEqual([reaching(9001), dryRuns]);
  expect([dryRuns.length, reaching(9000).length]).toEqual([1, 1]);
  const priorities = blocks.flatMap(({ text }) => [...text.matchAll(/,Priority=(\d+)/g)]);
  expect(priorities.map(([, priority]) => Number(priority) < 40)).toEqual([true]);
});

test('the stages of the guide are ones that the app takes', () => {
  const contextOf = (name: string) => {
    const { $schema: _, ...options } = JSON.parse(blocks.find((block) => block.name === name)?.text ?? '');
    return Object.fromEntries(Object.entries(options).map(([option, value]) => [option, String(value)]));
  };
  const production = contextOf('production.json');
  const prioritiesOf = (context: Record<string, string>): number[] =>
    Object.values(templateOf(context).findResources('AWS::ElasticLoadBalancingV2::ListenerRule')).map(
      ({ Properties }) => Properties.Priority,
    );
  expect(prioritiesOf(production)).toEqual([40]);
  // The number of a rule beyond the first one comes after that of oauth2-proxy's rule.
  const paths = ['/api/reports/*', '/api/orders/*', '/api/users/*'];
  expect(prioritiesOf({ ...production, paths: paths.slice(0, 2).join() })).toEqual([40]);
  const several = prioritiesOf({ ...production, paths: paths.join() });
  expect(several).toHaveLength(2);
  expect(Math.max(...several)).toBeGreaterThan(50);
  const signedIn = { CDK_DEFAULT_ACCOUNT: '123456789012', CDK_DEFAULT_REGION: 'eu-west-1' };
  const dryRun = templateOf(contextOf('dry-run.json'), signedIn);
  dryRun.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', { Scheme: 'internal' });
  dryRun.hasResourceProperties('AWS::EC2::SecurityGroup', {
    SecurityGroupIngress: [Match.objectLike({ CidrIp: '10.0.16.0/24' })],
  });
  dryRun.hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: Match.objectLike({ CONFIG_PATH: '/OrdersDryRun' }) },
  });
});
