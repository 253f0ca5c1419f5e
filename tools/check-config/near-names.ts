import { editDistance } from '../../lambda/core/config/nearest-name.ts';
import type { PolicyDocument } from '../../lambda/core/config/policy-schema.ts';
import { ofPolicy, type Warning } from '../../lambda/core/config/warning.ts';
import { placedRules } from './placed-rules.ts';

/** A name in the policy, and where it is. */
interface Use {
  readonly place: string;
  readonly name: string;
}

/** Names that are almost the same as others of their kind. One of the two is most likely misspelt. */
export const nearNameWarnings = (policy: PolicyDocument): Warning[] => [
  ...nearPairs(scopesIn(policy)).map(([one, other]) =>
    ofPolicy(
      'near-scopes',
      `${one.place}: the scope ${one.name} is almost ${other.name} of ${other.place}: if both mean the same, spell them the same`,
    ),
  ),
  ...nearPairs(claimsIn(policy)).map(([one, other]) =>
    ofPolicy(
      'near-claims',
      `${one.place}: the claim is almost that of ${other.place}: if both mean the same, spell them the same`,
    ),
  ),
  ...claimValuesIn(policy).flatMap((values) =>
    nearPairs(values).map(([one, other]) =>
      ofPolicy(
        'near-values',
        `${one.place}: the value is almost that of ${other.place}: if both mean the same, spell them the same`,
      ),
    ),
  ),
  ...nearPairs(providersIn(policy)).map(([one, other]) =>
    ofPolicy(
      'near-providers',
      `${one.place}: its name is almost that of ${other.place}: give one of them a name that nobody confuses with the other`,
    ),
  ),
];

/** Each name that is almost the same as an earlier one, with the first such one. */
function nearPairs(uses: readonly Use[]): [Use, Use][] {
  const first = [...new Map([...uses].reverse().map((use) => [use.name, use])).values()].reverse();
  return first.flatMap((use, index) => {
    const other = first.slice(0, index).find(({ name }) => isAlmost(use.name, name));
    return other === undefined ? [] : [[use, other] as [Use, Use]];
  });
}

/**
 * Whether two names differ in case, in the separators of their words, or in one word by a typing error: a letter too many, one
 * too few, two swapped, or a wrong one in a long word. Short words and numbers differ on purpose: `eu:read` and
 * `us:read`, `v1` and `v2`.
 */
export function isAlmost(a: string, b: string): boolean {
  if (a.toLowerCase() === b.toLowerCase()) return a !== b;
  const [words, others] = [a, b].map((name) => name.toLowerCase().split(/[^a-z0-9]+/));
  if (words === undefined || others === undefined || words.length !== others.length) return false;
  const pairs = words.flatMap((word, index) =>
    word === others[index] ? [] : [[word, others[index] ?? ''] as const],
  );
  const [pair, ...more] = pairs;
  if (pair === undefined) return true;
  if (more.length > 0) return false;
  const [word, other] = pair;
  const isOneSubstituted =
    word.length === other.length && [...word].sort().join() !== [...other].sort().join();
  const least = isOneSubstituted ? 6 : 4;
  const isNumbered = word.replace(/\d/g, '') === other.replace(/\d/g, '');
  return Math.min(word.length, other.length) >= least && !isNumbered && editDistance(word, other) === 1;
}

function scopesIn({ routes = [] }: PolicyDocument): Use[] {
  return routes.flatMap(({ scopes = [] }, index) => {
    const [names, member] = Array.isArray(scopes)
      ? [scopes, '']
      : 'all' in scopes
        ? [scopes.all, '.all']
        : [scopes.any, '.any'];
    return names.map((name, at) => ({ place: `routes.${index}.scopes${member}.${at}`, name }));
  });
}

/** Claims in rules, and claims forwarded in header fields. */
const claimsIn = (policy: PolicyDocument): Use[] => [
  ...placedRules(policy).map(({ place, claim }) => ({ place, name: claim })),
  ...(policy.routes ?? []).flatMap(({ headers = {} }, index) =>
    Object.entries(headers).map(([field, name]) => ({ place: `routes.${index}.headers.${field}`, name })),
  ),
];

/** The values of each claim, which are compared only with each other. */
function claimValuesIn(policy: PolicyDocument): Use[][] {
  const byClaim = new Map<string, Use[]>();
  for (const { place, claim, rule } of placedRules(policy)) {
    const uses = Object.entries(rule).flatMap(([member, value]) =>
      [value].flat().flatMap((name, at) => {
        const where = `${place}.${member}${Array.isArray(value) ? `.${at}` : ''}`;
        return typeof name === 'string' ? [{ place: where, name }] : [];
      }),
    );
    byClaim.set(claim, [...(byClaim.get(claim) ?? []), ...uses]);
  }
  return [...byClaim.values()];
}

const providersIn = ({ providers = {} }: PolicyDocument): Use[] =>
  Object.keys(providers).map((name) => ({ place: `providers.${name}`, name }));
