import { coversMessages } from '../mcp/mcp-condition.ts';
import {
  bare,
  decoded,
  isOwnFold,
  openPart,
  opensExactly,
  type RouteRule,
  withAndWithoutSlash,
} from './match.ts';
import { literalPrefix, matchesPattern } from './pattern.ts';
import { exampleOf, subsumes } from './pattern-subsumption.ts';

/** A route that earlier ones hide together. */
export interface HiddenRoute {
  readonly rule: RouteRule;
  readonly by: readonly RouteRule[];
}

/** The routes that no request can reach, because earlier ones match everything they do. */
export function hiddenRoutes(rules: readonly RouteRule[]): HiddenRoute[] {
  const earlier = { exact: createTable(), folded: createTable() };
  // Usually the two are the same.
  const spellings = rules.every(({ patterns }) => isOwnFold(patterns)) ? (['exact'] as const) : SPELLINGS;
  return rules.flatMap((rule) => {
    const by = new Set<RouteRule>();
    const hiddenFor = (method: string | undefined): boolean =>
      // A path must match its route in every reading, so one reading in which it cannot is enough.
      spellings.some((spelling) => {
        const others = earlier[spelling].hiding(decoded(rule.patterns[spelling]), rule, method);
        for (const other of others ?? []) by.add(other);
        return others !== undefined;
      });
    const hidden = [...(rule.methods ?? [undefined])].every(hiddenFor);
    for (const spelling of spellings) earlier[spelling].add(rule.patterns[spelling], rule);
    return hidden ? [{ rule, by: [...by] }] : [];
  });
}

const SPELLINGS = ['exact', 'folded'] as const;

/** Earlier rules in one spelling. They match paths either as they are, or without a slash at the end. */
function createTable() {
  const open = createIndex();
  const strict = createIndex();
  return {
    add(patterns: readonly string[], rule: RouteRule): void {
      const isRuleOpen = opensExactly(rule);
      for (const pattern of patterns) {
        for (const part of isRuleOpen ? [openPart(pattern)] : bare(pattern))
          (isRuleOpen ? open : strict).add(part, rule);
      }
    },
    /** Rules that together match everything that a rule matches by these patterns; undefined if there are none, or no patterns. */
    hiding(
      patterns: readonly string[],
      rule: RouteRule,
      method: string | undefined,
    ): RouteRule[] | undefined {
      const takes = ({ methods, route }: RouteRule) =>
        (methods === undefined || (method !== undefined && methods.has(method))) &&
        coversMessages(route.mcp, rule.route.mcp);
      const parts = opensExactly(rule)
        ? patterns.map((pattern) => [openPart(pattern)])
        : patterns.flatMap(bare).map(withAndWithoutSlash);
      const others = parts.map((part) => open.find(part, takes) ?? strict.find(part.slice(0, 1), takes));
      return others.length > 0 && others.every((other) => other !== undefined) ? others : undefined;
    },
  };
}

/** Rules by the literal beginning of their patterns: a pattern begins like any that subsumes it. */
function createIndex() {
  const byPrefix = new Map<string, { pattern: string; rule: RouteRule }[]>();
  const lengths = new Set<number>();
  return {
    add(pattern: string, rule: RouteRule): void {
      const prefix = literalPrefix(pattern);
      const same = byPrefix.get(prefix);
      if (same === undefined) byPrefix.set(prefix, [{ pattern, rule }]);
      else same.push({ pattern, rule });
      lengths.add(prefix.length);
    },
    /** A rule of this kind that matches everything the patterns do; each of them begins with the first. */
    find(specials: readonly string[], kind: (rule: RouteRule) => boolean): RouteRule | undefined {
      const [first = ''] = specials;
      const prefix = literalPrefix(first);
      const example = exampleOf(first);
      for (const length of lengths) {
        if (length > prefix.length) continue;
        const candidates = byPrefix.get(prefix.slice(0, length)) ?? [];
        const rest = example.slice(length);
        const found = candidates.find(
          ({ pattern, rule }) =>
            kind(rule) &&
            matchesPattern(pattern.slice(length), rest) &&
            specials.every((special) => subsumes(pattern, special)),
        );
        if (found !== undefined) return found.rule;
      }
      return undefined;
    },
  };
}
