import { describe, expect, test } from '@jest/globals';
import { render } from '../../tools/explain/render.ts';
import { claimsOf, mint } from '../support/tokens.ts';
import { ask, KEYS, type Question } from './explain-world.ts';

const APP = 'https://app.example.com';
const POLICY = { cors: { origins: [APP] }, unmatched: 'deny', routes: [{ path: '/api/*' }] };
const explanationFor = async (headers: Record<string, string>, question: Partial<Question> = {}) => {
  const explanation = await ask({
    token: mint(KEYS.issuer, claimsOf()),
    policy: POLICY,
    headers: Object.entries(headers),
    ...question,
  });
  return { text: render(explanation), ...explanation };
};
const preflight = (origin: string) => ({ origin, 'access-control-request-method': 'PUT' });

describe('a preflight', () => {
  test('is handled by the function itself, whatever its route, without looking at a token', async () => {
    const { text, verdict, steps } = await explanationFor(preflight(APP), { request: 'OPTIONS /nowhere' });
    expect(verdict).toMatchObject({ allowed: true, answered: true, code: 'allowed', status: 204 });
    expect(steps.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['request', 'pass'],
      ['path', 'pass'],
      ['preflight', 'pass'],
    ]);
    expect(text).toContain('Verdict: 204: The preflight is handled here, and no upstream gets it');
    expect(
      (await explanationFor(preflight(APP), { request: 'OPTIONS /api/x', token: '' })).verdict.answered,
    ).toBe(true);
  });
  test('is rejected for an unlisted page, and the response names the listed pages', async () => {
    const { text, verdict } = await explanationFor(preflight('null'), { request: 'OPTIONS /api/x' });
    expect(verdict).toMatchObject({
      allowed: false,
      answered: false,
      code: 'origin_not_allowed',
      status: 403,
    });
    expect(text).toContain(`"cors.origins" has ${APP}`);
  });
  test('is a request like any other where the policy has no "cors"', async () => {
    const { verdict } = await explanationFor(preflight(APP), {
      request: 'OPTIONS /api/x',
      policy: { routes: [] },
      token: '',
    });
    expect(verdict).toMatchObject({ code: 'token_missing' });
  });
});

test('any other request gets a line that says whether its page may read the response', async () => {
  const listed = await explanationFor({ origin: APP }, { request: 'GET /api/x' });
  expect(listed.verdict).toMatchObject({ allowed: true, answered: false });
  expect(listed.text).toContain('the page may read the response');
  const other = await explanationFor({ origin: 'https://evil.example' }, { request: 'GET /api/x' });
  expect(other.verdict.allowed).toBe(true);
  expect(other.text).toContain('the page cannot read the response');
  expect((await explanationFor({}, { request: 'GET /api/x' })).text).not.toContain('the page');
});
