import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type PlannedRule,
  planRules,
  type RulePlan,
  valuesOf,
  type Wanted,
} from '../../../infra/front-door/rule-plan.ts';
import { covers, type Deployed, update } from './stack-update.ts';

const PATHS = [
  ...Array.from({ length: 14 }, (_, index) => `/p${index}/*`),
  ...['/health', '/status', '/p1', '/a?c', '/v*/orders/*', '/*'],
];
const HOSTS = [
  ...Array.from({ length: 7 }, (_, index) => `h${index}.example.com`),
  '*.example.com',
  'a?.example.org',
];

const wanted: fc.Arbitrary<Wanted> = fc.record({
  paths: fc.uniqueArray(fc.constantFrom(...PATHS), { minLength: 1, maxLength: 9 }),
  hosts: fc.uniqueArray(fc.constantFrom(...HOSTS), { maxLength: 6 }),
});

const pairsOf = ({ paths, hosts }: Wanted) =>
  paths
    .flatMap(valuesOf)
    .flatMap((path) => (hosts.length === 0 ? [undefined] : hosts).map((host) => [path, host] as const));

const idsOf = ({ rules }: RulePlan): Deployed => new Map(rules.map((rule) => [rule.offset, rule]));

/** So few offsets that rules compete for them all the time. */
const NARROW = 60;

describe('a plan of rules', () => {
  it('has every path with every host and nothing else, within the limits of a rule', () => {
    fc.assert(
      fc.property(wanted, (given) => {
        const { rules, problems } = planRules(given);
        expect(problems).toEqual([]);
        const deployed = idsOf({ rules, problems, range: 0 });
        for (const [path, host] of pairsOf(given)) expect(covers(deployed, path, host)).toBe(true);
        for (const { paths, hosts } of rules) {
          expect(paths.length + hosts.length).toBeLessThanOrEqual(5);
          expect(new Set([...paths, ...hosts]).size).toBe(paths.length + hosts.length);
          expect([...paths, ...hosts].join('').replace(/[^*?]/g, '').length).toBeLessThanOrEqual(5);
          expect(given.paths.flatMap(valuesOf)).toEqual(expect.arrayContaining([...paths]));
          expect(given.hosts).toEqual(expect.arrayContaining([...hosts]));
          expect(hosts.length > 0).toBe(given.hosts.length > 0);
        }
      }),
    );
  });

  it('is one rule with the first priority if five values suffice', () => {
    expect(planRules({ paths: ['/api/*'], hosts: [] })).toEqual({
      rules: [{ offset: 0, key: '', paths: ['/api', '/api/*'], hosts: [], after: [], apart: false }],
      range: 1000,
      problems: [],
    });
    const { rules } = planRules({ paths: ['/api/*', '/v2/*'], hosts: ['a.example.com'] });
    expect(rules.map(({ offset, paths, hosts }) => [offset, paths.length, hosts.length])).toEqual([
      [0, 4, 1],
    ]);
  });

  it('gives each rule its own offset in the range', () => {
    fc.assert(
      fc.property(wanted, (given) => {
        const { rules, range } = planRules(given);
        expect(new Set(rules.map(({ offset }) => offset)).size).toBe(rules.length);
        for (const { offset } of rules) expect(offset).toBeLessThan(range);
      }),
    );
  });

  it('moves no other rule when a path is appended, however many compete', () => {
    const paths = fc.uniqueArray(fc.constantFrom(...PATHS), { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(paths, (all) => {
        const before = planRules({ paths: all.slice(0, -1), hosts: [] }, 15);
        const after = idsOf(planRules({ paths: all, hosts: [] }, 15));
        for (const rule of before.rules.filter(({ offset }) => offset !== 0)) {
          expect(after.get(rule.offset)?.paths).toEqual(rule.paths);
        }
        expect(after.get(0)?.paths.slice(0, before.rules[0]?.paths.length)).toEqual(before.rules[0]?.paths);
      }),
    );
  });

  it('reports a path that fits into no rule', () => {
    expect(planRules({ paths: ['/*/*/*/*'], hosts: [] }).problems).toEqual([
      'paths: /*/*/*/* has 7 wildcards, including its bare prefix, but a rule takes at most 5',
    ]);
    expect(planRules({ paths: ['/a/*/*'], hosts: ['*.*.*.example.com'] }).problems).toEqual([
      'paths: /a/*/* with the host *.*.*.example.com has 6 wildcards, including its bare prefix, but a rule takes at most 5',
    ]);
  });

  it('reports the number of rules if it is too high', () => {
    const paths = Array.from({ length: 100 }, (_, index) => `/p${index}/*`);
    const hosts = Array.from({ length: 50 }, (_, index) => `h${index}.example.com`);
    expect(planRules({ paths, hosts })).toEqual({
      rules: [],
      range: 1000,
      problems: [
        'paths and hosts need 4800 listener rules, but a stack has at most 250; use wildcards, such as *.example.com',
      ],
    });
    expect(planRules({ paths: paths.slice(0, 20), hosts: [] }, 10).problems).toEqual([
      'paths and hosts need 19 listener rules, but a stack has at most 10; use wildcards, such as *.example.com',
    ]);
    expect(planRules({ paths: paths.slice(0, 12), hosts: [] }, 11).rules).toHaveLength(11);
  });
});

describe('a path that is apart from the others', () => {
  const PATH = '/.well-known/x/*';
  const places = fc.constantFrom('among' as const, 'ahead' as const);

  it('has its own rules, for all hosts, and changes no other rule, however many compete', () => {
    fc.assert(
      fc.property(wanted, places, fc.constantFrom(undefined, NARROW), (given, place, length) => {
        const before = planRules(given, length);
        const { rules, problems } = planRules({ ...given, apart: { path: PATH, place } }, length);
        if (before.problems.length > 0 || problems.length > 0) return;
        const shape = ({ offset, key, paths, hosts }: PlannedRule) => ({ offset, key, paths, hosts });
        const [others, own] = [false, true].map((apart) => rules.filter((rule) => rule.apart === apart));
        expect(others?.map(shape)).toEqual(before.rules.map(shape));
        expect(new Set(rules.map(({ offset }) => offset)).size).toBe(rules.length);
        for (const { paths, hosts } of own ?? []) {
          expect(paths).toEqual(valuesOf(PATH));
          expect(paths.length + hosts.length).toBeLessThanOrEqual(5);
          expect(hosts.length > 0).toBe(given.hosts.length > 0);
        }
        expect(own?.flatMap(({ hosts }) => hosts)).toEqual(given.hosts);
        expect(own?.every(({ offset }) => offset < 0)).toBe(place === 'ahead');
      }),
    );
  });

  it('has its rule before another rule gives it up', () => {
    const { rules } = planRules({ paths: ['/api/*'], hosts: [], apart: { path: PATH, place: 'among' } });
    expect(rules.find(({ offset }) => offset === 0)?.after).toEqual(
      rules.filter(({ apart }) => apart).map(({ offset }) => offset),
    );
  });
});

describe.each<[string, number | undefined]>([
  ['the range that there is', undefined],
  ['so few that rules compete', NARROW],
])('a sequence of edits, with %s,', (_, length) => {
  /** Lists as an operator would edit them: appended, removed, prepended or replaced. */
  const edits = fc.array(
    fc.record({
      kind: fc.constantFrom('append', 'remove', 'prepend', 'replace'),
      list: fc.constantFrom<'paths' | 'hosts'>('paths', 'hosts'),
      path: fc.constantFrom(...PATHS),
      host: fc.constantFrom(...HOSTS),
      anew: wanted,
      at: fc.nat(8),
    }),
    { minLength: 1, maxLength: 8 },
  );
  type Edit = (typeof edits extends fc.Arbitrary<infer T> ? T : never) extends readonly (infer E)[]
    ? E
    : never;

  function edited(given: Wanted, edit: Edit): Wanted {
    if (edit.kind === 'replace') return edit.anew;
    const { list } = edit;
    const value = list === 'paths' ? edit.path : edit.host;
    const others = given[list].filter((one) => one !== value);
    if (edit.kind === 'append') return { ...given, [list]: [...others, value] };
    if (edit.kind === 'prepend') return { ...given, [list]: [value, ...others] };
    const rest = given[list].filter((__, index) => index !== edit.at % given[list].length);
    return rest.length === 0 && list === 'paths' ? given : { ...given, [list]: rest };
  }

  it('never has two rules with one priority, and leaves no path without a rule unless an offset changes hands', () => {
    fc.assert(
      fc.property(
        wanted,
        edits,
        fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
        (first, list, chances) => {
          const chance = () => chances.next().value ?? 0;
          let given = first;
          let plan = planRules(given, length);
          for (const edit of list) {
            const next = edited(given, edit);
            const planned = planRules(next, length);
            if (planned.problems.length > 0) continue;
            const before = idsOf(plan);
            const staying = pairsInBoth(given, next);
            let last = before;
            const gaps: unknown[] = [];
            for (const deployed of update(before, planned.rules, chance)) {
              gaps.push(...staying.filter(([path, host]) => !covers(deployed, path, host)));
              last = deployed;
            }
            // The id is the offset: two rules with one priority would be one resource.
            expect([...last.keys()].sort()).toEqual(planned.rules.map(({ offset }) => offset).sort());
            if (!changesHands(before, planned)) expect(gaps).toEqual([]);
            given = next;
            plan = planned;
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});

const pairsInBoth = (one: Wanted, other: Wanted) => {
  const others = new Set(pairsOf(other).map((pair) => JSON.stringify(pair)));
  return pairsOf(one).filter((pair) => others.has(JSON.stringify(pair)));
};

/** Whether a rule exists before and after, but for another path or host. */
const changesHands = (before: Deployed, { rules }: RulePlan) =>
  rules.some(({ offset, key }) => (before.get(offset)?.key ?? key) !== key);

describe('of ten paths and five hosts', () => {
  const paths = Array.from({ length: 10 }, (_, index) => `/service-${index}/*`);
  const hosts = [
    'api.example.com',
    'eu.example.com',
    'us.example.com',
    'partner.example.net',
    '*.example.org',
  ];
  const offsetsOf = (given: Wanted) =>
    new Map(planRules(given).rules.map(({ key, offset }): [string, number] => [key, offset]));
  const all = offsetsOf({ paths, hosts });
  const moved = (given: Wanted) =>
    [...offsetsOf(given)].filter(([key, offset]) => all.has(key) && all.get(key) !== offset);

  it.each(paths)('%s can come and go, and no other rule moves', (path) => {
    expect(moved({ paths: paths.filter((one) => one !== path), hosts })).toEqual([]);
  });

  it.each(hosts)('%s can come and go, and no other rule moves', (host) => {
    expect(moved({ paths, hosts: hosts.filter((one) => one !== host) })).toEqual([]);
  });
});
