import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isPathProblem } from '../../lambda/core/paths/judge-path.ts';
import { completeParameters } from '../../tools/check-config/complete-parameters.ts';
import { configurationOf } from '../../tools/explain/configuration.ts';
import { pathReadings } from '../../tools/path-readings.ts';

async function configured(policy: object) {
  const found = await configurationOf(completeParameters({ policy: JSON.stringify(policy) }), 'given');
  if ('problems' in found) throw new Error(JSON.stringify(found.problems));
  return found;
}

const ROUTES = [
  { path: '/api/admin/*', scopes: ['admin'] },
  { path: '/api/open/*', onUnauthenticatedRequest: 'allow' },
  { path: '/v2/x', scopes: ['x'] },
];

test('each reading has its steps, and the route that it matches', async () => {
  const readings = pathReadings({ method: 'GET', path: '/api//Admin' }, await configured({ routes: ROUTES }));
  expect(readings).toEqual([
    { text: '/api//Admin', steps: [], comesTo: 'no route', same: true },
    { text: '/api/Admin', steps: ['merge'], comesTo: 'no route', same: true },
    { text: '/api//admin', steps: ['fold'], comesTo: 'no route', same: true },
    { text: '/api/admin', steps: ['merge', 'fold'], comesTo: 'the route /api/admin/*', same: false },
  ]);
});

test('a forbidden reading says why', async () => {
  const readings = pathReadings(
    { method: 'GET', path: '/api/x/%2e%2e' },
    await configured({ routes: ROUTES }),
  );
  expect(readings.map(({ comesTo }) => comesTo)).toContain('has a dot segment');
});

test('an invalid path has no readings', async () => {
  const config = await configured({ routes: ROUTES });
  for (const path of ['/a%', 'x', '/a b']) expect(pathReadings({ method: 'GET', path }, config)).toEqual([]);
});

test('some reading matches another route exactly if the function rejects the path', async () => {
  const config = await configured({ routes: ROUTES });
  const piece = fc.constantFrom('/', 'api', 'Admin', 'admin', 'open', 'v2', 'x', '%2f', '%61', ';a=1', '.', '.json', '+', '%20', '\\'); // biome-ignore format: one line
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const path = `/${pieces.join('')}`;
      const readings = pathReadings({ method: 'GET', path }, config);
      const rejected = isPathProblem(config.config.judgePath('GET', path));
      if (readings.length > 0) expect(readings.some(({ same, comesTo }) => !same || comesTo.startsWith('has ') || comesTo.startsWith('begins '))).toBe(rejected); // biome-ignore format: one line
    }),
  );
});
