import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { judgeOf, outcomeOf, problemsOf } from '../../../support/paths.ts';

const OPEN = { onUnauthenticatedRequest: 'allow' };
const routesOf = (...paths: (string | { path: string })[]) => ({
  routes: paths.map((path) => (typeof path === 'string' ? { path } : path)),
});

describe('a pattern is a problem', () => {
  test.each([
    ['/api/{proxy+}', 'has a name in braces, which means nothing here: write . in its place'],
    ['/api/../x', 'has a dot segment, so every path it matches is rejected'],
    ['/api/%2e/x', 'has a dot segment'],
    ['/api/x%2F..%2Fy', 'has a dot segment'],
    ['//api/*', 'begins with two slashes'],
    ['/api/x%00', 'has a control character'],
    ['/api/x%', 'has an escape that is malformed or not UTF-8, so it matches no request'],
    ['/api/%FF', 'has an escape that is malformed or not UTF-8'],
    ['/api/x#y', 'contains characters that are not allowed'],
    ['/api//x', '("merge")'],
    ['/api/x%2F%2Fy', '("merge")'],
    ['/api/x;v=1', '("params")'],
    ['/api/x%3Bv', '("params")'],
    ['/api/a+b', '("plus"), so every path it matches is rejected: write ? in its place, or leave "plus" out'],
    ['/api/a%2Bb', '("plus")'],
    ['/api/x./y', '("trim")'],
    ['/api/x%20', '("trim")'],
    ['/api/%20*', '("trim")'],
    ['/api/x%5Cy', '("backslash")'],
    ['/api/x\\y', '("backslash")'],
    ['/api/C%23', '("cut")'],
    ['/api/%2A', 'has an escaped wildcard: only ? can match that character'],
    ['/api/%252A', 'has an escaped wildcard'],
    ['/api/%EE%80%80', 'has an escaped wildcard'],
  ])('%s: %s', async (path, problem) => {
    expect(await problemsOf(routesOf(path))).toEqual([
      expect.stringMatching(new RegExp(`^routes\\.0\\.path: .*${problem.replace(/[()?]/g, '\\$&')}`)),
    ]);
  });

  test('only if a step in use would change it', async () => {
    const paths = { readings: ['decode', 'fold', 'suffix'] };
    const policy = { ...routesOf('/api/a+b', '/api/x;v=1', '/api//y', '/api/C%23'), paths };
    expect(await problemsOf(policy)).toEqual([]);
    const judge = await judgeOf(policy);
    expect(outcomeOf(judge, '/api/a%2Bb')).toBe('/api/a+b');
    expect(outcomeOf(judge, '/api/A+b')).toBe('rejected');
    expect(outcomeOf(judge, '/api/C%23')).toBe('/api/C%23');
  });
  test('but not for its case, its escapes, its suffix or a wildcard next to anything', async () => {
    const paths = ['/api/Admin', '/api/caf%C3%A9', '/api/a%2Fb', '/api/x.json', '/api/?.?*', '/api/*.'];
    expect(await problemsOf(routesOf(...paths.slice(0, 5)))).toEqual([]);
    expect(await problemsOf(routesOf(...paths.slice(5)))).toHaveLength(1);
  });
});

describe('a route that no request can reach is a problem', () => {
  test.each([
    [
      'by its pattern',
      routesOf('/api/*', '/x', '/api/a'),
      'routes.2: no request can reach it: routes.0 (/api/*)',
    ],
    [
      'by a pattern in different case',
      routesOf('/API/x', '/api/x'),
      'routes.1: no request can reach it: routes.0 (/API/x)',
    ],
    ['by one with an escape', routesOf('/api/a%2F*', '/api/a/x'), 'routes.1: no request can reach it'],
    [
      'by one with a wildcard, at its end',
      routesOf('/api/x/*', '/api/x'),
      'routes.1: no request can reach it',
    ],
    ['by one with an additional slash', routesOf('/api/x/', '/api/x'), 'routes.1: no request can reach it'],
    [
      'by one without an accent',
      routesOf('/api/cafe', '/api/caf%C3%A9'),
      'routes.1: no request can reach it',
    ],
    [
      'by an open one',
      routesOf({ path: '/api/x/*', ...OPEN }, { path: '/api/x/y', ...OPEN }),
      'routes.1: no request can reach it',
    ],
    [
      'by an open one that matches any number of segments',
      routesOf({ path: '/api/*', ...OPEN }, '/api/*/*'),
      'routes.1: no request can reach it',
    ],
    [
      'by several for one method each',
      {
        routes: [
          { path: '/api/*', methods: ['PUT'] },
          { path: '/api/a*', methods: ['GET'] },
          { path: '/api/a', methods: ['GET', 'PUT'] },
        ],
      },
      'routes.2: no request can reach it: routes.1 (/api/a*) and routes.0 (/api/*) come first',
    ],
  ])('%s', async (_, policy, problem) => {
    expect(await problemsOf(policy)).toEqual([expect.stringContaining(problem)]);
  });
  test.each([
    ['after a narrower one', routesOf('/api/a', '/api/*')],
    ['after one of another method', { routes: [{ path: '/api/a', methods: ['GET'] }, { path: '/api/a' }] }],
    ['after an open one that names less', routesOf({ path: '/api/a', ...OPEN }, '/api/a')],
    ['after an open one of the same collection', routesOf({ path: '/api/a', ...OPEN }, '/api/a/*')],
    [
      'after open ones that match it with a slash or without, but not in both forms',
      routesOf({ path: '/api/a?', ...OPEN }, { path: '/api/a', ...OPEN }, '/api/a'),
    ],
    [
      'after one in different case, if case is kept',
      { ...routesOf('/A', '/a'), paths: { readings: ['decode'] } },
    ],
  ])('but not %s', async (_, policy) => expect(await problemsOf(policy)).toEqual([]));

  // A route that only several others hide together is not found.
  test('and any other route after a single one is matched by some path', async () => {
    const piece = fc.constantFrom('/', 'a', 'A', '*', '?');
    const pattern = fc
      .array(piece, { minLength: 1, maxLength: 3 })
      .map((parts) => `/r/${parts.join('')}`)
      // An empty segment counts as one only for servers that do not merge slashes.
      .filter((text) => !/\/\/|\*\/$/.test(text));
    const route = fc.record(
      { path: pattern, onUnauthenticatedRequest: fc.constant('allow') },
      { requiredKeys: ['path'] },
    );
    // Sometimes only a second slash at the end leads past the first route.
    const texts = ['', ...lengthen([''])];
    for (let i = 0, last = lengthen(['']); i < 3; i++) {
      last = lengthen(last);
      texts.push(...last);
    }
    await fc.assert(
      fc.asyncProperty(fc.array(route, { maxLength: 2 }), async (routes) => {
        const policy = { routes, paths: { readings: ['decode', 'fold'] } };
        const problems = await problemsOf(policy);
        const judge = problems.length === 0 ? await judgeOf(policy) : undefined;
        if (judge === undefined) return;
        const taken = new Set(
          ['', ...texts.flatMap((text) => [`/${text}`, `/${text}/`])].map((text) =>
            judge('GET', `/r${text}`),
          ),
        );
        const paths = [...taken].map((judged) => ('path' in judged ? judged.path : undefined));
        for (const { path } of routes) expect(paths).toContain(path);
      }),
      { numRuns: 1000 },
    );
  });
});

const lengthen = (texts: readonly string[]): string[] =>
  texts.flatMap((text) => ['/', 'a', 'A', 'z'].map((character) => text + character));

test('an open route that ends in a wildcard and a slash is a problem, and a strict one is not', async () => {
  const problem = expect.stringMatching(/^routes\.0\.path: ends in a wildcard and a slash/);
  expect(await problemsOf(routesOf({ path: '/api/x?/', ...OPEN }))).toEqual([problem]);
  expect(await problemsOf(routesOf({ path: '/api/x/', ...OPEN }))).toEqual([]);
  expect(await problemsOf(routesOf({ path: '/api/*/', mode: 'report-only' } as never))).toEqual([problem]);
  expect(await problemsOf(routesOf('/api/*/'))).toEqual([]);
  expect(await problemsOf(routesOf({ path: '/', ...OPEN }))).toEqual([]);
});

test('an open route that ends in an escaped slash is a problem, and a strict one is not', async () => {
  for (const path of ['/api/x%2F', '/api/x%2f', '/api/x%252F', '/api/*%2F']) {
    expect(await problemsOf(routesOf({ path, ...OPEN }))).toEqual([
      expect.stringMatching(/^routes\.0\.path: ends in an escaped slash/),
    ]);
    expect(await problemsOf(routesOf(path))).toEqual([]);
    const judge = await judgeOf(routesOf(path));
    expect(judge?.('GET', path.replace('*', 'x'))).toMatchObject({ path });
  }
});

describe('a prefix to strip', () => {
  const deny = { unmatched: 'deny' };
  test('needs unmatched paths to be denied', async () => {
    const problem = expect.stringMatching(/^stripPrefix: needs "unmatched": "deny"/);
    expect(await problemsOf({ stripPrefix: '/api' })).toEqual([problem]);
    expect(await problemsOf({ routes: [{ path: '/api/*', stripPrefix: '/api' }] })).toEqual([problem]);
    expect(await problemsOf({ stripPrefix: '/api', ...deny })).toEqual([]);
    expect(await problemsOf({ stripPrefix: '' })).toEqual([]);
  });
  test.each(['api', '/api/', '/', '/a//b', '/a/../b', '/.', '/a b', '/a%20b', '/a;b', '/a*'])(
    'has one spelling: %s is a problem',
    async (stripPrefix) => {
      expect(await problemsOf({ stripPrefix, ...deny })).toEqual([
        expect.stringMatching(/^stripPrefix: must be/),
      ]);
    },
  );
  test.each([
    ['/api/*', true],
    ['/api', true],
    ['/api?x', true],
    ['/a*', true],
    ['/*', true],
    ['/?pi/x', true],
    ['/apis/*', false],
    ['/other/*', false],
    ['/Api/*', false],
    ['/', false],
  ])('must be something that the pattern %s can begin with: %s', async (path, fits) => {
    const problems = await problemsOf({ routes: [{ path }], stripPrefix: '/api', ...deny });
    expect(problems).toEqual(
      fits ? [] : ['routes.0.path: matches nothing that begins with the stripPrefix /api'],
    );
  });
});

test('every server decodes, so this reading cannot be left out', async () => {
  expect(await problemsOf({ paths: { readings: ['fold'] } })).toEqual([
    'paths.readings: must include "decode", because every server decodes',
  ]);
  expect(await problemsOf({ paths: { readings: ['decode', 'sideways'] } })).not.toEqual([]);
});

test('problems with paths are reported together with all others', async () => {
  const problems = await problemsOf({
    stripPrefix: '/api',
    paths: { readings: ['plus'] },
    routes: [{ path: '/api/*' }, { path: '/api/x', providers: ['nobody'] }, { path: '/api/y' }],
  });
  expect(problems.map((problem) => problem.split(':')[0])).toEqual([
    'routes.1.providers',
    'paths.readings',
    'routes.2',
    'stripPrefix',
  ]);
});
