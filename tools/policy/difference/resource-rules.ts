import type { Rules } from './rule-pairs.ts';
import type { Side } from './side.ts';
import { isFallback, type SideRule } from './side-rule.ts';

/** Resources as rules that match their paths, followed by a rule for requests to no resource. */
export function resourceRules({ resources, rules }: Side): Rules {
  const none = rules.find(isFallback) as SideRule;
  const own = resources.rules.map(
    ({ index, patterns, resource: { path } }): SideRule => ({
      index,
      patterns,
      methods: undefined,
      route: { ...none.route, path, allowAnonymous: false, reportOnly: false },
    }),
  );
  return { rules: [...own, { ...none, index: own.length }] };
}
