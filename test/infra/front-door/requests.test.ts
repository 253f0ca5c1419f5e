import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type PlannedRule, planRules, type Wanted } from '../../../infra/front-door/rule-plan.ts';
import { type Deployed, update } from './stack-update.ts';

/** What the load balancer sees of a request. */
interface Call {
  readonly path: string;
  readonly host: string;
}

const PATTERNS = [
  ...['/api/*', '/api', '/api/', '/api/*/x', '/a*', '/a?i/*', '/*', '/API/*', '/v1/*', '/v2/*', '/v3/*'],
  ...['/orders/*', '/orders', '/carts/*', '/health', '/?', `/${'n'.repeat(127)}`],
];
const HOSTS = [
  ...['api.example.com', '*.example.com', 'a??.example.com', 'a_b.example.com', 'xn--bcher-kva.example'],
  ...['eu.example.org', 'us.example.org'],
];
const PATHS = [
  ...[
    '/',
    '/api',
    '/api/',
    '/api/x',
    '/api/y/x',
    '/api//',
    '/API/x',
    '/Api',
    '/a',
    '/axi',
    '/axi/z',
    '/apis',
  ],
  ...[
    '/v1',
    '/v1/',
    '/v2/a',
    '/v3/',
    '/v',
    '/orders',
    '/orders/7',
    '/orders7',
    '/carts/',
    '/health',
    '/health/',
  ],
  `/${'n'.repeat(127)}`,
];
const NAMES = [
  ...['api.example.com', 'a.example.com', 'abc.example.com', 'a_b.example.com', 'example.com'],
  ...['xn--bcher-kva.example', 'eu.example.org', 'us.example.org', 'other.test', 'x-1.elb.amazonaws.com'],
];
const CALLS: readonly Call[] = PATHS.flatMap((path) => NAMES.map((host) => ({ path, host })));

const patterns = new Map<string, RegExp>();
function fits(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[^\w*?]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const made = patterns.get(pattern) ?? new RegExp(`^${source}$`);
  patterns.set(pattern, made);
  return made.test(text);
}

/** As docs/shapes/paths-and-hosts.md describes it, independent of rules. */
const isAdmitted = ({ paths, hosts }: Wanted, { path, host }: Call): boolean =>
  paths.some((one) => fits(one, path) || (/^\/.+\/\*$/.test(one) && fits(one.slice(0, -2), path))) &&
  (hosts.length === 0 || hosts.some((one) => fits(one, host)));

const isTaken = (rules: Iterable<PlannedRule>, { path, host }: Call): boolean =>
  [...rules].some(
    ({ paths, hosts }) =>
      paths.some((one) => fits(one, path)) && (hosts.length === 0 || hosts.some((one) => fits(one, host))),
  );

const wanted: fc.Arbitrary<Wanted> = fc.record({
  paths: fc.uniqueArray(fc.constantFrom(...PATTERNS), { minLength: 1, maxLength: 9 }),
  hosts: fc.uniqueArray(fc.constantFrom(...HOSTS), { maxLength: 7 }),
});

const deployed = (rules: readonly PlannedRule[]): Deployed =>
  new Map(rules.map((rule) => [rule.offset, rule]));

describe('a request', () => {
  it('matches a rule if a path and a host admit it, and none otherwise', () => {
    fc.assert(
      fc.property(wanted, (given) => {
        const { rules } = planRules(given);
        for (const call of CALLS) {
          expect([call, isTaken(rules, call)]).toEqual([call, isAdmitted(given, call)]);
        }
      }),
      { numRuns: 60 },
    );
  });

  it.each([1000, 40])(
    'that is admitted before and after an update is taken throughout it, and throughout its rollback, in a range of %d',
    (range) => {
      fc.assert(
        fc.property(
          wanted,
          wanted,
          fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
          fc.nat(12),
          (before, after, chances, failing) => {
            const chance = () => chances.next().value ?? 0;
            const [old, next] = [planRules(before, range), planRules(after, range)];
            if ([...old.problems, ...next.problems].length > 0) return;
            if (changesHands(old.rules, next.rules)) return;
            const staying = CALLS.filter((call) => isAdmitted(before, call) && isAdmitted(after, call));
            const lost = (rules: Deployed) => staying.filter((call) => !isTaken(rules.values(), call));
            let reached = deployed(old.rules);
            for (const state of [...update(reached, next.rules, chance)].slice(0, failing)) {
              reached = state;
              expect(lost(state)).toEqual([]);
            }
            // A failure, after which CloudFormation goes back to the old template.
            for (const state of update(reached, old.rules, chance)) expect(lost(state)).toEqual([]);
          },
        ),
        { numRuns: 60 },
      );
    },
  );
});

/** Whether a rule exists before and after, but for another path or host, which the docs warn about. */
const changesHands = (before: readonly PlannedRule[], after: readonly PlannedRule[]): boolean =>
  after.some(({ offset, key }) => before.some((one) => one.offset === offset && one.key !== key));
