import { describe, expect, test } from '@jest/globals';
import { render } from '../../tools/explain/render.ts';
import { mint } from '../support/tokens.ts';
import { ask, KEYS, type Question } from './explain-world.ts';

const loadBalancer = (paths: string[] = ['/api/*'], hosts: string[] = []) =>
  ({ kind: 'load-balancer', paths, hosts }) as const;
const explanationFor = async (question: Partial<Question>) => {
  const explanation = await ask({ token: mint(KEYS.issuer), frontDoor: loadBalancer(), ...question });
  return { ...explanation, first: explanation.steps[0], text: render(explanation) };
};

describe('a request without a matching listener rule', () => {
  test('never reaches the function, and the rest is explained as if it did', async () => {
    const { verdict, first, steps, text, upstream } = await explanationFor({ request: 'GET /v2/x' });
    expect(verdict).toMatchObject({ allowed: false, code: 'not_routed', status: 404 });
    expect(first).toMatchObject({ name: 'listener', outcome: 'fail' });
    expect(first?.text).toContain('the load balancer itself returns 404');
    expect(steps.filter(({ outcome }) => outcome === 'fail')).toHaveLength(1);
    expect(text).toContain('If that had passed:\npass  request');
    expect(text).toContain('Verdict: 404 from the load balancer: ');
    expect(text).toContain('--paths as in "cdk deploy -c paths=…"');
    expect(upstream).toBeUndefined();
  });
  test.each(['GET /API/x', 'GET /apis/x', 'GET /'])('can be %s', async (request) => {
    expect((await explanationFor({ request })).verdict.code).toBe('not_routed');
  });
  test.each([
    ['GET /api/x', ['/api/*']],
    ['GET /api', ['/api/*']],
    ['GET /v2/x', ['/v1/*', '/v2/?']],
  ])('is not %s for %j', async (request, paths) => {
    const { verdict, first } = await explanationFor({ request, frontDoor: loadBalancer(paths) });
    expect(first).toMatchObject({ outcome: 'pass' });
    expect(verdict.allowed).toBe(true);
  });
});

describe('rules for hosts', () => {
  const frontDoor = loadBalancer(['/api/*'], ['*.example.com']);
  test('let those hosts through, in any case and on any port', async () => {
    const headers = [['host', 'API.example.com:8443']] as const;
    expect((await explanationFor({ frontDoor, headers })).verdict.allowed).toBe(true);
  });
  test('let no other host through', async () => {
    const headers = [['host', 'example.com']] as const;
    const { verdict, text } = await explanationFor({ frontDoor, headers });
    expect(verdict.code).toBe('not_routed');
    expect(text).toContain('no listener rule matches the host example.com');
  });
  test('are left open if the request has no Host', async () => {
    const { verdict, first } = await explanationFor({ frontDoor });
    expect(first).toMatchObject({ outcome: 'skip', hints: ['give it with --header "Host: …"'] });
    expect(verdict.allowed).toBe(true);
  });
});

test('an authorizer has no listener in front of it, and responds to no preflight', async () => {
  const headers = [
    ['origin', 'https://app.example'],
    ['access-control-request-method', 'GET'],
  ] as const;
  const { verdict, first } = await explanationFor({
    request: 'OPTIONS /x',
    token: '',
    headers,
    policy: { cors: { origins: ['https://app.example'] } },
    frontDoor: { kind: 'api-gateway' },
  });
  expect(first).toMatchObject({ name: 'listener', outcome: 'skip' });
  expect(verdict).toMatchObject({ code: 'token_missing', answered: false });
});
