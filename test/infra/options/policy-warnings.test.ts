import { describe, expect, it } from '@jest/globals';
import type { PolicyFile } from '../../../infra/options/policy-file.ts';
import { policyWarnings } from '../../../infra/options/policy-warnings.ts';
import { CERTIFICATE, contextOf, NATIVE } from '../shapes.ts';
import { optionsOf } from '../synth.ts';

const ID = 'alb-jwt-authorizer:resource-documents';
const POLICY = {
  unmatched: 'deny',
  routes: [{ path: '/api/*' }],
  resources: [{ resource: 'https://api.example.com/api', path: '/api/*' }],
};

async function warningsOf(context: Record<string, string | undefined>, policy: object) {
  const file = { file: 'policy.json', text: JSON.stringify(policy) } as PolicyFile;
  return policyWarnings(file, optionsOf(context));
}

async function isWarned(
  context: Record<string, string | undefined>,
  policy: object = POLICY,
  warning = ID,
): Promise<boolean> {
  const warnings = await warningsOf(context, policy);
  return warnings.some(({ id }) => id === warning);
}

it('warns if a policy has resources and no rule sends requests for their metadata to the function', async () => {
  const existing = contextOf('existing-listener') as Record<string, string>;
  expect(await isWarned(existing)).toBe(true);
  expect(await isWarned({ ...existing, resourceDocuments: 'true' })).toBe(false);
  expect(await isWarned({ ...existing, paths: '/*' })).toBe(false);
  expect(await isWarned(existing, { routes: [{ path: '/api/*' }] })).toBe(false);
  expect(await isWarned(existing, { resources: [] })).toBe(false);
  expect(await isWarned({})).toBe(false);
  expect(await isWarned({ resourceDocuments: 'false' })).toBe(true);
  const verifying = { ...NATIVE, nativePreFilter: 'true', paths: '/*' };
  expect(await isWarned(verifying)).toBe(false);
  expect(await isWarned({ ...verifying, resourceDocuments: 'false' })).toBe(true);
});

it('warns about resources behind native verification, whose 401 names no metadata', async () => {
  const challenges = 'alb-jwt-authorizer:resource-challenges';
  const verifying = { ...NATIVE, nativePreFilter: 'true' };
  expect(await isWarned(verifying, POLICY, challenges)).toBe(true);
  expect(await isWarned(verifying, { routes: [{ path: '/api/*' }] }, challenges)).toBe(false);
  expect(await isWarned({}, POLICY, challenges)).toBe(false);
});

describe('warns about a route whose upstream is', () => {
  const existing = contextOf('existing-listener');
  const loopOf = async (context: Record<string, string | undefined>, upstream: string) => {
    const policy = { unmatched: 'deny', routes: [{ path: '/api/*', upstream }] };
    const found = await warningsOf(context, policy);
    return found.filter(({ id }) => id.includes(':upstream-loop:')).map(({ id }) => id);
  };
  it.each<[string, Record<string, string | undefined>, string]>([
    ['domainName', contextOf('domain-name'), 'api.example.com'],
    ['one of hosts', { ...contextOf('paths-and-hosts'), certificateArn: CERTIFICATE }, 'api.example.com'],
    ['a name that hosts matches', { ...existing, hosts: 'a.example.com,*.example.org' }, 'b.example.org'],
    ['at any port of an existing listener', { ...existing, hosts: 'a.example.com' }, 'a.example.com:8443'],
    [
      'at the listener on an existing load balancer',
      contextOf('existing-load-balancer'),
      'shared.example.com:8443',
    ],
    ['one of customerDomains', contextOf('verified-access/customer-names'), 'shop.example.com'],
    ['adminDomain', contextOf('verified-access'), 'admin.example.com'],
  ])('%s', async (_, context, host) => {
    expect(await loopOf(context, `https://${host}/v1`)).toEqual([
      `alb-jwt-authorizer:policy:upstream-loop:${host}`,
    ]);
    expect(await loopOf(context, 'https://orders.example.net')).toEqual([]);
  });
  it('unless it is another port of the load balancer', async () => {
    const others = contextOf('existing-load-balancer');
    expect(await loopOf(others, 'https://shared.example.com')).toEqual([]);
    expect(await loopOf({ ...others, listenerPort: '443' }, 'http://shared.example.com')).toEqual([]);
  });
});
