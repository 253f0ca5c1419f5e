import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkParameters } from '../../tools/check-config/check.ts';
import { completeParameters, type Given } from '../../tools/check-config/complete-parameters.ts';
import { addressOf, isAt, type OwnAddress } from '../../tools/check-config/own-address.ts';

const API: OwnAddress = { host: 'api.example.com', port: 443 };

/** The warnings about loops, as `id message`. */
async function loops(given: Given & { policy?: string }, ...ownAddresses: OwnAddress[]): Promise<string[]> {
  const { problems, warnings } = await checkParameters(completeParameters(given), { ownAddresses });
  expect(problems).toEqual([]);
  return warnings.filter(({ kind }) => kind === 'upstream-loop').map(({ id, message }) => `${id} ${message}`);
}
const loopsOf = (upstream: string, ...own: OwnAddress[]) => loops({ upstream }, ...own);

describe('an upstream that is the deployment itself causes a warning', () => {
  test('with the host in its id, and says what happens and what to do', async () => {
    expect(await loopsOf('https://api.example.com', API)).toEqual([
      'upstream:upstream-loop:api.example.com https://api.example.com is an address of this deployment itself: each request would call the function again, until no execution environment is free: give the address of the service, or accept this if another listener rule sends these paths to the service',
    ]);
  });

  test('with one id for all routes that have it, each at its place', async () => {
    const routes = ['/api/a', '/api/b'].map((path) => ({ path, upstream: 'https://api.example.com/v1' }));
    const policy = JSON.stringify({ unmatched: 'deny', routes: [...routes, { path: '/api/c' }] });
    const found = await loops({ policy, upstream: 'https://orders.example' }, API);
    expect(found).toHaveLength(2);
    found.forEach((text, index) => {
      expect(text).toMatch(
        new RegExp(
          `^policy:upstream-loop:api\\.example\\.com routes\\.${index}\\.upstream: https://api\\.ex`,
        ),
      );
    });
  });

  test.each<[string, string, OwnAddress]>([
    ['below a base path', 'https://api.example.com/v1', API],
    ['by a name in another script', 'https://bücher.example', { ...API, host: 'xn--bcher-kva.example' }],
    ['with the port that https has anyway', 'https://api.example.com:443', API],
    [
      'by another spelling of an IPv6 address',
      'https://[2001:DB8:0:0::1]',
      { ...API, host: '[2001:db8::1]' },
    ],
    ['by another spelling of an IPv4 address', 'http://0x7f.1:8080', { host: 'localhost', port: 8080 }],
    ['at a listener with another port', 'https://api.example.com:8443', { ...API, port: 8443 }],
    ['at any port, if its own is unknown', 'https://api.example.com:8443', { ...API, port: undefined }],
    ['by any name of this machine', 'http://127.0.0.1:8080', { host: 'localhost', port: 8080 }],
    ['by the IPv6 address of this machine', 'http://[::1]:8080', { host: 'localhost', port: 8080 }],
    [
      "by the load balancer's name for both kinds of address",
      'http://dualstack.Internal-A-1.eu-west-1.elb.amazonaws.com',
      { host: 'internal-a-1.eu-west-1.elb.amazonaws.com', port: 80 },
    ],
    [
      "by the load balancer's own name, as AWS writes it",
      'http://internal-a-1.eu-west-1.elb.amazonaws.com',
      { host: 'internal-A-1.eu-west-1.elb.amazonaws.com', port: 80 },
    ],
  ])('%s', async (_, upstream, own) => {
    expect(await loopsOf(upstream, { host: 'other.example', port: 443 }, own)).toHaveLength(1);
  });

  test('if a host with wildcards matches it, and names that host', async () => {
    expect((await loopsOf('https://a.b.example.com', { ...API, host: '*.example.com' }))[0]).toMatch(
      /may be an address of this deployment itself, because \*\.example\.com is one of its hosts:/,
    );
  });

  test('if clients call a resource of the policy at that host, whatever else is known', async () => {
    const policy = JSON.stringify({
      unmatched: 'deny',
      routes: [{ path: '/api/mcp' }],
      resources: [{ resource: 'https://mcp.example.com/api/mcp', path: '/api/mcp' }],
    });
    expect(await loops({ policy, upstream: 'https://mcp.example.com' })).toHaveLength(1);
    expect(await loops({ policy, upstream: 'https://tools.example.com' })).toEqual([]);
  });

  test('in whatever case, and with or without a dot at the end, a name is written', async () => {
    const cased = fc
      .array(fc.boolean(), { minLength: API.host.length, maxLength: API.host.length })
      .map((upper) => [...API.host].map((c, index) => (upper[index] ? c.toUpperCase() : c)).join(''));
    await fc.assert(
      fc.asyncProperty(cased, cased, fc.boolean(), async (host, own, dot) => {
        expect(await loopsOf(`https://${host}${dot ? '.' : ''}`, { ...API, host: own })).toHaveLength(1);
      }),
      { numRuns: 20 },
    );
  });
});

describe('no warning is caused by', () => {
  test.each<[string, string, OwnAddress]>([
    ['another host', 'https://orders.example.com', API],
    ['a host below it', 'https://v1.api.example.com', API],
    ['another port', 'https://api.example.com:8443', API],
    ['port 443, if the deployment has no certificate', 'https://api.example.com', { ...API, port: 80 }],
    [
      'port 80 beside a certificate, which is closed, redirects or is of others',
      'http://api.example.com',
      API,
    ],
    ['whoami', 'whoami', API],
    ['another port of this machine', 'http://localhost:3000', { host: 'localhost', port: 8080 }],
  ])('%s', async (_, upstream, own) => {
    expect(await loopsOf(upstream, own)).toEqual([]);
  });
});

describe('of all URLs', () => {
  const host = fc.oneof(
    fc.domain(),
    fc.ipV4(),
    fc.ipV4Extended(),
    fc.ipV6().map((address) => `[${address}]`),
  );
  const url = fc
    .tuple(fc.constantFrom('http', 'https'), host, fc.option(fc.integer({ min: 1, max: 65_535 })))
    .map(([scheme, name, port]) => `${scheme}://${name}${port === null ? '' : `:${port}`}/v1`)
    .filter((text) => URL.canParse(text))
    .map((text) => new URL(text));

  test('each is at its own address, at any port if that is unknown, and not at another port', () => {
    fc.assert(
      fc.property(url, (one) => {
        const own = addressOf(one);
        expect(isAt(one, own)).toBe(true);
        expect(isAt(one, { ...own, port: undefined })).toBe(true);
        expect(isAt(one, { ...own, port: own.port + 1 })).toBe(false);
      }),
    );
  });

  test('none with a name is at the address of another name', () => {
    fc.assert(
      fc.property(fc.domain(), fc.domain(), (one, other) => {
        fc.pre(one !== other);
        expect(isAt(new URL(`https://${one}`), { host: other, port: 443 })).toBe(false);
      }),
    );
  });
});
