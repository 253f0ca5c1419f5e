import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { disagreements } from '../../../infra/options/policy-agreement.ts';
import { type PolicyFile, readPolicyFile } from '../../../infra/options/policy-file.ts';
import { unpack } from '../../../lambda/core/config/pack.ts';
import { contextOf, NATIVE } from '../shapes.ts';
import { optionsOf, seedsOf, templateOf } from '../synth.ts';

const ROUTE = { path: '/api/orders/*', scopes: ['orders:write'] };

describe('a policy given at synth', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'policy-'));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  it.each<[string, string]>([
    ['is not a file', '/dev/zero'],
    ['is not a file', tmpdir()],
    ['cannot be read (ENOENT)', '/no/such.json'],
  ])('is rejected: it %s (%s)', async (problem, file) => {
    expect(await readPolicyFile(file)).toEqual({ kind: 'invalid', problems: [`policy: ${file} ${problem}`] });
  });

  it('is rejected unread if it is too long', async () => {
    const file = fileOf(' '.repeat(300_000));
    expect(await readPolicyFile(file)).toEqual({
      kind: 'invalid',
      problems: [`policy: ${file} has 300000 bytes; a policy has at most 262144`],
    });
  });

  const fileOf = (content: unknown) => {
    const file = join(directory, 'policy.json');
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
    return file;
  };
  const policyOf = async (content: unknown): Promise<PolicyFile> => {
    const read = await readPolicyFile(fileOf(content));
    if (read.kind === 'invalid') throw new Error(read.problems.join('\n'));
    return read.policy;
  };
  const problemsOf = async (content: unknown) => {
    const read = await readPolicyFile(fileOf(content));
    return read.kind === 'invalid' ? read.problems : [];
  };

  it('becomes the initial value of its parameter unchanged, in a tier that lets it grow', async () => {
    const text = JSON.stringify({ routes: [ROUTE] }, null, 2);
    const policy = await policyOf(text);
    expect(policy.value).toBe(text);
    const template = templateOf({}, {}, policy);
    expect(seedsOf(template)).toMatchObject({ Parameters: { policy: text } });
    expect(JSON.stringify(template.findOutputs('SetPolicy'))).toContain('Intelligent-Tiering');
  });

  it('is written in ASCII, the only characters that CloudFormation keeps intact, with the same meaning', async () => {
    const document = { routes: [{ ...ROUTE, claims: { name: { equals: 'Zoë 😀 \u007f\u0080' } } }] };
    const { value } = await policyOf(document);
    expect(value).toMatch(/^[\x20-\x7f]+$/);
    expect(value).toContain('Zo\\u00eb \\ud83d\\ude00');
    expect(JSON.parse(value)).toEqual(document);
  });

  it('is one argument of the printed command, even with single quotes', async () => {
    const policy = await policyOf({ routes: [{ ...ROUTE, claims: { name: { equals: "O'Neill" } } }] });
    const [output] = Object.values(templateOf({}, {}, policy).findOutputs('SetPolicy'));
    const command: string = output?.Value['Fn::Join'][1].at(-1);
    const [, argument = '', rest] = /--cli-input-json '([^']*)'(.*)$/.exec(command) ?? [];
    expect(rest).toBe('');
    expect(JSON.parse(argument)).toMatchObject({ Value: policy.value });
  });

  it('is packed if it does not fit into a standard parameter', async () => {
    const routes = Array.from({ length: 100 }, (_, index) => ({ ...ROUTE, path: `/api/orders/${index}/*` }));
    const { value } = await policyOf({ routes });
    expect(value).toMatch(/^gz:/);
    expect(unpack(value)).toEqual({ value: JSON.stringify({ routes }) });
    expect((await policyOf(value)).document).toEqual({ routes });
  });

  it('is packed if SSM would take two braces in a row for a reference', async () => {
    const { value } = await policyOf({ routes: [{ ...ROUTE, claims: { tenant: { equals: '{{x}}' } } }] });
    expect(value).toMatch(/^gz:/);
  });

  it('is rejected if even its packed form is too long for SSM', async () => {
    // Random enough not to shrink.
    let seed = 1;
    const noise = () => {
      seed = (seed * 48271) % 2147483647;
      return seed.toString(36);
    };
    const routes = Array.from({ length: 900 }, () => ({
      path: `/api/${noise()}${noise()}`,
      scopes: [noise()],
    }));
    expect(await problemsOf({ routes })).toEqual([
      expect.stringMatching(/is \d+ bytes when packed; SSM holds 8192$/),
    ]);
  });

  it("is judged by the function's own parser, which reports every problem of the policy and no other", async () => {
    const problems = await problemsOf({
      rutes: [],
      routes: [{ path: 'api', scopes: [] }],
      providers: { partner: { type: 'jwks' } },
    });
    expect(problems.length).toBeGreaterThanOrEqual(3);
    for (const problem of problems) expect(problem).toMatch(/^policy: .* \(.*policy\.json:1:\d+\)$/);
    expect(await problemsOf({ routes: [{ path: '/api/a', providers: ['nobody'] }] })).toEqual([
      expect.stringContaining('there is no provider nobody'),
    ]);
  });

  it.each([
    ['\uFEFF{ "routes": [], }', 'is not JSON: unexpected "}"; is there a comma too many?', '1:17'],
    ['\r\n{\r\n\t"mode": "enforce" // on\r\n}', 'is not JSON: unexpected "/"; JSON has no comments', '3:20'],
    ['\n{ "mode": "on" }', 'mode: must be "enforce" or "report-only"', '2:11'],
    [' '.repeat(9), 'is missing', undefined],
  ])('is judged in the words of check-config, with the place in the file: %j', async (text, message, at) => {
    const place = join(directory, 'policy.json') + (at === undefined ? '' : `:${at}`);
    expect(await problemsOf(text)).toEqual([`policy: ${message} (${place})`]);
  });

  it('cannot write to the terminal through the names in it', async () => {
    const [problem = ''] = await problemsOf({ '\u001b[2J\u202e': 1 });
    expect(problem).toContain('\\u001b[2J\\u202e');
    expect(problem).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('is named in the error if the file does not exist', async () => {
    expect(await readPolicyFile(join(directory, 'none.json'))).toEqual({
      kind: 'invalid',
      problems: [`policy: ${join(directory, 'none.json')} cannot be read (ENOENT)`],
    });
  });

  it('must not allow what native verification in front of the function rejects', () => {
    const options = optionsOf({ ...NATIVE, nativePreFilter: 'true' });
    expect(
      disagreements(
        {
          mode: 'report-only',
          providers: { default: { type: 'jwks', algorithms: ['RS256', 'ES256'] } },
          routes: [
            { path: '/api/public/*', onUnauthenticatedRequest: 'allow' },
            { path: '/api/open/*', corsPreflight: 'allow', mode: 'report-only' },
            { path: '/api/admin/*', providers: ['default', 'staff'] },
          ],
        },
        options,
      ),
    ).toEqual([
      expect.stringMatching(/^policy: providers\.default\.algorithms: ES256 cannot pass .* RS256 only$/),
      expect.stringMatching(/^policy: mode: report-only cannot pass/),
      expect.stringMatching(/^policy: routes\.0\.onUnauthenticatedRequest: allow cannot pass/),
      expect.stringMatching(/^policy: routes\.1\.corsPreflight: allow cannot pass/),
      expect.stringMatching(/^policy: routes\.1\.mode: report-only cannot pass/),
      expect.stringMatching(/^policy: routes\.2\.providers: staff cannot pass/),
    ]);
    expect(disagreements({ cors: { origins: ['https://app.example.com'] } }, options)).toEqual([
      'policy: cors: a preflight, which never has a token, cannot pass nativePreFilter, which rejects every request without a valid token of nativeIssuer',
    ]);
    const fine = {
      providers: { default: { type: 'jwks', algorithms: ['RS256'] } },
      routes: [ROUTE],
    } as const;
    expect(disagreements(JSON.parse(JSON.stringify(fine)), options)).toEqual([]);
  });

  it.each([
    [
      {
        type: 'jwks',
        tokenFrom: [{ header: 'authorization', scheme: 'Bearer' }, { cookie: '__Host-session' }],
      },
    ],
    [{ type: 'jwks', tokenFrom: [{ header: 'authorization' }] }],
    [{ type: 'spiffe', tokenFrom: [{ header: 'x-svid' }] }],
    [{ type: 'alb-oidc' }],
  ])(
    'must not have tokens outside the cache key of responses, nor where no load balancer looks: %j',
    (provider) => {
      const document = JSON.parse(JSON.stringify({ providers: { default: provider } }));
      const problems = (settings: Record<string, string>) =>
        disagreements(document, optionsOf(settings)).filter((problem) => !problem.includes('algorithms'));
      expect(problems({ authorizer: 'true', authorizerCache: 'true' })).toEqual([
        'policy: providers.default: its tokens may come from elsewhere than Authorization, the only cache key with authorizerCache=true',
      ]);
      expect(problems({ authorizer: 'true' })).toEqual([]);
      expect(problems({ ...NATIVE, nativePreFilter: 'true' })).toEqual([
        'policy: providers.default.tokenFrom: only bearer tokens in Authorization pass nativePreFilter; leave it out',
      ]);
    },
  );

  it('must need nothing that a cached response defeats or that an authorizer does not get', () => {
    const resource = { resource: 'https://api.example.com/mcp', path: '/api/*' };
    const document = {
      publicOrigins: ['https://api.example.com'],
      routes: [{ path: '/api/*', maxAuthAgeSeconds: 60 }],
      resources: [resource, { ...resource, allowedOrigins: ['*'] }],
    };
    expect(disagreements(document, optionsOf({ authorizer: 'true' }))).toEqual([]);
    expect(disagreements(document, optionsOf({ authorizer: 'true', authorizerCache: 'true' }))).toEqual([
      'policy: routes.0.maxAuthAgeSeconds: a login can become too old while a response is cached with authorizerCache=true',
      'policy: resources.0.allowedOrigins: all pages share the cached responses with authorizerCache=true; set this to ["*"], or leave authorizerCache out',
    ]);
    const cors = { origins: ['*'] };
    const open = { publicOrigins: ['https://api.example.com'], cors, resources: [resource] };
    expect(disagreements(open, optionsOf({ authorizer: 'true', authorizerCache: 'true' }))).toEqual([]);
    const mcp = { routes: [{ path: '/api/*' }, { path: '/mcp', mcp: { method: 'ping' } }] };
    expect(disagreements(mcp, optionsOf({}))).toEqual([]);
    expect(disagreements(mcp, optionsOf({ authorizer: 'true' }))).toEqual([
      'policy: routes.1.mcp: needs the body, which the function of authorizer=true does not get',
    ]);
  });

  it.each([{}, { tokenFrom: [{ header: 'Authorization', scheme: 'bearer' }] }])(
    'may have bearer tokens beside cached responses and native verification: %j',
    (places) => {
      const document = JSON.parse(JSON.stringify({ providers: { default: { type: 'jwks', ...places } } }));
      const settings = { authorizer: 'true', authorizerCache: 'true', ...NATIVE, nativePreFilter: 'true' };
      expect(disagreements(document, optionsOf(settings))).toEqual([]);
    },
  );

  it('must not use signed headers if the function reaches nothing but the snapshot', () => {
    const policy = {
      providers: {
        partner: { type: 'jwks', issuer: 'https://idp.partner.example', audience: ['orders'] },
        staff: {
          type: 'verified-access',
          instanceArn: 'arn:aws:ec2:eu-west-1:123456789012:verified-access-instance/vai-0123456789abcdef0',
        },
      },
    } as const;
    const document = JSON.parse(JSON.stringify(policy));
    expect(disagreements(document, optionsOf(contextOf('private-upstream/snapshot-only')))).toEqual([
      'policy: providers.staff: verified-access cannot work with functionEgress=false, because the function fetches its keys as requests arrive',
    ]);
    expect(disagreements(document, optionsOf(contextOf('private-upstream')))).toEqual([]);
  });

  it('must not leave keys behind plain http to the keeper, which is outside the network', () => {
    const document = { providers: { internal: { type: 'jwks', insecureHttp: true } } } as const;
    expect(disagreements(document, optionsOf(contextOf('private-upstream/snapshot-only')))).toEqual([
      'policy: providers.internal.insecureHttp: cannot work with functionEgress=false, because the keeper is outside your network',
    ]);
    expect(disagreements(document, optionsOf(contextOf('private-upstream')))).toEqual([]);
  });

  it('must take into account that tokens of Cognito have no audience', () => {
    const options = optionsOf({ cognito: 'true' });
    expect(disagreements({}, options)).toEqual([expect.stringContaining('"audienceClaim": "client_id"')]);
    expect(
      disagreements({ providers: { default: { type: 'jwks', audienceClaim: 'client_id' } } }, options),
    ).toEqual([]);
  });
});
