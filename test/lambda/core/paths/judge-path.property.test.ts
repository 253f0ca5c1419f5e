import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isPathProblem, type JudgePath } from '../../../../lambda/core/paths/judge-path.ts';
import { STEP_NAMES } from '../../../../lambda/core/paths/steps.ts';
import type { Route } from '../../../../lambda/core/routes/route.ts';
import { nearMisses } from '../../../support/near-misses.ts';
import { judgeOf, outcomeOf } from '../../../support/paths.ts';
import { SLASHES_IGNORED, seenBy, unescapeInert, VIEWS, type View } from '../../../support/servers-views.ts';

interface RouteDocument {
  readonly path: string;
  readonly methods?: readonly string[];
  readonly onUnauthenticatedRequest?: string;
}

/** Upper case, non-ASCII characters, escapes, and wildcards anywhere. */
const PATTERNS = [
  '/api/*',
  '/api/admin/*',
  '/api/Admin/*',
  '/api/admin',
  '/api/public/*',
  '/api/public',
  '/api/caf%C3%A9/*',
  '/api/%E6%9D%B1%E4%BA%AC',
  '/api/*/secrets',
  '/api/a*n/x?',
  '/api/x??',
  '/api/pkg/@acme%2F*',
  '/api/a%20b/*',
  '/api/v1/',
  '/api/v1/*/x/*',
  '/*',
  '/*/users',
];

const route: fc.Arbitrary<RouteDocument> = fc.record(
  {
    path: fc.constantFrom(...PATTERNS),
    methods: fc.constantFrom(['GET'], ['POST']),
    onUnauthenticatedRequest: fc.constant('allow'),
  },
  { requiredKeys: ['path'] },
);
const routes = fc.oneof(
  fc.array(route, { minLength: 1, maxLength: 4 }),
  // What most policies are like.
  fc.constant<RouteDocument[]>([
    { path: '/api/public/*', onUnauthenticatedRequest: 'allow' },
    { path: '/api/admin/*' },
    { path: '/api/*/secrets' },
  ]),
);

/** Paths that the patterns match, and some that they do not match. */
const NEAR = PATTERNS.flatMap((pattern) => [
  pattern.replaceAll('*', 'users').replaceAll('?', 'a'),
  pattern.replaceAll('*', 'a/b').replaceAll('?', '1'),
]);
const path = nearMisses([...NEAR, '/', '/api', '/api/orders/1', '/admin', '/api/admin/x1', '/api/v1/y/x/z']);
const plainPath = fc
  .array(fc.constantFrom('/api', '/admin', '/public', '/users', '/x1', '/v1', '/a', '/cafe', '/'), {
    minLength: 1,
    maxLength: 5,
  })
  .map((parts) => parts.join('').replace(/\/\/+/g, '/'));

/** The judge of a policy; undefined if the policy is invalid. Each is parsed once. */
const judges = new Map<string, Promise<JudgePath | undefined>>();
function judgeFor(policy: object): Promise<JudgePath | undefined> {
  const key = JSON.stringify(policy);
  const known = judges.get(key) ?? judgeOf(policy);
  judges.set(key, known);
  return known;
}

const routeOf = (judge: JudgePath, text: string, method = 'GET'): Route | undefined => {
  const judged = judge(method, text);
  return isPathProblem(judged) ? undefined : judged;
};

const collate = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}|\p{Cf}/gu, '')
    .toUpperCase()
    .toLowerCase();

const isOpen = ({ onUnauthenticatedRequest }: RouteDocument): boolean => onUnauthenticatedRequest === 'allow';
const opensExactly = (document: RouteDocument): boolean => isOpen(document) && !document.path.endsWith('/');

/** What a server's handler for a pattern matches, without using our code. */
const handlers = new Map<string, RegExp>();
function handlerOf(document: RouteDocument, ignoresCase: boolean): RegExp {
  const { path: pattern } = document;
  const open = opensExactly(document);
  const key = `${pattern} ${open} ${ignoresCase}`;
  const forms = [upperHex(pattern), unescapeInert(pattern), decodeURIComponent(pattern)];
  const sources = forms.map((form) => {
    const source = (ignoresCase ? collate(form) : form)
      .replace(/[$()+.[\\\]^{|}]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.');
    return open ? source : `${source.replace(/\/$/, '').replace(/\/\.\*$/, '(?:/.*)?')}`;
  });
  const handler = handlers.get(key) ?? new RegExp(`^(?:${sources.join('|')})$`, 's');
  handlers.set(key, handler);
  return handler;
}

const upperHex = (text: string): string => text.replace(/%[0-9a-f]{2}/gi, (triplet) => triplet.toUpperCase());

/**
 * The first route whose handler would serve what a server sees. What lets anybody through must do so
 * with the slash at the end and without.
 */
function servedBy(documents: readonly RouteDocument[], text: string, ignoresCase: boolean) {
  const seen = ignoresCase ? collate(text) : text;
  const bare = seen.replace(/(?<=.)\/+$/, '');
  return documents.find((document) => {
    if (document.methods?.includes('GET') === false) return false;
    const handler = handlerOf(document, ignoresCase);
    return handler.test(bare) && (!opensExactly(document) || handler.test(seen));
  });
}

/**
 * Whether a handler responds that has the route of the request; for a slash it may be one that anybody may reach, whatever the
 * route of the request: `/api/a/` matches `/api/*` where `/api/a` is open, and both may be.
 */
const isDue = (served: RouteDocument | undefined, taken: Route, row: readonly View[]): boolean =>
  served?.path === taken.path || (row.includes(SLASHES_IGNORED) && served !== undefined && isOpen(served));

/** The forms of a path that servers match: as it was sent, as some routers do, and its one spelling. */
const SPELLINGS = [upperHex, unescapeInert];

/** Chains of servers that a path passes through. */
const rows = fc.array(fc.array(fc.constantFrom(...VIEWS), { maxLength: 4 }), {
  minLength: 20,
  maxLength: 30,
});
const RUNS = { numRuns: 4000 };
const namesOf = (row: readonly View[]): string => row.map(({ name }) => name).join(', ');

/** Readings that no path may have on any server. */
const NEVER = /(?:^|\/)\.\.?(?:\/|$)|^\/\/|\p{Cc}/u;

test('a forwarded path keeps its route, whichever four servers read it in turn', async () => {
  const tried = { rejected: 0, kept: 0 };
  await fc.assert(
    fc.asyncProperty(routes, path, rows, async (documents, text, servers) => {
      const judge = await judgeFor({ routes: documents });
      if (judge === undefined) return;
      const taken = routeOf(judge, text);
      tried[taken === undefined ? 'rejected' : 'kept'] += 1;
      if (taken === undefined) return;
      for (const row of servers) {
        for (const spelling of SPELLINGS) {
          const seen = seenBy(row, spelling(text));
          const served = servedBy(documents, seen.text, seen.ignoresCase);
          if (NEVER.test(seen.text) || !isDue(served, taken, row)) {
            throw new Error(`takes ${taken.path}, but is seen as ${JSON.stringify(seen)}: ${namesOf(row)}`);
          }
        }
      }
    }),
    RUNS,
  );
  // If all or none were rejected, nothing would have been tested.
  expect(Math.min(tried.rejected, tried.kept)).toBeGreaterThan(500);
});

test('a slash at the end does not change the route, unless one of the two lets anybody through', async () => {
  await fc.assert(
    fc.asyncProperty(routes, path, async (documents, text) => {
      const judge = await judgeFor({ routes: documents });
      if (judge === undefined) return;
      const [without, withSlash] = [routeOf(judge, text), routeOf(judge, `${text}/`)];
      if (without === undefined || withSlash === undefined || without === withSlash) return;
      expect(without.allowAnonymous || withSlash.allowAnonymous).toBe(true);
      // And it opens nothing.
      if (!without.allowAnonymous) expect(withSlash.allowAnonymous).toBe(false);
    }),
    RUNS,
  );
});

test('the case of hex digits changes nothing, and needless escapes never lead to another route', async () => {
  const escapes = fc.array(fc.nat(200), { maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(routes, path, escapes, fc.boolean(), async (documents, text, places, upper) => {
      const judge = await judgeFor({ routes: documents });
      if (judge === undefined) return;
      const cased = text.replace(/%[0-9a-f]{2}/gi, (triplet) =>
        upper ? triplet.toUpperCase() : triplet.toLowerCase(),
      );
      // Never within an escape, which stands for a character and is not text.
      const units = cased.match(/%[0-9a-f]{2}|./gi) ?? [];
      for (const place of places) {
        const index = place % units.length;
        const unit = units[index] ?? '';
        if (index > 0 && /^[A-Za-z0-9\-._~!$&'()*+,=:@]$/.test(unit)) {
          units[index] = `%${unit.charCodeAt(0).toString(16)}`;
        }
      }
      const outcome = outcomeOf(judge, text);
      expect(outcomeOf(judge, cased)).toBe(outcome);
      const escaped = outcomeOf(judge, units.join(''));
      // Either may be rejected, because not all servers decode before they read on.
      if (escaped !== 'rejected' && outcome !== 'rejected') expect(escaped).toBe(outcome);
    }),
    RUNS,
  );
});

test('leaving out a reading never rejects more, and never leads to another route', async () => {
  const kept = fc.subarray(STEP_NAMES.filter((name) => name !== 'decode'));
  await fc.assert(
    fc.asyncProperty(routes, path, kept, async (documents, text, names) => {
      const all = await judgeFor({ routes: documents });
      const some = await judgeFor({ routes: documents, paths: { readings: ['decode', ...names] } });
      if (all === undefined) return;
      const before = outcomeOf(all, text);
      if (before !== 'rejected') expect(outcomeOf(some, text)).toBe(before);
    }),
    { numRuns: 5000 },
  );
});

test('the fast path decides as the full one does', async () => {
  await fc.assert(
    fc.asyncProperty(routes, plainPath, async (documents, text) => {
      const quick = await judgeFor({ routes: documents });
      // A pattern that folding changes makes each path take all steps.
      const slow = await judgeFor({ routes: [{ path: '/never/Taken', methods: ['PUT'] }, ...documents] });
      if (quick !== undefined) expect(outcomeOf(quick, text)).toBe(outcomeOf(slow, text));
    }),
    { numRuns: 5000 },
  );
});

describe('a prefix that is stripped', () => {
  test('changes no decision: every server finds the route of the whole path in what the upstream gets', async () => {
    const tried = { rejected: 0, kept: 0 };
    await fc.assert(
      fc.asyncProperty(routes, path, rows, async (documents, text, servers) => {
        const judge = await judgeFor({ routes: documents, unmatched: 'deny' });
        const stripping = await judgeFor({ routes: documents, unmatched: 'deny', stripPrefix: '/api' });
        if (judge === undefined || stripping === undefined) return;
        const taken = routeOf(stripping, text);
        tried[taken === undefined ? 'rejected' : 'kept'] += 1;
        if (taken === undefined) return;
        expect(taken.path).toBe(routeOf(judge, text)?.path);
        expect(text).toMatch(/^\/api(?:\/|$)/);
        for (const row of servers) {
          for (const spelling of SPELLINGS) {
            const seen = seenBy(row, spelling(text.slice('/api'.length) || '/'));
            const served = servedBy(documents, `/api${seen.text}`, seen.ignoresCase);
            if (NEVER.test(seen.text) || !isDue(served, taken, row)) {
              throw new Error(`takes ${taken.path}, but is seen as ${JSON.stringify(seen)}: ${namesOf(row)}`);
            }
          }
        }
      }),
      RUNS,
    );
    expect(Math.min(tried.rejected, tried.kept)).toBeGreaterThan(500);
  });
});
