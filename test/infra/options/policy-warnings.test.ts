import { expect, it } from '@jest/globals';
import type { PolicyFile } from '../../../infra/options/policy-file.ts';
import { policyWarnings } from '../../../infra/options/policy-warnings.ts';
import { contextOf, NATIVE } from '../shapes.ts';
import { optionsOf } from '../synth.ts';

const ID = 'alb-jwt-authorizer:resource-documents';
const POLICY = {
  unmatched: 'deny',
  routes: [{ path: '/api/*' }],
  resources: [{ resource: 'https://api.example.com/api', path: '/api/*' }],
};

async function isWarned(
  context: Record<string, string | undefined>,
  policy: object = POLICY,
  warning = ID,
): Promise<boolean> {
  const file = { file: 'policy.json', text: JSON.stringify(policy) } as PolicyFile;
  const warnings = await policyWarnings(file, optionsOf(context));
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
