import { describe, expect, test } from '@jest/globals';
import { CommandFailure } from '../../../tools/arguments.ts';
import { AwsFailure } from '../../../tools/aws-call.ts';
import { packedForm } from '../../../tools/check-config/sizes.ts';
import { REQUIRED_BOOTSTRAP } from '../../../tools/doctor/checks/account.ts';
import { ALARM, DOOR, denied, findingsOf, NOW, responseOf, STACK, stored, textsOf, VERSIONS } from './doctor-world.ts'; // biome-ignore format: one line

describe('the machine', () => {
  test('an old Node.js is a problem, and no Node.js 24 for npm start a warning', async () => {
    expect(await textsOf('node', { machine: { nodeVersion: '20.18.3' } })).toEqual([
      'problem 20.18.3 is too old for the tools > Install Node.js 20.19 or later; 24 also runs what npm start runs.',
    ]);
    const functionNode = () => {
      throw new Error('Run "npm ci".');
    };
    expect(await textsOf('node', { machine: { nodeVersion: '20.19.0', functionNode } })).toEqual([
      'warning 20.19.0 runs the tools, but nothing here runs npm start, which needs Node.js 24 > Run "npm ci".',
    ]);
  });

  test('compares the installed packages with the lock file, except those that some platforms do not get', async () => {
    const lock = (packages: object) => ({ 'package-lock.json': JSON.stringify({ packages }) });
    const four = Object.fromEntries(
      ['a', 'c', '@d/e', 'f', 'a/node_modules/g'].map((name) => [
        `node_modules/${name}`,
        { version: '1.2.3' },
      ]),
    );
    expect(await textsOf('dependencies', { files: lock(four) })).toEqual([
      'warning node_modules differs from package-lock.json: a is 1.0.0, not 1.2.3, c 1.2.3 is missing, @d/e 1.2.3 is missing, 2 more > Run npm ci.',
    ]);
    const half = {
      ...lock({ 'node_modules/a': { version: '1.0.0' } }),
      'node_modules/a/package.json': '{"ver',
    };
    expect((await textsOf('dependencies', { files: half }))[0]).toMatch(
      /: a is incomplete, not 1\.0\.0 > Run/,
    );
    for (const text of [undefined, '', '{}']) {
      expect((await textsOf('dependencies', { files: { 'package-lock.json': text } }))[0]).toMatch(
        /^problem package-lock\.json is missing or is not a lock file/,
      );
    }
  });
});

describe('the account', () => {
  const identity = async () => ({
    account: '1',
    arn: 'arn:aws:iam::1:user/jo',
    expiresAt: (NOW + 540) * 1000,
  });

  test('credentials that are about to expire cause a warning', async () => {
    expect(await textsOf('credentials', { aws: { identity }, environment: { AWS_PROFILE: 'dev' } })).toEqual([
      expect.stringMatching(
        /^warning account 1, arn:aws:iam::1:user\/jo, profile dev: they expire in 9 minutes > /,
      ),
    ]);
  });

  test('that AWS rejects, such as for a role that may not be assumed, are a problem', async () => {
    expect(await textsOf('credentials', { aws: { identity: denied } })).toEqual([
      'problem X could not be read: access denied. > Allow it.',
    ]);
  });

  test("expire by AWS's clock", async () => {
    expect((await textsOf('credentials', { aws: { identity, clockAhead: () => -480 } }))[0]).toContain(
      'they expire in 1 minutes',
    );
  });

  test('suggests --local for an endpoint on this machine without STS', async () => {
    const place = { endpoint: new URL('http://localhost:8082') };
    const failing = async () => {
      throw new AwsFailure({ detail: 'No STS.', remedy: 'x', denied: false }, undefined);
    };
    expect((await textsOf('credentials', { place, aws: { identity: failing } }))[0]).toMatch(
      /^problem No STS\. > .*give --local/,
    );
  });

  test.each<[number, RegExp]>([
    [29, /^ok agrees/],
    [-31, /^warning is 31 seconds behind/],
    [301, /^problem is 301 seconds ahead of/],
  ])('a clock that is %d seconds ahead', async (ahead, text) => {
    expect((await textsOf('clock', { aws: { clockAhead: () => ahead } }))[0]).toMatch(text);
  });

  test('checks the clock even if AWS rejects the credentials, because the clock may be the reason', async () => {
    const identity = async () => {
      throw new AwsFailure({ detail: 'Refused.', remedy: 'x', denied: false }, undefined);
    };
    expect((await textsOf('clock', { aws: { identity, clockAhead: () => 4000 } }))[0]).toMatch(
      /^problem is 4000/,
    );
  });

  test('no region is a problem, even with AWS_DEFAULT_REGION', async () => {
    const region = async () => {
      throw new AwsFailure({ detail: 'No region.', remedy: 'Give --region.', denied: false }, undefined);
    };
    expect(await textsOf('region', { aws: { region }, environment: {} })).toEqual([
      'problem No region. > Give --region.',
    ]);
    const environment = { AWS_DEFAULT_REGION: 'eu-north-1' };
    expect((await textsOf('region', { aws: { region }, environment }))[0]).toContain(
      'Set AWS_REGION to eu-north-1',
    );
    expect(await textsOf('region', { environment: { AWS_PROFILE: 'dev' } })).toEqual([
      'ok eu-west-1, from the profile dev',
    ]);
  });

  test('looks for the bootstrap stack by the qualifier in cdk.json', async () => {
    const requested: string[] = [];
    const parameter = async (name: string) => {
      requested.push(name);
      return undefined;
    };
    expect((await textsOf('bootstrap', { aws: { parameter } }))[0]).toMatch(
      /^problem .*not bootstrapped.* > Run npx cdk bootstrap\. If it was/,
    );
    const cdk = JSON.stringify({ context: { '@aws-cdk/core:bootstrapQualifier': 'team' } });
    expect((await textsOf('bootstrap', { aws: { parameter }, files: { 'cdk.json': cdk } }))[0]).toContain(
      'Run npx cdk bootstrap --qualifier team.',
    );
    expect(requested).toEqual(['/cdk-bootstrap/hnb659fds/version', '/cdk-bootstrap/team/version']);
    for (const version of ['5', 'x']) {
      const texts = await textsOf('bootstrap', { aws: { parameter: async () => version } });
      expect(texts[0]).toMatch(
        new RegExp(`^problem version ${version} .*too old: a deploy needs ${REQUIRED_BOOTSTRAP}`),
      );
    }
    expect((await textsOf('bootstrap', { files: { 'cdk.json': '{' } }))[0]).toMatch(
      /^problem cdk\.json is missing/,
    );
  });
});

describe('the stack', () => {
  const stacks = (...list: readonly object[]) => ({
    stacks: async () => list.map((changes) => ({ ...STACK, ...changes })),
  });

  test('before a first deploy, says what to do next, without a problem', async () => {
    const findings = await findingsOf('stack', { aws: stacks() });
    expect(findings).toEqual([
      {
        status: 'skipped',
        detail: 'nothing is deployed in this account and region yet',
        remedy: expect.stringContaining('npx cdk deploy'),
      },
    ]);
  });

  test.each<[string, RegExp]>([
    ['CREATE_COMPLETE', /^ok Ours, CREATE_COMPLETE$/],
    ['UPDATE_IN_PROGRESS', /^warning Ours, UPDATE_IN_PROGRESS/],
    ['REVIEW_IN_PROGRESS', /^warning .*change set/],
    ['UPDATE_ROLLBACK_COMPLETE', /^warning .*last deploy failed/],
    ['UPDATE_ROLLBACK_FAILED', /^problem .*continue-update-rollback --stack-name Ours\b/],
    ['UPDATE_FAILED', /^problem /],
    ['ROLLBACK_COMPLETE', /^problem .*first deploy failed/],
    ['CREATE_FAILED', /^problem .*first deploy failed/],
    ['ROLLBACK_FAILED', /^problem .*a-stack-cannot-be-deleted$/],
    ['DELETE_FAILED', /^problem .*a-stack-cannot-be-deleted$/],
    ['IMPORT_ROLLBACK_FAILED', /^problem .*import/],
    ['SOMETHING_NEW', /^warning .*unknown to this version/],
  ])('of the status %s', async (status, text) => {
    expect((await textsOf('stack', { aws: stacks({ status }) }))[0]).toMatch(text);
  });

  test('one whose first deploy failed has no outputs, and is found by its description', async () => {
    const aws = stacks({ outputs: {}, status: 'ROLLBACK_COMPLETE' });
    expect((await textsOf('stack', { aws }))[0]).toMatch(/^problem Ours, ROLLBACK_COMPLETE/);
    expect(await textsOf('keeper', { aws })).toEqual([
      'skipped needs the prefix of the parameters (see Stack)',
    ]);
  });

  test('has to be named if there are several, and a foreign stack is never taken', async () => {
    const other = { name: 'Other', outputs: { ConfigPath: '/other' } };
    const foreign = { name: 'Foreign', outputs: {}, description: 'Something else' };
    expect((await textsOf('stack', { aws: stacks({}, other, foreign) }))[0]).toBe(
      'problem there are several deployments here: Other, Ours > Name one with --stack or --path.',
    );
    expect((await textsOf('stack', { aws: stacks({}, other), place: { path: '/other' } }))[0]).toMatch(
      /^ok Other/,
    );
    expect((await textsOf('stack', { aws: stacks({}), place: { path: '/no' } }))[0]).toMatch(
      /^problem no stack here has its parameters under \/no > .* one of \/app,/,
    );
    expect((await textsOf('stack', { aws: stacks({ outputs: {} }), place: { path: '/no' } }))[0]).toMatch(
      /> Give --stack in place of --path \(Ours\), /,
    );
    expect((await textsOf('stack', { aws: stacks(foreign), place: { stack: 'Foreign' } }))[0]).toMatch(
      /^problem the stack Foreign is not a deployment of this app/,
    );
    const gone = async () => {
      throw new AwsFailure(
        { detail: 'Stack with id X does not exist.', remedy: 'x', denied: false },
        undefined,
      );
    };
    expect((await textsOf('stack', { aws: { stacks: gone }, place: { stack: 'X' } }))[0]).toMatch(
      /^problem there is no stack X in this account and region/,
    );
  });

  test('that may not be described leaves the parameters to check, if the prefix is given', async () => {
    const aws = { stacks: denied };
    expect((await textsOf('stack', { aws }))[0]).toMatch(/^skipped .*Or give --path PREFIX/);
    expect((await textsOf('parameters', { aws, place: { path: '/app' } }))[0]).toMatch(
      /^ok valid under \/app/,
    );
    expect((await textsOf('keys', { aws, place: { path: '/app' } }))[0]).toMatch(
      /^ok provider default: 1 key/,
    );
  });

  test('in a region other than that of the calls causes a warning', async () => {
    const id = 'arn:aws:cloudformation:eu-north-1:1:stack/Ours/1';
    expect(await textsOf('stack', { aws: stacks({ id }) })).toContainEqual(
      expect.stringMatching(/^warning its region is eu-north-1, and calls go to eu-west-1/),
    );
  });

  test('whose load balancer itself verifies tokens has no parameters, and the report says so', async () => {
    const { ListenerArn, Url } = STACK.outputs;
    const aws = stacks({ outputs: { ListenerArn, Url } });
    const call = async () => responseOf(401, { server: 'awselb/2.0' });
    const reason =
      'skipped the load balancer itself verifies tokens, so there are no parameters and no keeper';
    expect(await textsOf('parameters', { aws, call })).toEqual([reason]);
    expect(await textsOf('keeper', { aws, call })).toEqual([reason]);
    expect((await textsOf('targets', { aws, call }))[0]).toMatch(/^skipped the stack has none/);
    expect((await textsOf('call', { aws, call }))[0]).toMatch(/^ok .*own verification/);
  });
});

describe('the parameters', () => {
  const parameters = (
    values: Parameters<typeof stored>[0],
    change = (list: ReturnType<typeof stored>) => list,
  ) => ({
    aws: { parametersUnder: async () => change(stored(values)) },
  });

  test('are summed up, with their versions', async () => {
    const policy = packedForm('{"routes":[{"path":"/api/a","scopes":["a"]}],"unmatched":"deny"}');
    expect((await textsOf('parameters', parameters({ policy })))[0]).toMatch(
      /valid under \/app: 1 provider, 1 route; versions issuer 3, audience 3, jwks-uri 3, /,
    );
  });

  test('that are still placeholders are reported with the command that sets them', async () => {
    const texts = await textsOf('parameters', parameters({ issuer: 'https://issuer.invalid', audience: 'audience.invalid' })); // biome-ignore format: one line
    expect(texts[0]).toMatch(
      /^problem \/app\/issuer: .*placeholder.* > Run aws ssm put-parameter --set-issuer$/,
    );
    expect(texts[1]).toMatch(/^problem \/app\/audience: .*placeholder.* > Correct the parameter\. /);
  });

  test('that are missing, encrypted or not valid are reported one by one, and the rest is counted', async () => {
    expect(
      (
        await textsOf(
          'parameters',
          parameters({}, () => []),
        )
      )[0],
    ).toMatch(/^problem there are none under \/app > /);
    expect(
      await textsOf(
        'parameters',
        parameters({}, (list) => list.slice(0, 5)),
      ),
    ).toEqual([expect.stringMatching(/^problem \/app\/revocations is missing > /)]);
    const encrypted = parameters({}, (list) =>
      list.map((one) => ({ ...one, Type: 'SecureString' as const })),
    );
    expect((await textsOf('parameters', encrypted))[0]).toMatch(/^problem \/app\/issuer is a SecureString/);
    const routes = Array.from({ length: 8 }, (_, index) => ({ path: `/api/${index}`, nope: 1 }));
    const texts = await textsOf('parameters', parameters({ policy: JSON.stringify({ routes }) }));
    expect(texts).toHaveLength(6);
    expect(texts[0]).toMatch(/^problem \/app\/policy: routes\.0.*\(line 1:\d+\)/);
    expect(texts[5]).toMatch(
      /^problem 3 more problems > To list them, run npm run check-config -- --path \/app/,
    );
  });

  test('with check-config warnings cause a warning, unless those are accepted', async () => {
    const changes = parameters({ upstream: 'https://YOUR-UPSTREAM.example' });
    expect((await textsOf('parameters', changes))[0]).toMatch(
      /^warning valid, with 1 warning, under \/app: .* > To list them, run npm run check-config -- --path \/app --strict\./,
    );
    expect((await textsOf('parameters', { ...changes, accepted: ['upstream:placeholder'] }))[0]).toMatch(
      /^ok /,
    );
    // An ID accepted in vain would hide a warning that returns under it one day.
    expect(await textsOf('parameters', { ...changes, accepted: ['upstream:placeholder', 'nope'] })).toEqual([
      expect.stringMatching(/^ok /),
      'warning no warning has the id of --accept nope > Leave the option out, or correct the id.',
    ]);
  });

  test('are checked by a command that goes to the same endpoint and region', async () => {
    const place = { endpoint: new URL('http://localhost:8082'), region: 'eu-north-1' };
    const changes = { ...parameters({ policy: '{"nope":1}' }), place };
    expect((await textsOf('parameters', changes))[0]).toMatch(
      / --path \/app --endpoint-url http:\/\/localhost:8082 --region eu-north-1$/,
    );
  });
});

describe('keys', () => {
  const fetchDocument = async (url: URL): Promise<never> => {
    throw new Error(`${url.href}: connect ECONNREFUSED`);
  };

  test('that cannot be fetched from here are a problem, or a warning if only a private network has them', async () => {
    expect((await textsOf('keys', { fetchDocument }))[0]).toMatch(
      /^problem provider default: no keys from here: .*ECONNREFUSED > .*callers-get-503-keys_unavailable$/,
    );
    const policy = JSON.stringify({
      providers: {
        inside: {
          type: 'jwks',
          issuer: 'https://in.example',
          audience: ['a'],
          jwksUri: 'http://10.0.0.1/keys',
          insecureHttp: true,
        },
      },
    });
    const aws = { parametersUnder: async () => stored({ policy }) };
    const texts = await textsOf('keys', { fetchDocument, aws });
    expect(texts).toContainEqual(
      expect.stringMatching(/^warning provider inside: no keys from here: .*inside a private network/),
    );
  });

  test('whose discovery document names another issuer cause a warning', async () => {
    const aws = {
      parametersUnder: async () =>
        stored({ issuer: 'https://issuer.example/', 'jwks-uri': 'https://issuer.example/keys' }),
    };
    expect((await textsOf('keys', { aws }))[1]).toMatch(
      /^warning provider default: "issuer" of .* > Compare/,
    );
  });
});

describe('the keeper', () => {
  const returning = (result: object) => ({
    aws: { runKeeper: async () => ({ versions: VERSIONS, parametersReadAt: NOW, refused: [], ...result }) },
  });

  test('that rejects a value, lags behind, or has not read for long is a problem', async () => {
    expect(await textsOf('keeper', returning({ refused: ['/app/policy: is no JSON'] }))).toEqual([
      expect.stringMatching(/^problem it rejects \/app\/policy: is no JSON > .*does-not-take-effect$/),
    ]);
    expect((await textsOf('keeper', returning({ versions: { ...VERSIONS, policy: 2 } })))[0]).toMatch(
      /^problem not in force, under \/app: version 3 of policy \(2 is\) > /,
    );
    expect((await textsOf('keeper', returning({ versions: {} })))[0]).toContain(
      'version 3 of issuer (none is), ',
    );
    expect((await textsOf('keeper', returning({ parametersReadAt: NOW - 200 })))[0]).toMatch(
      /^problem the snapshot says that the parameters were read 200 seconds ago > .*the-keeper-fails$/,
    );
  });

  test('says once that it rejects what was already reported, and lists only a few other rejections', async () => {
    const refused = ['a', 'b', 'c', 'd', 'e'];
    const known = returning({ refused });
    expect(await textsOf('keeper', known)).toEqual([
      expect.stringMatching(/^problem it rejects a; b; c; 2 more > /),
    ]);
    for (const list of [[], stored({ policy: '{' })]) {
      const aws = { ...known.aws, parametersUnder: async () => list };
      expect(await textsOf('keeper', { aws })).toEqual([
        expect.stringMatching(/^problem it rejects what Parameters names > /),
      ]);
    }
  });

  test("has its age by AWS's clock, whatever this machine's says", async () => {
    const { aws } = returning({ parametersReadAt: NOW - 400 });
    expect(await textsOf('keeper', { aws: { ...aws, clockAhead: () => 400 } })).toEqual([
      expect.stringMatching(/^ok .* 0 seconds old$/),
    ]);
    const late = returning({ parametersReadAt: NOW + 200 }).aws;
    expect((await textsOf('keeper', { aws: { ...late, clockAhead: () => -400 } }))[0]).toMatch(
      /^problem .*200 seconds ago/,
    );
  });

  test('that fails leads to the runbook, and one that is switched off is not a fault', async () => {
    const runKeeper = async () => {
      throw new CommandFailure('The function keeper failed: x. Its log says why.');
    };
    expect(await textsOf('keeper', { aws: { runKeeper } })).toEqual([
      'problem The function keeper failed: x. Its log says why. > See why: docs/runbook.md#the-keeper-fails',
    ]);
    const { KeeperFunction: _, ...outputs } = STACK.outputs;
    expect((await textsOf('keeper', { aws: { stacks: async () => [{ ...STACK, outputs }] } }))[0]).toMatch(
      /^skipped this deployment runs without one/,
    );
  });
});

describe('alarms', () => {
  test("that are raised are reported with the runbook's entry", async () => {
    const AlarmDescription = 'It broke. Runbook: docs/runbook.md#the-keeper-fails';
    const times = {
      StateTransitionedTimestamp: new Date(NOW * 1000),
      // Changes with each evaluation.
      StateUpdatedTimestamp: new Date(),
    };
    const alarms = async () => [{ ...ALARM, ...times, StateValue: 'ALARM' as const, AlarmDescription }];
    expect(await textsOf('alarms', { aws: { alarms } })).toEqual([
      `problem Ours-Alarm is raised since 2026-09-21T14:13:20.000Z > ${AlarmDescription}`,
    ]);
  });

  test('without data or deleted by hand cause a warning, and having none is not a fault', async () => {
    const silent = async () => [{ ...ALARM, StateValue: 'INSUFFICIENT_DATA' as const }];
    expect((await textsOf('alarms', { aws: { alarms: silent } }))[0]).toMatch(
      /^warning 1 of 1 have no data yet/,
    );
    expect((await textsOf('alarms', { aws: { alarms: async () => [] } }))[0]).toMatch(
      /^warning 1 of 1 were deleted/,
    );
    expect((await textsOf('alarms', { aws: { resources: async () => [] } }))[0]).toMatch(
      /^skipped the stack has none/,
    );
  });
});

test.each<[object[], RegExp]>([
  [[], /^problem it has no function, so the load balancer returns 503/],
  [[{ TargetHealth: { State: 'healthy' } }], /^ok the function is healthy/],
  [
    [{ TargetHealth: { State: 'unused', Description: 'not used' } }],
    /^problem .*unused: not used > No listener rule/,
  ],
  [[{ TargetHealth: { State: 'unhealthy' } }], /^problem .*unhealthy > Read/],
  [[{ TargetHealth: { State: 'initial' } }], /^warning .*initial/],
])('a target group with %j', async (described, text) => {
  expect((await textsOf('targets', { aws: { targets: async () => described } }))[0]).toMatch(text);
});

test('warns that the listener of a trial is plain HTTP', async () => {
  const door = async () => ({ ...DOOR, secure: false, certificateArns: [] });
  expect((await textsOf('certificate', { aws: { door, resources: async () => [] } }))[0]).toMatch(
    /^warning the listener is plain HTTP/,
  );
});
