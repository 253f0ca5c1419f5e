import type { CertificateDetail } from '@aws-sdk/client-acm';
import { describe, expect, test } from '@jest/globals';
import { addressOutputs } from '../../../infra/front-door/addresses.ts';
import { entriesOf } from '../../../tools/deployment/front-doors.ts';
import { covers } from '../../../tools/doctor/judge-certificate.ts';
import { CERTIFICATE_ARN, type Changes, DOOR, denied, NOW, STACK, textsOf } from './doctor-world.ts';

const certificate = (changes: CertificateDetail): Changes => ({
  aws: { certificate: async () => ({ DomainName: 'api.example.com', ...changes }) },
});
const inDays = (days: number) => new Date((NOW + days * 24 * 3600) * 1000);

describe('a certificate', () => {
  const RECORD = {
    DomainName: 'api.example.com',
    ValidationStatus: 'PENDING_VALIDATION',
    ResourceRecord: { Name: '_x.api.example.com.', Type: 'CNAME', Value: '_y.acm-validations.aws.' },
  } as const;
  test.each<[string, CertificateDetail, RegExp]>([
    ['is waiting for a record', { Status: 'PENDING_VALIDATION', DomainValidationOptions: [RECORD] }, /^problem .*waits.* > Add to the DNS: _x\.api\.example\.com\. CNAME _y\.acm-validations\.aws\./], // biome-ignore format: one line
    ['is waiting for a mail', { Status: 'PENDING_VALIDATION', DomainValidationOptions: [{ DomainName: 'a', ValidationMethod: 'EMAIL' }] }, /> Follow the link in the mail/], // biome-ignore format: one line
    ['has no record yet', { Status: 'PENDING_VALIDATION' }, /> ACM has not made the record yet/],
    [
      'has failed',
      { Status: 'FAILED', FailureReason: 'CAA_ERROR' },
      /^problem api\.example\.com: FAILED, CAA_ERROR > /,
    ],
    ['is revoked', { Status: 'REVOKED' }, /^problem api\.example\.com: REVOKED > /],
    ['is of an unknown status', { Status: 'NEW' as never }, /^warning .*unknown to this version/],
    [
      'is valid for long',
      { Status: 'ISSUED', NotAfter: inDays(31) },
      /^ok api\.example\.com: valid until 20/,
    ],
    ['expires', { Status: 'ISSUED', NotAfter: inDays(29), Type: 'AMAZON_ISSUED' }, /^warning .*expires in 29 days.* > ACM should have renewed it/], // biome-ignore format: one line
    ['expires and cannot be renewed', { Status: 'ISSUED', NotAfter: inDays(29), RenewalSummary: { RenewalStatus: 'PENDING_VALIDATION', UpdatedAt: inDays(0), DomainValidationOptions: [RECORD] } }, /> ACM cannot renew it\. Add to the DNS/], // biome-ignore format: one line
    [
      'is imported and expires',
      { Status: 'ISSUED', NotAfter: inDays(1), Type: 'IMPORTED' },
      /> It was imported/,
    ],
    ['has expired', { Status: 'ISSUED', NotAfter: inDays(-1) }, /^problem .*it expired on/],
  ])('that %s', async (_, detail, text) => {
    expect((await textsOf('certificate', certificate(detail)))[0]).toMatch(text);
  });

  test('of somebody else on a shared listener is not a problem of this stack, unless it covers its name', async () => {
    const ended = { Status: 'EXPIRED', DomainName: 'a.example.org' } as const;
    const shared = (DomainName: string) => ({
      aws: { resources: async () => [], certificate: async () => ({ ...ended, DomainName }) },
    });
    const { Url: _, ...outputs } = STACK.outputs;
    const stacks = async () => [{ ...STACK, outputs }];
    const other = shared('a.example.org');
    expect(await textsOf('certificate', { aws: { ...other.aws, stacks } })).toEqual([
      expect.stringMatching(/^warning a\.example\.org: EXPIRED; the listener is not of this stack > /),
    ]);
    const own = shared('api.example.com');
    const url = new URL('https://api.example.com/api/');
    expect(await textsOf('certificate', { aws: { ...own.aws, stacks }, url })).toEqual([
      expect.stringMatching(/^problem api\.example\.com: EXPIRED > /),
    ]);
  });

  test('must cover the called name', async () => {
    const other = { Status: 'ISSUED', DomainName: 'a.example.org', NotAfter: inDays(99) } as const;
    expect(await textsOf('certificate', certificate(other))).toContainEqual(
      expect.stringMatching(/^problem no certificate of the listener is for api\.example\.com: they are for a\.example\.org > /), // biome-ignore format: one line
    );
    const wild = certificate({ ...other, SubjectAlternativeNames: ['*.example.com'] });
    expect(await textsOf('certificate', wild)).toHaveLength(1);
  });

  test.each<[string, string, boolean]>([
    ['api.example.com', 'API.example.com', true],
    ['*.example.com', 'api.example.com', true],
    ['*.example.com', 'a.api.example.com', false],
    ['*.example.com', 'example.com', false],
    ['api.example.com', 'xapi.example.com', false],
  ])('for %s covers %s: %s', (name, host, is) => expect(covers([name], host)).toBe(is));

  test('in IAM is left to its owner, and its names are unknown', async () => {
    const door = async () => ({ ...DOOR, certificateArns: ['arn:aws:iam::1:server-certificate/x'] });
    expect(await textsOf('certificate', { aws: { door, resources: async () => [] } })).toEqual([
      expect.stringMatching(/^skipped arn:aws:iam.* is not in ACM/),
    ]);
  });

  test('that a first deploy waits for is checked before there is a listener', async () => {
    const requested: string[] = [];
    const stacks = async () => [{ ...STACK, status: 'CREATE_IN_PROGRESS', outputs: {} }];
    const described = async (arn: string) => {
      requested.push(arn);
      return { Status: 'PENDING_VALIDATION', DomainName: 'a' } as const;
    };
    expect((await textsOf('certificate', { aws: { stacks, certificate: described } }))[0]).toMatch(
      /^problem a: ACM/,
    );
    expect(requested).toEqual([CERTIFICATE_ARN]);
  });
});

describe('the name', () => {
  const addresses = (table: Readonly<Record<string, readonly string[]>>): Changes => ({
    addressesOf: async (host) => {
      const found = table[host];
      if (found === undefined) throw new Error(`getaddrinfo ENOTFOUND ${host}`);
      return found;
    },
  });
  const LB = DOOR.dnsName;

  test.each<[Record<string, string[]>, RegExp]>([
    [
      { 'api.example.com': ['192.0.2.1', '192.0.2.2'], [LB]: ['192.0.2.2'] },
      /^ok api\.example\.com leads to lb-1/,
    ],
    [
      { 'api.example.com': ['192.0.2.1'], [LB]: ['192.0.2.2'] },
      /^warning .*leads to 192\.0\.2\.1, and lb-1.* > That is right if a CDN/,
    ],
    [
      { [LB]: ['192.0.2.2'] },
      /^problem api\.example\.com has no address > Add a record for it that leads to lb-1/,
    ],
    [{ 'api.example.com': ['192.0.2.1'] }, /^warning .* should lead to lb-1.*has no address from here/],
  ])('with %j', async (table, text) => expect((await textsOf('dns', addresses(table)))[0]).toMatch(text));

  test('is not called missing if the resolver does not respond', async () => {
    const addressesOf = async (host: string) => {
      throw new Error(`getaddrinfo EAI_AGAIN ${host}`);
    };
    expect(await textsOf('dns', { addressesOf })).toEqual([
      expect.stringMatching(
        /^warning .*could not be looked up: .*EAI_AGAIN.* > Check this machine's resolver/,
      ),
    ]);
  });

  test('that is an address, as at the end of a tunnel, needs no record', async () => {
    for (const url of ['http://127.0.0.1:8443/api/', 'http://[::1]:8443/api/']) {
      expect((await textsOf('dns', { url: new URL(url), ...addresses({}) }))[0]).toMatch(
        /^ok requests go to/,
      );
    }
  });

  test('of AWS itself is not looked up', async () => {
    const outputs = { ...STACK.outputs, Url: `http://${LB.toUpperCase()}/api/`, Try: '' };
    const stacks = async () => [{ ...STACK, outputs }];
    expect((await textsOf('dns', { aws: { stacks }, ...addresses({}) }))[0]).toMatch(
      /^ok requests go to AWS's own names/,
    );
  });
});

describe('the addresses of a deployment', () => {
  const hrefs = (outputs: Readonly<Record<string, string>>, url?: string) =>
    entriesOf({ stack: { ...STACK, outputs }, door: DOOR }, url === undefined ? undefined : new URL(url)).map(
      ({ url: { href }, through, kind, leadsTo }) => [kind, href, leadsTo, through],
    );

  test('are the outputs, each with the target of its name', () => {
    const two = { CustomerUrl: 'https://c.example/api/', CustomerCname: 'd.cloudfront.net', AdminUrl: 'https://admin.example/api/admin/', AdminCname: 'e.amazonaws.com' }; // biome-ignore format: one line
    expect(hrefs(two)).toEqual([
      ['cloudfront', 'https://c.example/api/', 'd.cloudfront.net', undefined],
      ['verified-access', 'https://admin.example/api/admin/', 'e.amazonaws.com', undefined],
    ]);
    expect(hrefs(two, 'https://c.example/x')).toEqual([['cloudfront', 'https://c.example/x', 'd.cloudfront.net', undefined]]); // biome-ignore format: one line
    expect(hrefs({ DemoApiUrl: 'https://a.example/api/', Url: 'no url' })).toEqual([
      ['api-gateway', 'https://a.example/api/', undefined, undefined],
    ]);
  });

  test("have the host of the output Try, if the URL has only the load balancer's own name", () => {
    const address = { scheme: 'https', port: 8443, dnsName: DOOR.dnsName } as const;
    const outputsOf = (hosts: string[]) =>
      Object.fromEntries(
        Object.entries(addressOutputs({ address, domainName: undefined, hosts, paths: ['/api/*'] })).map(
          ([name, [value]]) => [name, value],
        ),
      );
    expect(hrefs(outputsOf(['shop.example']))).toEqual([
      ['load-balancer', 'https://shop.example:8443/api/', DOOR.dnsName, DOOR.dnsName],
    ]);
    expect(hrefs(outputsOf(['*.example']))).toEqual([
      ['load-balancer', `https://${DOOR.dnsName}:8443/api/`, DOOR.dnsName, undefined],
    ]);
  });
});

describe('the request', () => {
  test('is not sent to an internal load balancer, unless the URL is given', async () => {
    const aws = { door: async () => ({ ...DOOR, internal: true }) };
    expect((await textsOf('call', { aws }))[0]).toMatch(
      /^skipped https:\/\/api\.example\.com\/api\/: .*internal.* > From a machine in it: curl -i https:/,
    );
    expect((await textsOf('call', { aws, url: new URL('https://a.example/api/') }))[0]).toMatch(/^ok /);
  });

  test('is not sent to an internal load balancer that may not be described, judging by its name', async () => {
    const outputs = {
      ...STACK.outputs,
      LoadBalancerDnsName: 'dualstack.internal-a-1.eu-west-1.elb.amazonaws.com',
    };
    const aws = { door: denied, stacks: async () => [{ ...STACK, outputs }] };
    expect((await textsOf('call', { aws }))[0]).toMatch(/^skipped .*internal/);
  });

  test('needs a name that a certificate can cover', async () => {
    const outputs = { ...STACK.outputs, Url: `https://${DOOR.dnsName}/api/`, Try: '' };
    expect((await textsOf('call', { aws: { stacks: async () => [{ ...STACK, outputs }] } }))[0]).toMatch(
      /^skipped .*> Give --url https:\/\/YOUR-HOST\/api\//,
    );
  });

  test('needs a URL if the listener belongs to somebody else', async () => {
    const { Url: _, ...outputs } = STACK.outputs;
    const aws = { stacks: async () => [{ ...STACK, outputs }] };
    expect((await textsOf('call', { aws }))[0]).toMatch(/^skipped the stack has no URL.* > Give --url/);
    expect((await textsOf('dns', { aws }))[0]).toMatch(/^skipped the stack has no URL/);
  });
});
